import { expect } from "chai";
import type { SegmentBatch } from "../../src/decode/segment-batch.js";
import { createFlowCursor } from "../../src/flows/flow.js";
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

/** Each segment of CONVERSATION `times` times, `apart` seconds apart, in encapsulations 0, 1, 2 and so on. */
function seenOften(times: number, apart: number): SegmentBatch {
  const lines = CONVERSATION.trim().split("\n");
  const script = lines.flatMap((line, index) => {
    const [, at, rest] = /^\s*(\S+) +(.*)$/.exec(line)!;
    return Array.from(
      { length: times },
      (_, sighting) => `${sighting === 0 ? at : `+${apart}`} ${rest} {id ${index + 1}}`,
    );
  });
  const batch = segmentsOf(script.join("\n"));
  for (let row = 0; row < batch.length; row++) batch.encapsulation[row] = row % times;
  return batch;
}

describe("a connection seen in several encapsulations", () => {
  it("is one flow where each segment was recorded in all of them at once", () => {
    const batch = seenOften(4, 0.0001);
    expect(new Set(flowsOf(new FlowTable(), batch))).to.deep.equal(new Set([1]));
    expect(
      Array.from(batch.isCopy.subarray(0, batch.length), (isCopy, row) => isCopy === (row % 4 ? 1 : 0)),
    ).to.not.include(false);
  });

  it("is another flow where there are more than four", () => {
    const batch = seenOften(5, 0.0001);
    const flows = flowsOf(new FlowTable(), batch);
    expect(flows).to.deep.equal(Array.from(flows, (_, row) => (row % 5 === 4 ? 2 : 1)));
    expect(Array.from(flows, (_, row) => batch.isCopy[row])).to.deep.equal(
      Array.from(flows, (_, row) => (row % 5 === 0 || row % 5 === 4 ? 0 : 1)),
    );
  });

  it("is a flow for each point of capture where they are milliseconds apart", () => {
    const batch = seenOften(2, 0.003);
    const flows = flowsOf(new FlowTable(), batch);
    expect(flows).to.deep.equal(Array.from(flows, (_, row) => (row % 2) + 1));
    expect(Array.from(batch.isCopy.subarray(0, batch.length))).to.not.include(1);
  });

  it("begins anew in all of them once it is forgotten", () => {
    const table = new FlowTable();
    flowsOf(table, seenOften(4, 0.0001));
    const flow = createFlowCursor();
    table.seek(flow, 1);
    table.forget(flow);
    expect(new Set(flowsOf(table, seenOften(4, 0.0001)))).to.deep.equal(new Set([2]));
  });

  /** What comes behind a handshake and five octets of the client's, in another encapsulation. */
  const later = (line: string): number[] => {
    const batch = segmentsOf(`${CONVERSATION}\n${line}`);
    batch.encapsulation[batch.length - 1] = VLAN;
    return flowsOf(new FlowTable(), batch).slice(-1);
  };

  it("goes on in another one with new data, or with an ACK of more", () => {
    expect(later("+.01 -> P. 6:11(5) ack 1")).to.deep.equal([1]);
    expect(later("+.01 -> .  6:6(0) ack 101")).to.deep.equal([1]);
    expect(later("+.01 -> P. 600000:600005(5) ack 1")).to.deep.equal([2]);
  });

  it("repeats itself in another one only long after", () => {
    expect(later("+.3 -> P. 1:6(5) ack 1")).to.deep.equal([2]);
    expect(later("+2  -> P. 1:6(5) ack 1")).to.deep.equal([1]);
    expect(later("+2  -> P. 2000001:2000006(5) ack 1")).to.deep.equal([2]);
    expect(later("+2  -> P. 1:6(5) ack 2000001")).to.deep.equal([2]);
    expect(later("+2  -> S  0:0(0)")).to.deep.equal([2]);
  });
});
