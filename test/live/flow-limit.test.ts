import { expect } from "chai";
import { FlowTable } from "../../src/flows/flow-table.js";
import { FlowLimit } from "../../src/live/flow-limit.js";
import { segmentsOf } from "../support/script-segments.js";

const HANDSHAKE = `
0     -> S  0:0(0)
+.001 <- S. 0:0(0) ack 1
+.001 -> .  1:1(0) ack 1`;
const HALF_OPEN = "0 -> S 0:0(0)";
const CLOSED = `${HANDSHAKE}
+.001 -> F. 1:1(0) ack 1
+.001 <- F. 1:1(0) ack 2`;

/** A table with a flow of each script, in order; ids from 1. */
function tableOf(...scripts: readonly string[]): {
  table: FlowTable;
  again: (id: number, afterNs?: number) => number;
} {
  const table = new FlowTable();
  const take = (index: number, afterNs = 0): number => {
    const batch = segmentsOf(scripts[index]!);
    for (let row = 0; row < batch.length; row++) {
      batch.timeNs[row]! += afterNs;
      const ports =
        batch.sourcePort[row]! > batch.destinationPort[row]! ? batch.sourcePort : batch.destinationPort;
      ports[row] = 50_000 + index;
    }
    table.track(batch, 1, 0, () => {});
    return batch.flow[0]!;
  };
  for (const index of scripts.keys()) take(index);
  return { table, again: (id, afterNs) => take(id - 1, afterNs) };
}

function idsIn(table: FlowTable): number[] {
  const ids: number[] = [];
  for (let id = table.nextId(0); id !== null; id = table.nextId(id)) ids.push(id);
  return ids;
}

describe("FlowLimit", () => {
  it("lets nothing leave up to the limit", () => {
    const { table } = tableOf(HALF_OPEN, HANDSHAKE, CLOSED);
    new FlowLimit(table, 3).enforce(() => {});
    expect(idsIn(table)).to.deep.equal([1, 2, 3]);
  });

  it("lets the oldest half-open flows leave before closed ones, and those before open ones", () => {
    const { table } = tableOf(HANDSHAKE, CLOSED, HALF_OPEN, HALF_OPEN, CLOSED);
    const left: number[] = [];
    const limit = new FlowLimit(table, 2);
    limit.enforce((ids) => left.push(...ids));
    expect(left).to.deep.equal([3, 4, 2]);
    expect(limit.evicted).to.deep.equal({ halfOpen: 2, closed: 1, open: 0 });
    expect(idsIn(table)).to.deep.equal([1, 5]);
  });

  it("lets stay what was heard of since it was chosen to leave", () => {
    // Two of ten flows are chosen before there are too many; then one of them is heard of.
    const { table, again } = tableOf(...Array<string>(10).fill(HALF_OPEN));
    const left: number[] = [];
    const limit = new FlowLimit(table, 10);
    limit.enforce((ids) => left.push(...ids));
    again(1, 1e9);
    table.track(segmentsOf(HALF_OPEN), 1, 0, () => {});
    limit.enforce((ids) => left.push(...ids));
    expect(left).to.deep.equal([2]);
  });

  it("forgets: what comes of a flow that has left is another flow, and of one that stayed is the same", () => {
    const { table, again } = tableOf(HANDSHAKE, HALF_OPEN, HALF_OPEN);
    new FlowLimit(table, 2).enforce(() => {});
    expect(again(2)).to.equal(4);
    expect(again(1)).to.equal(1);
    expect(table.has(2)).to.equal(false);
  });
});
