import { createHash } from "node:crypto";
import { expect } from "chai";
import { formatHtml } from "../../../src/report/html/html.js";
import { packFlow, unpackFlow } from "../../../src/report/html/pack.js";
import type { DrawnFlow } from "../../../src/report/html/page-data.js";
import { type ReadPageData, readPageData, WATCHED } from "../../support/html-report.js";

/** Numbers that do not repeat, the same in every run: Knuth's MMIX generator, upper bits. */
function* noise(): Generator<number> {
  let state = 1n;
  while (true) {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffff_ffff_ffff_ffffn;
    yield Number(state >> 40n);
  }
}

/** A flow of 60 packets with times, timestamps and round trips that no compression can guess. */
function noisyFlow(like: DrawnFlow, id: number, numbers: Iterator<number>): DrawnFlow {
  const next = (): number => numbers.next().value;
  const column = (make: (row: number) => number): number[] =>
    Array.from({ length: 60 }, (_, row) => make(row));
  const fromServer = column(() => next() & 1);
  const packets = {
    ...like.packets,
    position: column((row) => row + 1),
    file: column(() => 0),
    frame: column((row) => id * 60 + row * 3 + (next() % 3)),
    timeNs: column((row) => row * 50_000_000 + next()),
    fromServer,
    flags: column(() => 0x10),
    seq: column((row) => row * 1448),
    ack: column((row) => row * 700),
    length: column(() => 1448),
    window: column(() => next() & 0xffff),
    tsval: column((row) => row * 1000 + (next() & 0xff)),
    tsecr: column((row) => row * 1000 + (next() & 0xff)),
    options: column(() => 0).map(() => null),
    isCopy: column(() => 0),
    labels: column(() => 0).map(() => null),
    cause: column(() => 0).map(() => null),
    // Who acknowledges sends nothing, and the other way round.
    ackRttNs: fromServer.map((isServer) => (isServer ? next() : null)),
    bytesInFlight: fromServer.map((isServer) => (isServer ? null : next() & 0xffff)),
  };
  return { ...like, id, packets, packetsTotal: 60 };
}

describe("the HTML report", () => {
  let data: ReadPageData;
  before(async () => {
    data = await readPageData(WATCHED);
  });

  it("allows its own script and style, and nothing else", () => {
    const html = formatHtml(data);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)![1]!;
    const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
    const script = /<script>([\s\S]*?)<\/script>\n<\/body>/.exec(html)![1]!;
    const style = /<style>([\s\S]*?)<\/style>/.exec(html)![1]!;
    expect(policy.split("; ")).to.have.members([
      "default-src 'none'",
      `script-src ${hashOf(script)}`,
      `style-src ${hashOf(style)}`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  it("names no other file and no address to fetch", () => {
    const html = formatHtml(data);
    expect(html).not.to.match(/\s(?:src|srcset|data|poster)=/);
    expect(html).not.to.match(/<(?:link|iframe|object|embed|base|img)\b/);
    expect(html).not.to.match(/@import|url\(/);
  });

  it("keeps uPlot's licence", () => {
    expect(formatHtml(data))
      .to.contain("Copyright (c) 2022 Leon Sorokin")
      .and.contain("Permission is hereby granted");
  });

  it("tells a flow's columns as they were", () => {
    const [flow] = data.drawnFlows;
    expect(unpackFlow(packFlow(flow!))).to.deep.equal(flow);
  });

  it("holds 1 000 flagged flows in less than 2 MB, all with their packets", () => {
    const numbers = noise();
    const drawnFlows = Array.from({ length: 1000 }, (_, at) =>
      noisyFlow(data.drawnFlows[0]!, at + 1, numbers),
    );
    const html = formatHtml({ ...data, drawnFlows });
    expect(Buffer.byteLength(html)).to.be.below(2_000_000);
    expect(drawnIn(html)).to.have.length(1000);
  });

  it("leaves out packets of the last flows rather than grow beyond that", () => {
    const numbers = noise();
    const drawnFlows = Array.from({ length: 3000 }, (_, at) =>
      noisyFlow(data.drawnFlows[0]!, at + 1, numbers),
    );
    const html = formatHtml({ ...data, drawnFlows });
    expect(Buffer.byteLength(html)).to.be.below(2_000_000);
    expect(drawnIn(html)).to.include(1).and.not.include(3000);
  });
});

/** Ids of the flows whose packets a report holds. */
function drawnIn(html: string): number[] {
  const chunks: { ids: number[] }[] = JSON.parse(/id="data-flows">(.*?)<\/script>/.exec(html)![1]!);
  return chunks.flatMap(({ ids }) => ids);
}
