import { setImmediate } from "node:timers/promises";
import type { CaptureSource } from "./capture/capture-source.js";
import { readSeries } from "./capture/capture-stream.js";
import type { CaptureStream } from "./capture/expand-inputs.js";
import type { FrameBatch } from "./capture/frame-batch.js";
import type { OpenOptions } from "./capture/open-capture.js";
import { Decoder } from "./decode/decode.js";
import type { DecodeCount } from "./decode/decode-counts.js";
import type { Encapsulations } from "./decode/encapsulations.js";
import type { IcmpError } from "./decode/icmp-error.js";
import { printOptions } from "./decode/print-options.js";
import { SegmentBatch } from "./decode/segment-batch.js";
import { Dispatcher } from "./engine/dispatch.js";
import type { Finding } from "./engine/finding.js";
import type { Listener } from "./engine/listeners.js";
import type { ActiveRule } from "./engine/rule-settings.js";
import { AnalyzeError } from "./errors.js";
import { createFlowCursor } from "./flows/flow.js";
import { readFlowIdentity } from "./flows/flow-identity.js";
import { FlowTable } from "./flows/flow-table.js";
import type { DatabaseWriter } from "./store/database-writer.js";
import { createFlowRow, fillFlowRow } from "./store/fill-flow-row.js";

/** How long the loop may run before it lets signals and progress through. Milliseconds. */
const BREATH_MS = 50;
/** ICMP errors kept of a stream. A flood of them is one story, and memory must not grow with it. */
const MAX_ICMP_ERRORS = 100_000;
/** RFC 9293, section 3.1. */
const TCP_FIXED_HEADER_BYTES = 20;

/** What one file (or pipe) gave. */
export interface CaptureResult {
  readonly id: number;
  readonly source: CaptureSource;
  readonly frames: number;
  readonly tcpFrames: number;
  /** ICMP errors that quote a TCP segment. */
  readonly icmpErrors: number;
  readonly truncatedFrames: number;
  /** Of the first frame, nanoseconds since the stream's origin; null without frames. */
  readonly startNs: number | null;
  readonly durationNs: number;
  /** Frames that are no segment, by name. */
  readonly counts: readonly DecodeCount[];
}

/** An ICMP error and the flow whose segment it quotes. */
export interface FlowIcmpError {
  readonly captureId: number;
  readonly flowId: number | null;
  readonly error: IcmpError;
}

/** What one capture or rotated series gave; its segments and flows are with the writer. */
export interface StreamResult {
  readonly captures: readonly CaptureResult[];
  readonly firstFlow: number;
  readonly lastFlow: number;
  readonly segments: number;
  readonly findings: readonly Finding[];
  readonly listeners: readonly Listener[];
  /** At most the first 100 000. */
  readonly icmpErrors: readonly FlowIcmpError[];
}

/** Where ids go on: the next stream begins behind the one before. */
export interface NextIds {
  capture: number;
  flow: number;
}

export interface StreamOptions extends OpenOptions {
  /** Of the whole run. */
  readonly encapsulations: Encapsulations;
  readonly signal?: AbortSignal | undefined;
  /** Told now and then; `source` is the one being read. */
  readonly onProgress?: ((source: CaptureSource) => void) | undefined;
}

