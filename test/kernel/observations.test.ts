import { expect } from "chai";
import type { CaptureSpan } from "../../src/kernel/clock.js";
import { parseCounters } from "../../src/kernel/counters.js";
import type { KernelFiles } from "../../src/kernel/kernel-files.js";
import { type KernelObservations, observeKernel } from "../../src/kernel/observations.js";
import { parseRoutes } from "../../src/kernel/routes.js";

/** From 2026-11-21T05:21:00Z, and two minutes long. */
const SPAN: CaptureSpan = { originNs: 1_795_238_460_000_000_000n, startNs: 0, endNs: 120e9 };

function observe(texts: { counters?: string[]; routes?: string[] }, clockOffsetNs = 0n): KernelObservations {
  const { counters = [], routes = [] } = texts;
  const files: KernelFiles = {
    counters: counters.map((text, index) => ({ path: `counters-${index}`, file: parseCounters(text)! })),
    sockets: [],
    routes: routes.map((text, index) => ({ path: `routes-${index}`, file: parseRoutes(text)! })),
    clockOffsetNs,
  };
  return observeKernel(files, SPAN);
}

function overflows(value: number): string {
  return `TcpExtListenOverflows           ${value}                  0.0\n`;
}

/** Seconds into the capture, and growth. */
function growth({ counters }: KernelObservations): [number, number | null][] {
  return counters.map(({ timeNs, delta }) => [timeNs / 1e9, delta]);
}

describe("the kernel's word on the capture's clock", () => {
  it("has growth from sample to sample, over files, whatever their order", () => {
    const [before, after] = [
      `1795238461\n${overflows(5)}`,
      `1795238471\n${overflows(12)}1795238481\n${overflows(12)}`,
    ];
    expect(growth(observe({ counters: [after, before] }))).to.deep.equal([
      [1, null],
      [11, 7],
      [21, 0],
    ]);
  });

  it("has no growth where the counter began anew, nor for what is no count", () => {
    const text = [3, 9, 20, 2].map((value, at) => `${1_795_238_461 + at}\n${overflows(value)}`).join("");
    expect(growth(observe({ counters: [text] })).at(-1)).to.deep.equal([4, null]);
    const gauge = (value: number): string => `Tcp: CurrEstab\nTcp: ${value}\n`;
    const { counters } = observe({ counters: [`1795238461\n${gauge(1)}1795238462\n${gauge(5)}`] });
    expect(counters.map(({ delta }) => delta)).to.deep.equal([null, null]);
  });

  it("takes what plain nstat prints for growth itself", () => {
    const text = [4, 0, 6, 1]
      .map((value, at) => `${1_795_238_461 + at}\n#kernel\n${overflows(value)}`)
      .join("");
    expect(growth(observe({ counters: [text] })).map(([, delta]) => delta)).to.deep.equal([null, 0, 6, 1]);
  });

  it("takes what a list without zeros did not name for 0", () => {
    const text = `1795238461\n#kernel\nIpInReceives 1 0.0\n1795238462\n#kernel\nIpInReceives 2 0.0\n${overflows(3)}`;
    const { counters } = observe({ counters: [text] });
    expect(counters.at(-1)).to.include({ name: "TcpExtListenOverflows", delta: 3, sinceNs: 1e9 });
  });

  it("obeys the offset of the host's clock", () => {
    const { counters } = observe({ counters: [`1795238471\n${overflows(5)}`] }, 10_000_000_000n);
    expect(counters[0]!.timeNs).to.equal(1e9);
  });

  it("spreads samples without times over the capture, and says so", () => {
    const seen = observe({ counters: [overflows(1), overflows(2), overflows(4)] });
    expect(growth(seen)).to.deep.equal([
      [0, null],
      [60, 1],
      [120, 2],
    ]);
    expect(seen.counters.every(({ isTimed }) => !isTimed)).to.equal(true);
    expect(seen.files[0]).to.include({ firstNs: null, overlapsCapture: true });
    expect(seen.files[0]!.doubt).to.match(/^has no times/);
  });

  it("takes times without a zone for UTC, or for the zone that puts them into the capture", () => {
    const utc = observe({ routes: ["[2026-11-21T05:21:10.000000] 10.0.0.0/8 dev eth0\n"] });
    expect(utc.routes[0]!.timeNs).to.equal(10e9);
    expect(utc.files[0]!.doubt).to.equal(null);
    const india = observe({ routes: ["[2026-11-21T10:51:10.000000] 10.0.0.0/8 dev eth0\n"] });
    expect(india.routes[0]!.timeNs).to.equal(10e9);
    expect(india.files[0]!.doubt).to.match(/UTC\+05:30/);
    const west = observe({ routes: ["[2026-11-20T21:21:10.000000] 10.0.0.0/8 dev eth0\n"] });
    expect(west.files[0]!.doubt).to.match(/UTC-08:00/);
  });

  it("takes times of day for those of the capture's day, and goes on after midnight", () => {
    const { routes, files } = observe({
      routes: [
        "[05:21:10.000000] 10.0.0.0/8 dev eth0\n[23:59:59.000000] 10.0.0.0/8 dev eth0\n[00:00:01.000000] 10.0.0.0/8 dev eth0\n",
      ],
    });
    const [first, before, after] = routes.map(({ timeNs }) => timeNs);
    expect(first).to.equal(10e9);
    expect(after! - before!).to.equal(2e9);
    expect(files[0]!.doubt).to.match(/names no date/);
  });

  it("of another time says so and is not moved", () => {
    const { files, counters } = observe({ counters: [`2026-11-23T05:21:10Z\n${overflows(1)}`] });
    expect(files[0]).to.include({ overlapsCapture: false });
    expect(files[0]!.doubt).to.match(/^lies outside the capture/);
    expect(counters[0]!.timeNs).to.equal((2 * 86_400 + 10) * 1e9);
  });
});
