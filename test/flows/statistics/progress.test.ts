import { Readable } from "node:stream";
import { expect } from "chai";
import { openCapture } from "../../../src/capture/open-capture.js";
import { Decoder } from "../../../src/decode/decode.js";
import { SegmentBatch } from "../../../src/decode/segment-batch.js";
import type { Endpoint } from "../../../src/flows/endpoint.js";
import { createFlowCursor } from "../../../src/flows/flow.js";
import { FlowTable } from "../../../src/flows/flow-table.js";
import type { Direction } from "../../../src/flows/statistics/direction.js";
import { FlowStatistics } from "../../../src/flows/statistics/flow-statistics.js";
import { createStatisticsRecord } from "../../../src/flows/statistics/statistics-record.js";
import { type CaptureFrame, pcapFile } from "../../support/capture-bytes.js";
import { erraticTraffic } from "../../support/erratic-traffic.js";
import { orderlyTraffic } from "../../support/orderly-traffic.js";

/** What the flow table and the statistics both keep of a direction. */
function progressOf(side: Endpoint | Direction): object {
  const { base, nextSeq, ackedTo, zeekState, zeekPreviousState } = side;
  return { base, nextSeq, ackedTo, zeekState, zeekPreviousState };
}

describe("what the statistics know of a flow's progress", () => {
  for (const [traffic, make] of [
    ["orderly", orderlyTraffic],
    ["erratic", erraticTraffic],
  ] as const)
    it(`is what the flow table knows after each batch, for ${traffic} traffic`, async () => {
      const seed = Math.floor(Math.random() * 2 ** 32);
      const frames: readonly CaptureFrame[] = make(20_000, seed);
      const input = Readable.from([Buffer.from(pcapFile(frames))]);
      const source = await openCapture("-", { batchFrames: 50, input });
      const decoder = new Decoder(source.interfaces);
      const batch = new SegmentBatch(50);
      const table = new FlowTable();
      const statistics = new FlowStatistics();
      const flow = createFlowCursor();
      const record = createStatisticsRecord();
      for await (const part of source.batches()) {
        decoder.decode(part, batch);
        table.track(batch, 1, 0, () => {});
        statistics.noteBatch(batch);
        expect(statistics.count).to.equal(table.count);
        for (const id of new Set(batch.flow.subarray(0, batch.length))) {
          table.seek(flow, id);
          statistics.seek(record, id);
          expect(record.startNs).to.equal(flow.startNs);
          for (const side of ["client", "server"] as const)
            expect(progressOf(record[side]), `flow ${id}, ${side}, seed ${seed}`).to.deep.equal(
              progressOf(flow[side]),
            );
        }
      }
      await source.close();
      table.close();
      statistics.close();
    });
});
