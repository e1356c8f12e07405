import { setImmediate } from "node:timers/promises";
import { spanOfCaptures } from "./capture-span.js";
import type { DecodedPart, DecodeProgress, FileFacts } from "./decode/decode-series.js";
import { type FlowIcmpError, MAX_ICMP_ERRORS } from "./engine/capture-observation.js";
import { Dispatcher } from "./engine/dispatch.js";
import type { Finding } from "./engine/finding.js";
import type { Listener } from "./engine/listeners.js";
import type { ActiveRule } from "./engine/rule-settings.js";
import type { JudgedVantage } from "./engine/vantage.js";
import type { Repeat } from "./flows/causes/repeat-log.js";
import { FlowTable } from "./flows/flow-table.js";
import { throwIfInterrupted, untilAborted } from "./interruption.js";
import type { CaptureSpan } from "./kernel/clock.js";
import type { KernelObservations } from "./kernel/observations.js";
import { lookAtFlows } from "./look-at-flows.js";
import type { RpcCall } from "./rpc/rpc-call.js";
import { RpcObserver } from "./rpc/rpc-observer.js";
import type { DatabaseWriter } from "./store/database-writer.js";

/** How long the loop may run before it lets signals and progress through. Milliseconds. */
const BREATH_MS = 50;

/** What one file (or pipe) gave. */
export interface CaptureResult extends FileFacts {
  readonly id: number;
}

/** What one capture or rotated series gave; its segments and flows are with the writer. */
export interface StreamResult {
  readonly captures: readonly CaptureResult[];
  readonly firstFlow: number;
  readonly lastFlow: number;
  /** Ids in `repeated_segments`. */
  readonly firstRepeat: number;
  readonly lastRepeat: number;
  readonly segments: number;
  readonly findings: readonly Finding[];
  readonly listeners: readonly Listener[];
  /** At most the first 100 000. */
  readonly icmpErrors: readonly FlowIcmpError[];
  /** Calls of ONC RPC, in the order in which they were made. */
  readonly rpcCalls: readonly RpcCall[];
  /** Names of the encapsulations of this stream and those before, by index; 0 is none. */
  readonly encapsulations: readonly string[];
  /** Where it was taken, as its flows agree. */
  readonly vantage: JudgedVantage;
  /** What the kernel said meanwhile; null when nothing of it was given. */
  readonly kernel: KernelObservations | null;
}

/** Where ids go on: the next stream begins behind the one before. */
export interface NextIds {
  capture: number;
  flow: number;
  repeat: number;
}

export interface StreamOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called from time to time. */
  readonly onProgress: (progress: DecodeProgress) => void;
  /** Gives what the kernel said in the time of the stream; null when nothing of it is known. */
  readonly observeKernel: (span: CaptureSpan) => KernelObservations | null;
}

/**
 * Takes the segments of one stream through flows, rules and store. Whoever provides the `parts` writes the rows of
 * segments and keeps the statistics, once a batch has been used.
 */
export async function analyzeStream(
  parts: AsyncIterable<DecodedPart>,
  active: readonly ActiveRule[],
  writer: DatabaseWriter,
  next: NextIds,
  options: StreamOptions,
): Promise<StreamResult> {
  const dispatcher = new Dispatcher(active);
  const { flow: firstFlow, repeat: firstRepeat } = next;
  const appendRepeat = (repeat: Repeat): void => {
    next.repeat++;
    writer.appendRepeat(repeat);
  };
  const flows = new FlowTable(firstFlow, dispatcher.extraFields);
  const rpc = new RpcObserver(firstFlow);
  const captures: CaptureResult[] = [];
  const icmpErrors: FlowIcmpError[] = [];
  let encapsulations: readonly string[] = [];
  let segments = 0;
  let breathedAt = performance.now();
  try {
    for await (const part of untilAborted(parts, options.signal)) {
      if (part.kind === "file") {
        captures.push({ ...part.file, id: next.capture++ });
        encapsulations = part.encapsulations;
        options.onProgress(part.file);
        throwIfInterrupted(options.signal);
        continue;
      }
      const captureId = next.capture;
      const batch = part.segments;
      batch.captureId = captureId;
      flows.track(batch, captureId, dispatcher.watchedKinds, (flow, row, kinds) =>
        dispatcher.segment(batch, row, flow, kinds),
      );
      rpc.observe(batch, firstFlow + flows.count);
      flows.repeats.drain(appendRepeat, false);
      for (const error of part.icmpErrors) {
        if (icmpErrors.length === MAX_ICMP_ERRORS) break;
        icmpErrors.push({ captureId, flowId: flows.findQuoted(error), error });
      }
      segments += batch.length;
      if (performance.now() - breathedAt > BREATH_MS) {
        options.onProgress(part.progress);
        await setImmediate();
        breathedAt = performance.now();
        throwIfInterrupted(options.signal);
      }
    }
    flows.repeats.drain(appendRepeat, true);
    const rpcCalls = rpc.finish();
    const kernel = options.observeKernel(spanOfCaptures(captures));
    const facts = { files: captures, encapsulations, rpcCalls, icmpErrors, kernel };
    const look = dispatcher.look();
    const vantage = lookAtFlows(flows, look, facts, (row) => writer.appendFlow(row));
    next.flow += flows.count;
    return {
      captures,
      firstFlow,
      lastFlow: next.flow - 1,
      firstRepeat,
      lastRepeat: next.repeat - 1,
      segments,
      findings: look.findings,
      listeners: look.listeners(),
      icmpErrors,
      rpcCalls,
      encapsulations,
      vantage,
      kernel,
    };
  } finally {
    flows.close();
  }
}
