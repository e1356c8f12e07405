import { expect } from "chai";
import { SequencePlot } from "../../src/report/sequence-plot.js";
import type { TimelineRow } from "../../src/report/timeline.js";
import { sampleRow } from "../support/sample-timeline.js";

const data = (
  seconds: number,
  seq: number,
  length: number,
  members: Partial<TimelineRow> = {},
): TimelineRow => sampleRow({ timeNs: seconds * 1e9, direction: "<-", seq, length, ...members });
const ack = (seconds: number, to: number, members: Partial<TimelineRow> = {}): TimelineRow =>
  sampleRow({ timeNs: seconds * 1e9, direction: "->", ack: to, ...members });

function plot(rows: readonly TimelineRow[]): string[] {
  const drawing = new SequencePlot("<-");
  for (const row of rows) drawing.add(row);
  return drawing.lines();
}

/** Column within the drawing of each letter, and its row from the top. */
function lettersIn(lines: readonly string[]): [string, number, number][] {
  return lines.slice(1, 13).flatMap((line, row) => {
    const drawn = line.slice(line.indexOf("│") + 1);
    return [...drawn].flatMap((character, column): [string, number, number][] =>
      /[A-Z]/.test(character) ? [[character, row, column]] : [],
    );
  });
}

const RISING = [data(0, 1, 1000), data(1, 1001, 1000), data(2, 2001, 1000), data(3, 3001, 1000)];

describe("the drawing of sequence numbers over time", () => {
  it("rises from the lower left to the upper right, between its axes", () => {
    const lines = plot([...RISING, ack(4, 4001)]);
    expect(lines[0]).to.equal("octets from the server: sent (upper), acknowledged (lower)");
    expect(lines[1]).to.match(/^4,000 │ {40,}[\u2800-\u28ff]/u);
    expect(lines[12]).to.match(/^ {4}0 │[\u2800-\u28ff]/u);
    expect(lines.at(-1)).to.match(/^ +0 +4\.00 s$/);
    for (const line of lines) expect(line.length).to.be.at.most(77);
  });

  it("marks what was sent again where and when it was, and where the receiver had no room", () => {
    const lines = plot([
      ...RISING,
      data(2, 1, 1000, { cause: "timeout" }),
      ack(4, 4001, { isZeroWindow: true }),
    ]);
    expect(lines[0]).to.contain("R again, Z no window");
    expect(lettersIn(lines)).to.deep.equal([
      ["Z", 0, 59],
      ["R", 11, 29],
    ]);
  });

  it("leaves out copies, the other direction's data, and flows with too little to draw", () => {
    const copies = RISING.map((row) => ({ ...row, isCopy: true }));
    const others = RISING.map((row) => ({ ...row, direction: "->" as const }));
    expect(plot([...copies, ...others, ...RISING.slice(1)])).to.deep.equal([]);
  });

  it("keeps its shape and its memory however many segments there are", () => {
    const drawing = new SequencePlot("<-");
    for (let index = 0; index < 500_000; index++) drawing.add(data(index / 1000, index * 10, 10));
    const lines = drawing.lines();
    expect(lines[1]).to.match(/[\u2800-\u28ff]$/u);
    expect(lines.slice(1, 13).every((line) => /[\u2800-\u28ff]/u.test(line))).to.equal(true);
  });
});
