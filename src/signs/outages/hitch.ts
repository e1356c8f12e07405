import { appendTo } from "../../engine/append-to.js";
import type { Flow } from "../../flows/flow.js";
import { pairOf } from "../addresses/address-pair.js";
import type { FlowOfAddresses } from "../addresses/flow-of-addresses.js";
import type { UnansweredRun, UnansweredRuns } from "./unanswered-run.js";

/** Longer pauses may belong to an outage of the kernel's routes; shorter ones are everyday. */
export const SHORTEST_HITCH_NS = 150_000_000;

/** A connection with a pause, or a repetition, that is worth nothing alone. */
export interface Hitch extends FlowOfAddresses, HitchSpan {}

/** When a connection stood still. */
interface HitchSpan {
  readonly startNs: number;
  readonly endNs: number;
  /** Something was sent again in vain: it was no idle connection. */
  readonly isRepeated: boolean;
  readonly firstFrame: number;
  readonly firstNs: number;
  readonly lastFrame: number;
  readonly lastNs: number;
}

/** The flow's longest time without an answer, and its longest pause: each may belong to an outage of a route. */
export function hitchSpansOf(flow: Flow, runs: UnansweredRuns, run: UnansweredRun | null): HitchSpan[] {
  const spans: HitchSpan[] = [];
  const runEndNs = run === null ? 0 : (run.endNs ?? run.lastNs);
  if (run !== null && runEndNs - run.startNs >= SHORTEST_HITCH_NS) {
    const { startNs, firstFrame, firstNs, lastFrame, lastNs } = run;
    spans.push({ startNs, endNs: runEndNs, isRepeated: true, firstFrame, firstNs, lastFrame, lastNs });
  }
  const { startNs, lengthNs, frame } = runs.pauseOf(flow);
  if (lengthNs >= SHORTEST_HITCH_NS) {
    const endNs = startNs + lengthNs;
    spans.push({
      startNs,
      endNs,
      isRepeated: false,
      firstFrame: frame,
      firstNs: endNs,
      lastFrame: frame,
      lastNs: endNs,
    });
  }
  return spans;
}

/** Written out, for there are many of them. */
export function hitchOf(about: FlowOfAddresses, span: HitchSpan): Hitch {
  return {
    flowId: about.flowId,
    clientAddress: about.clientAddress,
    serverAddress: about.serverAddress,
    serverPort: about.serverPort,
    listener: about.listener,
    vantage: about.vantage,
    isLoopback: about.isLoopback,
    startNs: span.startNs,
    endNs: span.endNs,
    isRepeated: span.isRepeated,
    firstFrame: span.firstFrame,
    firstNs: span.firstNs,
    lastFrame: span.lastFrame,
    lastNs: span.lastNs,
  };
}

/** By pairOf. */
export function groupHitches(hitches: readonly Hitch[]): Map<string, Hitch[]> {
  const byPair = new Map<string, Hitch[]>();
  for (const hitch of hitches) appendTo(byPair, pairOf(hitch.clientAddress, hitch.serverAddress), hitch);
  return byPair;
}
