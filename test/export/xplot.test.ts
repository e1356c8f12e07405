import { expect } from "chai";
import { type PlottedSegment, xplotLines } from "../../src/export/xplot.js";

const EPOCH_NS = 1_706_702_399_000_000_001n;
const PSH_ACK = 0x18;
const segment = (members: Partial<PlottedSegment>): PlottedSegment => ({
  epochNs: EPOCH_NS,
  isFromSender: true,
  flags: PSH_ACK,
  seq: 1,
  length: 0,
  ack: 1,
  window: 100,
  sacked: [],
  isRepeated: false,
  ...members,
});
const later = (ms: number): bigint => EPOCH_NS + BigInt(ms) * 1_000_000n;
const draw = (...segments: PlottedSegment[]): string[] => [...xplotLines("a title", segments)];

describe("an xplot file", () => {
  it("begins and ends as xplot reads it, with times in seconds and microseconds", () => {
    const lines = draw(segment({ length: 5 }));
    expect(lines.slice(0, 7)).to.deep.equal([
      "timeval unsigned",
      "title",
      "a title",
      "xlabel",
      "time",
      "ylabel",
      "sequence number",
    ]);
    expect(lines).to.include("line 1706702399.000000 1 1706702399.000000 6");
    expect(lines.at(-1)).to.equal("go");
  });

  it("draws acknowledgments and the offered window as staircases, repeated ones as ticks", () => {
    const lines = draw(
      segment({ isFromSender: false, ack: 1 }),
      segment({ isFromSender: false, ack: 6, epochNs: later(1) }),
      segment({ isFromSender: false, ack: 6, epochNs: later(2) }),
    );
    expect(lines.slice(7)).to.deep.equal([
      "green",
      "line 1706702399.000000 1 1706702399.001000 1",
      "line 1706702399.001000 1 1706702399.001000 6",
      "yellow",
      "line 1706702399.000000 101 1706702399.001000 101",
      "line 1706702399.001000 101 1706702399.001000 106",
      "green",
      "line 1706702399.001000 6 1706702399.002000 6",
      "dtick 1706702399.002000 6",
      "yellow",
      "line 1706702399.001000 106 1706702399.002000 106",
      "utick 1706702399.002000 106",
      "go",
    ]);
  });

  it("marks what was sent again, SACK blocks, and where there is no window", () => {
    const lines = draw(
      segment({ length: 5, isRepeated: true }),
      segment({ isFromSender: false, window: 0, sacked: [[11, 21]] }),
    ).join("\n");
    expect(lines).to.contain("red\ndarrow 1706702399.000000 1\n");
    expect(lines).to.contain("red\natext 1706702399.000000 6\nR\n");
    expect(lines).to.contain("purple\nline 1706702399.000000 11 1706702399.000000 21\n");
    expect(lines).to.contain("atext 1706702399.000000 1\nZ\n");
  });

  it("draws SYN and FIN one number high, the FIN behind its data", () => {
    const lines = draw(segment({ flags: 0x02, seq: 0 }), segment({ flags: 0x11, seq: 1, length: 5 })).join(
      "\n",
    );
    expect(lines).to.contain(
      "orange\nuarrow 1706702399.000000 1\nline 1706702399.000000 0 1706702399.000000 1\n",
    );
    expect(lines).to.contain(
      "orange\nuarrow 1706702399.000000 7\nline 1706702399.000000 6 1706702399.000000 7\n",
    );
  });

  it("keeps a hostile title on its line", () => {
    expect([...xplotLines("a\ngo\u001b[2J", [])][2]).to.equal("a?go?[2J");
  });
});
