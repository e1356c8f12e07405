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

  it("are one flow when the SYN is refused", () => {
    const batch = tagServer(
      segmentsOf(`
        0     -> S  0:0(0)
        +.001 <- R. 0:0(0) ack 1
      `),
    );
    expect(flowsOf(new FlowTable(), batch)).to.deep.equal([1, 1]);
  });

  const MID_STREAM = `
    0     <- P. 2001:2101(100) ack 501
    +.001 -> .  501:501(0) ack 2101
    +.001 -> P. 501:601(100) ack 2101
    +.001 <- .  2101:2101(0) ack 601
  `;

  it("are one flow in mid-stream when each begins near what the other acknowledges", () => {
    const batch = tagServer(segmentsOf(MID_STREAM));
    expect(flowsOf(new FlowTable(), batch)).to.deep.equal([1, 1, 1, 1]);
    expect(Array.from(batch.fromServer.subarray(0, 4))).to.deep.equal([1, 0, 0, 1]);
  });

  it("are two flows in mid-stream when one of the numbers is far from the other side's", () => {
    for (const column of ["seq", "ack"] as const) {
      const batch = tagServer(segmentsOf(MID_STREAM));
      for (const row of [1, 2]) batch[column][row] = batch[column][row]! + 2 ** 21;
      expect(flowsOf(new FlowTable(), batch), column).to.deep.equal([1, 2, 2, 1]);
    }
  });

  it("are one flow in mid-stream when what is acknowledged was not captured", () => {
    const batch = tagServer(segmentsOf(MID_STREAM));
    batch.ack[1] = batch.ack[1]! + 1448;
    expect(flowsOf(new FlowTable(), batch)).to.deep.equal([1, 1, 1, 1]);
  });

  it("are two flows in mid-stream when both sides were heard in one encapsulation already", () => {
    const batch = segmentsOf(MID_STREAM);
    batch.encapsulation[3] = VLAN;
    expect(flowsOf(new FlowTable(), batch)).to.deep.equal([1, 1, 1, 2]);
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
