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
import { parseScript } from "../../../src/tcp/notation.js";
import { pcapFile } from "../../support/capture-bytes.js";
import { compileScript } from "../../support/compile-script.js";
import { erraticTraffic } from "../../support/erratic-traffic.js";
import { orderlyTraffic } from "../../support/orderly-traffic.js";

/** What the flow table and the statistics both keep of a direction. */
function progressOf(side: Endpoint | Direction): object {
  const { base, nextSeq, ackedTo, zeekState, zeekPreviousState } = side;
  return { base, nextSeq, ackedTo, zeekState, zeekPreviousState };
}

/** The client accepts the first of two SYN-ACKs, and acknowledges it behind both. */
function twoAnswers(): Uint8Array {
  const script = parseScript(`
    0     -> S  0:0(0)
    +.001 <- S. 0:0(0) ack 1
    +.001 <- S. 900000000:900000000(0) ack 1
    +.001 -> .  1:1(0) ack 1
    +.001 <- P. 1:11(10) ack 1
    +.001 -> .  1:1(0) ack 11`);
  return compileScript(script, { clientIsn: 1000, serverIsn: 0xfffffff5, ipVersion: 4 }).pcap;
}

/** Who asked answers the other's SYN with another number, and the other acknowledges that, and then the first one after all. */
function acknowledgedAfterAll(): Uint8Array {
  const script = parseScript(`
    0     -> S  2:2(0)
    +.001 -> S. 0:0(0) ack 1
    +.001 <- .  1:1(0) ack 2
    +.001 <- .  1:1(0) ack 2
    +.001 <- .  1:1(0) ack 3`);
  return compileScript(script, { clientIsn: 1000, serverIsn: 2000, ipVersion: 4 }).pcap;
}

describe("what the statistics know of a flow's progress", () => {
  for (const [traffic, make] of [
    ["orderly", (seed: number) => pcapFile(orderlyTraffic(20_000, seed))],
    ["erratic", (seed: number) => pcapFile(erraticTraffic(20_000, seed))],
    ["twice answered", twoAnswers],
    ["late acknowledged", acknowledgedAfterAll],
  ] as const)
    it(`is what the flow table knows after each batch, for ${traffic} traffic`, async () => {
      const seed = Math.floor(Math.random() * 2 ** 32);
      const input = Readable.from([Buffer.from(make(seed))]);
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
