import { expect } from "chai";
import { createFlowCursor, IS_REPLACED, REUSES_PORTS } from "../../src/flows/flow.js";
import { FlowTable } from "../../src/flows/flow-table.js";
import { segmentsOf } from "../support/script-segments.js";

const CONVERSATION = `
  0     -> S  0:0(0)
  +.001 <- S. 0:0(0) ack 1
  +.001 -> .  1:1(0) ack 1
`;
const SERVER_PORT = 80;
const FIRST_PORT = 20_000;
/** More than two chunks of flows. */
const CONNECTIONS = 5000;

/** Lets `table` see a conversation from the client's port that much behind the first, its ISN raised; returns the flows' ids. */
function converse(table: FlowTable, place: number, isnRaise: number): number[] {
  const batch = segmentsOf(CONVERSATION);
  for (let row = 0; row < batch.length; row++) {
    const isClient = batch.destinationPort[row] === SERVER_PORT;
    if (isClient) batch.sourcePort[row] = FIRST_PORT + place;
    else batch.destinationPort[row] = FIRST_PORT + place;
    if (isClient) batch.seq[row] = batch.seq[row]! + isnRaise;
    else batch.ack[row] = batch.ack[row]! + isnRaise;
  }
  table.track(batch, 1, 0, () => {});
  return Array.from(batch.flow.subarray(0, batch.length));
}

describe("a tuple that is used again", () => {
  for (const [where, residentBytes] of [
    ["in memory", undefined],
    ["on disk", 1],
  ] as const) {
    it(`ends the earlier flow by another ISN and not by the same one, also where that flow is ${where}`, () => {
      const table = new FlowTable(1, 0, residentBytes);
      const flow = createFlowCursor();
      for (let place = 0; place < CONNECTIONS; place++) converse(table, place, 0);
      expect(converse(table, 3, 1000)).to.deep.equal([5001, 5001, 5001]);
      expect(converse(table, 4, 0)).to.deep.equal([5, 5, 5]);
      expect(converse(table, 3, 2000)).to.deep.equal([5002, 5002, 5002]);
      const facts = [4, 5, 6, 5001, 5002].map((id) => {
        table.seek(flow, id);
        return [(flow.facts & IS_REPLACED) !== 0, (flow.facts & REUSES_PORTS) !== 0, flow.client.syns];
      });
      expect(facts).to.deep.equal([
        [true, false, 1],
        [false, false, 2],
        [false, false, 1],
        [true, true, 1],
        [false, true, 1],
      ]);
      table.close();
    });
  }
});
