import { Readable } from "node:stream";
import { openCapture } from "../../src/capture/open-capture.js";
import { Decoder } from "../../src/decode/decode.js";
import { SegmentBatch } from "../../src/decode/segment-batch.js";
import { judgeVantage } from "../../src/engine/vantage.js";
import { createFlowCursor, type Flow } from "../../src/flows/flow.js";
import { readFlowIdentity } from "../../src/flows/flow-identity.js";
import { FlowTable } from "../../src/flows/flow-table.js";
import { createFlowRow, fillFlowRow } from "../../src/store/fill-flow-row.js";
import type { FlowRow } from "../../src/store/flow-rows.js";
import { parseScript } from "../../src/tcp/notation.js";
import { type CompileOptions, compileScript } from "./compile-script.js";

/** A segment as the flow table left it. */
export interface TrackedSegment {
  frame: number;
  flow: number;
  sender: "client" | "server";
  seq: number;
  ack: number;
  isCopy: boolean;
}

export interface Tracked {
  flows: FlowRow[];
  segments: TrackedSegment[];
}

/**
 * The flows and segments of a capture in bytes.
 * @param inspect sees each flow in the end, for what no row tells
 */
export async function trackBytes(
  pcap: Uint8Array,
  batchFrames = 4096,
  inspect: (flow: Flow) => void = () => {},
): Promise<Tracked> {
  const source = await openCapture("-", { batchFrames, input: Readable.from([Buffer.from(pcap)]) });
  const decoder = new Decoder(source.interfaces);
  const batch = new SegmentBatch(batchFrames);
  const table = new FlowTable();
  const segments: TrackedSegment[] = [];
  for await (const frames of source.batches()) {
    decoder.decode(frames, batch);
    table.track(batch, 1, 0, () => {});
    for (let row = 0; row < batch.length; row++) {
      segments.push({
        frame: batch.frame[row]!,
        flow: batch.flow[row]!,
        sender: batch.fromServer[row] === 1 ? "server" : "client",
        seq: batch.relativeSeq[row]!,
        ack: batch.relativeAck[row]!,
        isCopy: batch.isCopy[row] === 1,
      });
    }
  }
  await source.close();

  const flow = createFlowCursor();
  const flows: FlowRow[] = [];
  for (let id = 1; id <= table.count; id++) {
    table.seek(flow, id);
    inspect(flow);
    const row = createFlowRow();
    const identity = readFlowIdentity(flow);
    fillFlowRow(row, flow, identity, judgeVantage(flow, identity));
    flows.push(row);
  }
  table.close();
  return { flows, segments };
}

/** The flows and segments of a script in packet notation. */
export async function trackScript(
  text: string,
  options: Partial<CompileOptions> = {},
  inspect?: (flow: Flow) => void,
): Promise<Tracked> {
  const { pcap } = compileScript(parseScript(text), {
    clientIsn: 1000,
    serverIsn: 0xfffffff5,
    ipVersion: 4,
    ...options,
  });
  return trackBytes(pcap, undefined, inspect);
}
