import { Readable } from "node:stream";
import { expect } from "chai";
import { openCapture } from "../../src/capture/open-capture.js";
import { Decoder } from "../../src/decode/decode.js";
import { SegmentBatch } from "../../src/decode/segment-batch.js";
import { RetransmissionJudge } from "../../src/flows/causes/retransmission-judge.js";
import { createFlowCursor, FLOW_FLOAT64S, type Flow } from "../../src/flows/flow.js";
import { FlowTable } from "../../src/flows/flow-table.js";
import { SegmentLabeller } from "../../src/flows/labels/segment-labeller.js";
import { type CaptureFrame, pcapFile } from "../support/capture-bytes.js";
import { erraticTraffic } from "../support/erratic-traffic.js";
import { orderlyTraffic } from "../support/orderly-traffic.js";

type Ends = readonly [sender: Flow["client"], receiver: Flow["client"]];

function endsOf(flow: Flow, batch: SegmentBatch, row: number): Ends {
  return batch.fromServer[row] === 1 ? [flow.server, flow.client] : [flow.client, flow.server];
}

/** Labels and judges every segment the long way while `body` runs. */
async function longWay<Result>(body: () => Promise<Result>): Promise<Result> {
  const { label } = SegmentLabeller.prototype;
  const { judge } = RetransmissionJudge.prototype;
  SegmentLabeller.prototype.label = function (flow, batch, row) {
    this.labelWhole(flow, ...endsOf(flow, batch, row), batch, row);
  };
  RetransmissionJudge.prototype.judge = function (flow, batch, row) {
    this.judgeWhole(flow, ...endsOf(flow, batch, row), batch, row);
  };
  try {
    return await body();
  } finally {
    SegmentLabeller.prototype.label = label;
    RetransmissionJudge.prototype.judge = judge;
  }
}

/** What the flow table makes of the frames: the columns it fills, then the records of all flows. */
async function track(frames: readonly CaptureFrame[]) {
  const input = Readable.from([Buffer.from(pcapFile(frames))]);
  const source = await openCapture("-", { batchFrames: frames.length, input });
  const decoder = new Decoder(source.interfaces);
  const batch = new SegmentBatch(frames.length);
  const table = new FlowTable();
  for await (const part of source.batches()) {
    decoder.decode(part, batch);
    table.track(batch, 1, 0, () => {});
  }
  await source.close();
  const flow = createFlowCursor();
  const records: Float64Array[] = [];
  for (let id = 1; id <= table.count; id++) {
    table.seek(flow, id);
    records.push(flow.f64.slice(flow.at64, flow.at64 + FLOW_FLOAT64S));
  }
  table.close();
  const { analysis, duplicateAckNumber, bytesInFlight, ackRttNs, rtoNs, cause } = batch;
  return { analysis, duplicateAckNumber, bytesInFlight, ackRttNs, rtoNs, cause, records };
}

describe("the short ways of labels and causes", () => {
  for (const [traffic, make] of [
    ["orderly", orderlyTraffic],
    ["erratic", erraticTraffic],
  ] as const)
    it(`lead where the long ways lead, for ${traffic} traffic`, async () => {
      const seed = Math.floor(Math.random() * 2 ** 32);
      const frames = make(20_000, seed);
      expect(await track(frames), `seed ${seed}`).to.deep.equal(await longWay(() => track(frames)));
    });
});
