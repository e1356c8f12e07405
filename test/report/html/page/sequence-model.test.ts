import { expect } from "chai";
import { sequenceExtent } from "../../../../src/report/html/page/sequence-extent.js";
import { sequenceModel } from "../../../../src/report/html/page/sequence-model.js";
import { ACK, FIN, PSH, SYN } from "../../../../src/tcp/flags.js";
import { type SamplePacket, sampleFlow } from "../../../support/sample-flow.js";

const model = (
  packets: readonly SamplePacket[],
  scales: readonly [number | null, number | null] = [null, null],
) => sequenceModel(sampleFlow(packets, scales), false);

const syn: SamplePacket = { flags: SYN };
const synAck: SamplePacket = { fromServer: true, flags: SYN | ACK, ack: 1, window: 1000 };
const data: SamplePacket = { flags: PSH | ACK, seq: 1, length: 100, ack: 1, seconds: 1 };

describe("a time-sequence graph", () => {
  it("draws data from its first octet to behind its last, SYN and FIN one number high", () => {
    const { sent } = model([syn, synAck, data, { flags: FIN | ACK, seq: 101, ack: 1 }]);
    expect(sent.map(({ kind, first, last }) => [kind, first, last])).to.deep.equal([
      ["syn", 0, 1],
      ["data", 1, 101],
      ["fin", 101, 102],
    ]);
  });

  it("draws what has a cause as sent again", () => {
    const { sent } = model([data, { ...data, cause: "timeout" }]);
    expect(sent.map(({ kind }) => kind)).to.deep.equal(["data", "retransmission"]);
  });

  it("scales windows by the receiver's shift, but never that of a SYN", () => {
    const answer: SamplePacket = { fromServer: true, flags: ACK, ack: 101, window: 10 };
    expect(model([syn, synAck, data, answer], [3, 7]).windowLine.map(({ seq }) => seq)).to.deep.equal([
      1001,
      101 + 1280,
    ]);
  });

  it("does not scale when one end did not offer to", () => {
    const answer: SamplePacket = { fromServer: true, flags: ACK, ack: 101, window: 10 };
    expect(model([answer], [null, 7]).windowLine.map(({ seq }) => seq)).to.deep.equal([111]);
  });

  it("moves the ACK line only forward, with a tick for each duplicate ACK", () => {
    const answer: SamplePacket = { fromServer: true, flags: ACK, ack: 101, window: 10 };
    const { ackLine, duplicateAcks } = model([
      answer,
      { ...answer, labels: "duplicate_ack" },
      { ...answer, ack: 50 },
      { ...answer, ack: 201 },
    ]);
    expect(ackLine.map(({ seq }) => seq)).to.deep.equal([101, 201]);
    expect(duplicateAcks.map(({ row }) => row)).to.deep.equal([1]);
  });

  it("knows where a repeated SYN-ACK stands, so that it can be marked", () => {
    const { ackLine, stillAcks } = model([syn, synAck, data, { ...synAck, seconds: 2 }]);
    expect(ackLine.map(({ row }) => row)).to.deep.equal([1]);
    expect(stillAcks).to.deep.equal([{ row: 3, seconds: 2, seq: 1 }]);
  });

  it("draws every SACK block, and marks zero windows", () => {
    const answer: SamplePacket = {
      fromServer: true,
      flags: ACK,
      ack: 1,
      window: 0,
      options: "sack 101:201 301:401",
    };
    const { sacks, zeroWindows } = model([answer]);
    expect(sacks.map(({ first, last }) => [first, last])).to.deep.equal([
      [101, 201],
      [301, 401],
    ]);
    expect(zeroWindows).to.have.length(1);
  });

  it("knows between which times packets are left out", () => {
    const flow = sampleFlow([syn, { ...data, seconds: 2 }, { ...data, seconds: 3 }]);
    const thinned = { ...flow, packets: { ...flow.packets, position: [1, 2, 40] } };
    expect(sequenceModel(thinned, false).gaps).to.deep.equal([[2, 3]]);
  });

  it("shows a window that is near, and lets one far above the data go", () => {
    const answer = (window: number): SamplePacket => ({ fromServer: true, flags: ACK, ack: 1, window });
    expect(sequenceExtent(model([data, answer(150)]), 0, 2)[1]).to.be.above(151);
    expect(sequenceExtent(model([data, answer(60_000)]), 0, 2)[1]).to.be.below(200);
  });
});
