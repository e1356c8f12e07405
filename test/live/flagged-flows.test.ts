import { expect } from "chai";
import { FlowTable } from "../../src/flows/flow-table.js";
import { FlaggedFlows } from "../../src/live/flagged-flows.js";
import { segmentsOf } from "../support/script-segments.js";

/** A table with flows of ids from 1. */
function tableOf(flows: number): FlowTable {
  const table = new FlowTable();
  for (let flow = 0; flow < flows; flow++) {
    const batch = segmentsOf("0 -> S 0:0(0)");
    batch.sourcePort[0] = 50_000 + flow;
    table.track(batch, 1, 0, () => {});
  }
  return table;
}

const idsOf = (asked: readonly { readonly flowId: number }[]): number[] => asked.map(({ flowId }) => flowId);

describe("FlaggedFlows", () => {
  it("names a connection as either end's host does", () => {
    const flagged = new FlaggedFlows(tableOf(1));
    flagged.noteFinding({ flowIds: [1] });
    const [client, server] = flagged.next()[0]!.tuples;
    expect(client).to.include({
      localPort: 50_000,
      peerAddr: server!.localAddr,
      peerPort: server!.localPort,
    });
    expect(server).to.include({ peerPort: 50_000, peerAddr: client!.localAddr });
  });

  it("gives ten at a time a turn, and those that are noted again another behind the others", () => {
    const flagged = new FlaggedFlows(tableOf(15));
    flagged.noteFinding({ flowIds: Array.from({ length: 15 }, (_, index) => index + 1) });
    expect(idsOf(flagged.next())).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    flagged.noteFlows([1, 2]);
    expect(idsOf(flagged.next())).to.deep.equal([11, 12, 13, 14, 15, 1, 2]);
    expect(flagged.next()).to.be.empty;
  });

  it("passes over flows that have left memory, and bounds those that wait", () => {
    const flagged = new FlaggedFlows(tableOf(2));
    flagged.noteFlows([99, 2]);
    expect(idsOf(flagged.next())).to.deep.equal([2]);
    flagged.noteFlows(Array.from({ length: 2000 }, (_, index) => 100 + index));
    flagged.noteFlows([1]);
    expect(idsOf(flagged.next())).to.be.empty;
  });
});
