import { expect } from "chai";
import fc from "fast-check";
import { createFlowCursor, FLOW_FLOAT64S, moveFlowCursor } from "../../src/flows/flow.js";
import { FlowTable } from "../../src/flows/flow-table.js";
import { SegmentTracker } from "../../src/flows/segment-tracker.js";
import { updateSteadily } from "../../src/flows/steady-segment.js";
import { segmentsOf } from "../support/script-segments.js";

describe("the short way to update a flow", () => {
  const packet = fc.record({
    direction: fc.constantFrom("->", "<-"),
    flags: fc.constantFrom(".", ".", ".", "P.", "P.", "P.", "F.", "R."),
    first: fc.integer({ min: 1, max: 40 }),
    isNext: fc.integer({ min: 0, max: 9 }).map((dice) => dice > 1),
    length: fc.constantFrom(0, 0, 1, 10),
    ack: fc.integer({ min: 1, max: 40 }),
    acksNext: fc.integer({ min: 0, max: 9 }).map((dice) => dice > 1),
    window: fc.constantFrom(0, 512, 512, 512),
  });

  it("leaves the flow as the long way does, whenever it is taken", () => {
    let taken = 0;
    fc.assert(
      fc.property(fc.boolean(), fc.array(packet, { minLength: 10, maxLength: 30 }), (isGreeted, packets) => {
        const next = { "->": 11, "<-": 11 };
        const lines = packets.map(({ direction, flags, first, isNext, length, ack, acksNext, window }) => {
          const [side, peer] = direction === "->" ? (["->", "<-"] as const) : (["<-", "->"] as const);
          const at = isNext ? next[side] : first;
          next[side] = Math.max(next[side], at + length);
          return `+.01 ${side} ${flags} ${at}:${at + length}(${length}) ack ${acksNext ? next[peer] : ack} win ${window}`;
        });
        const batch = segmentsOf(`
          0    -> S  0:0(0)
          +.01 <- S. 0:0(0) ack 1
          +.01 -> .  1:1(0) ack 1
          ${isGreeted ? "+.01 <- P. 1:11(10) ack 1" : ""}
          +.01 -> P. 1:11(10) ack ${isGreeted ? 11 : 1}
          +.01 <- .  ${isGreeted ? "11:11(0)" : "1:1(0)"} ack 11
          ${isGreeted ? "" : "+.01 <- P. 1:11(10) ack 11"}
          ${lines.join("\n")}
        `);
        const short = new Float64Array(FLOW_FLOAT64S);
        const long = new Float64Array(FLOW_FLOAT64S);
        const cursor = createFlowCursor();
        const table = new FlowTable();
        table.track(batch, 1, 0xff, (flow, row) => {
          const before = flow.f64.subarray(flow.at64, flow.at64 + FLOW_FLOAT64S);
          short.set(before);
          long.set(before);
          moveFlowCursor(cursor, flow.id, short, new Uint32Array(short.buffer), 0);
          if (!updateSteadily(cursor, batch, row)) {
            expect(short).to.deep.equal(before);
            return;
          }
          taken++;
          moveFlowCursor(cursor, flow.id, long, new Uint32Array(long.buffer), 0);
          new SegmentTracker().update(cursor, batch, row);
          expect(new Uint32Array(short.buffer)).to.deep.equal(new Uint32Array(long.buffer));
        });
        table.close();
      }),
      { numRuns: 600 },
    );
    expect(taken).to.be.greaterThan(300);
  });
});
