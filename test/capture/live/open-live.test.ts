import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { LiveOptions } from "../../../src/capture/live/live-source.js";
import { skipBecause } from "../../support/mounts.js";
import { NetworkNamespace } from "../../support/network-namespace.js";
import type { ExchangeOptions, ExchangeResult } from "./capture-exchange.js";

/** npm leaves out an optional package that does not build. */
function hasCap(): boolean {
  try {
    createRequire(import.meta.url).resolve("cap");
    return true;
  } catch {
    return false;
  }
}

const ETHERNET = 1;
const LINUX_SLL2 = 276;
const LOOPBACK: LiveOptions = { interfaces: ["lo"], filter: "tcp" };

describe("live capture", () => {
  let network: NetworkNamespace;

  before(function () {
    const reason = NetworkNamespace.whyNot();
    if (reason !== null) skipBecause(this, reason);
  });
  beforeEach(() => {
    network = NetworkNamespace.create();
  });
  afterEach(() => network.remove());

  async function capture(
    live: LiveOptions,
    more: Omit<Partial<ExchangeOptions>, "live"> = {},
  ): Promise<ExchangeResult> {
    const options: ExchangeOptions = { connections: 20, lengthBytes: 1000, ...more, live };
    // The script prints what its own type says.
    return (await network.runScript(
      new URL("./capture-exchange.ts", import.meta.url),
      options,
    )) as ExchangeResult;
  }

  for (const backend of ["libpcap", "tcpdump"] as const)
    describe(`by ${backend}`, () => {
      before(function () {
        if (backend === "tcpdump" && spawnSync("tcpdump", ["--version"]).error !== undefined)
          skipBecause(this, "tcpdump is not installed");
      });

      it("delivers every segment that the kernel counted, with the kernel's times", async () => {
        const result = await capture({ ...LOOPBACK, backend });
        expect(result).to.include({ error: null, backend, timestamps: "kernel", untimely: 0, damage: null });
        expect(result.segmentsOfKernel).to.be.at.least(20 * 7);
        expect(result.frames).to.equal(result.segmentsOfKernel);
        expect(result.drops).to.include({ received: result.segmentsOfKernel, droppedByKernel: 0 });
      });

      it("counts what the kernel drops while nobody reads, so that what is missing is known", async () => {
        const result = await capture(
          { ...LOOPBACK, backend, bufferBytes: 65_536 },
          { connections: 2, lengthBytes: 32 << 20, isReaderLate: true },
        );
        const { received, droppedByKernel } = result.drops;
        expect(droppedByKernel).to.be.above(0);
        expect(received).to.equal(result.segmentsOfKernel);
        // A full buffer may take one of the two copies that tcpdump counts of a frame on lo, and not the other.
        const inexact = backend === "tcpdump" ? 0.05 * received! : 0;
        expect(result.frames + droppedByKernel!).to.be.closeTo(received!, inexact);
      });

      it("cuts frames at the snaplen and keeps their length", async () => {
        const result = await capture({ ...LOOPBACK, backend, snaplenBytes: 96 });
        expect(result.frames).to.equal(result.segmentsOfKernel);
        expect(result.longestFrameBytes).to.equal(96);
        expect(result.longestWireBytes).to.be.above(1000);
      });

      it("captures several interfaces, and tells them apart", async () => {
        network.ip("link", "add", "left", "type", "veth", "peer", "name", "right");
        network.ip("link", "set", "left", "up");
        const result = await capture({ interfaces: ["left", "lo"], filter: "tcp", backend });
        expect(result.framesPerInterface).to.deep.equal([0, result.segmentsOfKernel]);
        expect(result.linkTypes).to.deep.equal([ETHERNET, ETHERNET]);
      });

      it("captures all interfaces by the name any", async () => {
        const result = await capture({ interfaces: ["any"], filter: "tcp", backend });
        expect(result.frames).to.equal(result.segmentsOfKernel);
        expect(result.linkTypes).to.deep.equal([LINUX_SLL2]);
      });

      it("says so when an interface is set down, and goes on when it is up again", async () => {
        const result = await capture(
          { ...LOOPBACK, backend },
          {
            changes: [
              ["link", "set", "lo", "down"],
              ["link", "set", "lo", "up"],
            ],
          },
        );
        expect(result.frames).to.equal(result.segmentsOfKernel);
        expect(result.damage).to.equal(null);
        // tcpdump itself says nothing then.
        if (backend === "libpcap")
          expect(result.notes.join()).to.match(/^lo went down while it was captured/);
      });

      it("opens an interface again that was removed and made anew", async () => {
        network.ip("link", "add", "left", "type", "veth", "peer", "name", "right");
        network.ip("link", "set", "left", "up");
        const result = await capture(
          { interfaces: ["left", "lo"], filter: "tcp", backend },
          {
            changes: [
              ["link", "delete", "left"],
              ["link", "add", "left", "type", "veth", "peer", "name", "right"],
              ["link", "set", "left", "up"],
            ],
          },
        );
        expect(result.frames).to.equal(result.segmentsOfKernel);
        expect(result.damage).to.equal(null);
        expect(result.notes.join()).to.match(/^left was gone for \d+ ms/);
      });

      for (const [what, live, more, code, message] of [
        [
          "an interface that does not exist",
          { interfaces: ["lo", "nope0"] },
          {},
          "INTERFACE_NOT_FOUND",
          /^There is no interface nope0; /,
        ],
        [
          "a filter that does not compile, in libpcap's words",
          { interfaces: ["lo"], filter: "tcp prt 80" },
          {},
          "FILTER_INVALID",
          /^The filter "tcp prt 80" does not compile: .*syntax error.*\.$/,
        ],
        [
          "missing rights, and what to run",
          { interfaces: ["lo"] },
          { isUnprivileged: true },
          "CAPTURE_NOT_PERMITTED",
          /^Capturing on lo is not permitted: run as root, or .*setcap cap_net_raw,cap_net_admin=eip/,
        ],
      ] as const)
        it(`refuses ${what}`, async () => {
          const { error } = await capture({ ...live, backend }, more);
          expect(error?.code).to.equal(code);
          expect(error?.message).to.match(message);
        });
    });

  it("by cap gives the times of arrival, and knows nothing of drops", async function () {
    if (!hasCap())
      skipBecause(this, "the optional package cap could not be built: it needs libpcap's headers");
    const result = await capture({ ...LOOPBACK, backend: "cap" });
    expect(result).to.include({ error: null, backend: "cap", timestamps: "arrival", damage: null });
    // It loses frames without telling, so there may be fewer of them.
    expect(result.frames).to.be.within(1, result.segmentsOfKernel);
    expect(result.drops).to.include({ received: null, droppedByKernel: null });
    expect(result.notes.join()).to.match(/cap does not tell how many frames were dropped/);
  });

  it("by auto takes libpcap", async () => {
    expect((await capture(LOOPBACK)).backend).to.equal("libpcap");
  });

  it("by auto takes tcpdump where that alone may capture", async function () {
    const programs = mkdtempSync(join(tmpdir(), "programs-"));
    try {
      const tcpdump = join(programs, "tcpdump");
      const found = spawnSync("sh", [
        "-c",
        'cp "$(command -v tcpdump)" "$0" && setcap cap_net_raw+ep "$0"',
        tcpdump,
      ]);
      if (found.status !== 0)
        skipBecause(this, "tcpdump or setcap is not installed, or files here have no rights");
      chmodSync(programs, 0o755);
      const result = await capture(LOOPBACK, { isUnprivileged: true, programs });
      expect(result).to.include({ error: null, backend: "tcpdump" });
      expect(result.frames).to.equal(result.segmentsOfKernel);
    } finally {
      rmSync(programs, { recursive: true });
    }
  });

  it("by auto says what to run when nobody may capture", async () => {
    const { error } = await capture(LOOPBACK, { isUnprivileged: true });
    expect(error?.code).to.equal("CAPTURE_NOT_PERMITTED");
  });
});