/** Reads one stream to its end: frames, segments, flows, rules, store. */
export async function analyzeStream(
  stream: CaptureStream,
  active: readonly ActiveRule[],
  writer: DatabaseWriter,
  next: NextIds,
  options: StreamOptions,
): Promise<StreamResult> {
  const dispatcher = new Dispatcher(active);
  const firstFlow = next.flow;
  const flows = new FlowTable(firstFlow, dispatcher.extraFields);
  const captures: CaptureResult[] = [];
  const icmpErrors: FlowIcmpError[] = [];
  let segments = 0;
  let batch = new SegmentBatch(0);
  let breathedAt = performance.now();
  try {
    for await (const source of readSeries(stream, options)) {
      const id = next.capture++;
      const decoder = new Decoder(source.interfaces, options.encapsulations);
      const tally = new FrameTally();
      for await (const frames of source.batches()) {
        if (batch.capacity < frames.capacity) batch = new SegmentBatch(frames.capacity);
        decoder.decode(frames, batch);
        flows.track(batch, id, dispatcher.watchedKinds, (flow, row, kinds) =>
          dispatcher.segment(batch, row, flow, kinds),
        );
        writer.appendSegments(batch, id, (row) => optionText(batch, row));
        for (const error of decoder.icmpErrors) {
          if (icmpErrors.length === MAX_ICMP_ERRORS) break;
          icmpErrors.push({ captureId: id, flowId: flows.findQuoted(error), error });
        }
        tally.add(frames, batch.length, decoder.icmpErrors.length);
        segments += batch.length;
        if (performance.now() - breathedAt > BREATH_MS) {
          options.onProgress?.(source);
          await setImmediate();
          breathedAt = performance.now();
          if (options.signal?.aborted) throw new AnalyzeError("INTERRUPTED", "Interrupted.");
        }
      }
      captures.push(tally.result(id, source, decoder.counts.entries()));
      options.onProgress?.(source);
    }
    endFlows(flows, dispatcher, writer);
  } finally {
    flows.close();
  }
  next.flow += flows.count;
  return {
    captures,
    firstFlow,
    lastFlow: next.flow - 1,
    segments,
    findings: dispatcher.findings,
    listeners: dispatcher.listeners(),
    icmpErrors,
  };
}

/** Ends every flow, in order of appearance: rules have their last word, the store gets the row. */
function endFlows(flows: FlowTable, dispatcher: Dispatcher, writer: DatabaseWriter): void {
  const flow = createFlowCursor();
  const row = createFlowRow();
  for (let id = flows.firstId; id < flows.firstId + flows.count; id++) {
    flows.seek(flow, id);
    const identity = readFlowIdentity(flow);
    fillFlowRow(row, flow, identity);
    dispatcher.flowEnd(flow, identity, row.state);
    writer.appendFlow(row);
  }
  dispatcher.captureEnd();
}

/** The options of a segment without timestamps, SACK edges relative like its acknowledgment number. */
function optionText(batch: SegmentBatch, row: number): string {
  const relativeAck = batch.relativeAck[row]!;
  const receiverBase = (batch.ack[row]! - relativeAck) >>> 0;
  const at = batch.tcpAt[row]! + TCP_FIXED_HEADER_BYTES;
  return printOptions(batch.bytes, at, batch.optionsLength[row]!, true, receiverBase, relativeAck);
}

/** Counts the frames of one capture. */
class FrameTally {
  #frames = 0;
  #tcpFrames = 0;
  #icmpErrors = 0;
  #truncatedFrames = 0;
  #firstNs: number | null = null;
  #earliestNs = Number.POSITIVE_INFINITY;
  #latestNs = Number.NEGATIVE_INFINITY;

  add(frames: FrameBatch, segments: number, icmpErrors: number): void {
    const { length, capturedLength, wireLength, timeNs } = frames;
    this.#frames += length;
    this.#tcpFrames += segments;
    this.#icmpErrors += icmpErrors;
    if (length > 0) this.#firstNs ??= timeNs[0]!;
    for (let i = 0; i < length; i++) {
      if (capturedLength[i]! < wireLength[i]!) this.#truncatedFrames++;
      if (timeNs[i]! < this.#earliestNs) this.#earliestNs = timeNs[i]!;
      if (timeNs[i]! > this.#latestNs) this.#latestNs = timeNs[i]!;
    }
  }

  result(id: number, source: CaptureSource, counts: readonly DecodeCount[]): CaptureResult {
    return {
      id,
      source,
      frames: this.#frames,
      tcpFrames: this.#tcpFrames,
      icmpErrors: this.#icmpErrors,
      truncatedFrames: this.#truncatedFrames,
      startNs: this.#firstNs,
      durationNs: this.#frames === 0 ? 0 : this.#latestNs - this.#earliestNs,
      counts,
    };
  }
}
