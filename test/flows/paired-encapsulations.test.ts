import { expect } from "chai";
import type { SegmentBatch } from "../../src/decode/segment-batch.js";
import { FlowTable } from "../../src/flows/flow-table.js";
import { segmentsOf } from "../support/script-segments.js";

const VLAN = 3;

const CONVERSATION = `
  0     -> S  0:0(0)
  +.001 <- S. 0:0(0) ack 1
  +.001 -> .  1:1(0) ack 1
  +.001 -> P. 1:6(5) ack 1
  +.001 <- .  1:1(0) ack 6
`;

/** Puts the segments that port 80 sent into another encapsulation, as a mirror port that tags one direction does. */
function tagServer(batch: SegmentBatch, encapsulation = VLAN): SegmentBatch {
  for (let row = 0; row < batch.length; row++)
    if (batch.sourcePort[row] === 80) batch.encapsulation[row] = encapsulation;
  return batch;
}

function flowsOf(table: FlowTable, batch: SegmentBatch): number[] {
  table.track(batch, 1, 0, () => {});
  return Array.from(batch.flow.subarray(0, batch.length));
}

describe("directions in different encapsulations", () => {
  it("are one flow when the SYN-ACK acknowledges exactly the SYN", () => {
    const table = new FlowTable();
    const batch = tagServer(segmentsOf(CONVERSATION));
    expect(flowsOf(table, batch)).to.deep.equal([1, 1, 1, 1, 1]);
    expect(Array.from(batch.fromServer.subarray(0, 5))).to.deep.equal([0, 1, 0, 0, 1]);
    expect(batch.relativeAck[4]).to.equal(6);
  });

  it("are two flows when it acknowledges another one", () => {
    const batch = tagServer(segmentsOf(CONVERSATION));
    batch.ack[1] = batch.ack[1]! + 1;
    expect(new Set(flowsOf(new FlowTable(), batch)).size).to.equal(2);
  });

  it("are two flows when the SYN was answered in its own encapsulation", () => {
    const batch = segmentsOf(`
      0     -> S  0:0(0)
      +.001 <- S. 0:0(0) ack 1
      +.001 <- S. 0:0(0) ack 1 {id 9}
    `);
    batch.encapsulation[2] = VLAN;
    expect(flowsOf(new FlowTable(), batch)).to.deep.equal([1, 1, 2]);
  });

  it("are one flow again when the tuple is reused", () => {
    const table = new FlowTable();
    flowsOf(table, tagServer(segmentsOf(CONVERSATION)));
    const again = tagServer(segmentsOf(CONVERSATION));
    for (let row = 0; row < again.length; row++) {
      const isClient = again.sourcePort[row] !== 80;
      again.seq[row] = again.seq[row]! + (isClient ? 777 : 888);
      again.ack[row] = again.ack[row]! + (isClient ? 888 : 777);
    }
    expect(flowsOf(table, again)).to.deep.equal([2, 2, 2, 2, 2]);
    expect(table.count).to.equal(2);
  });
});
