import { type Flow, HAS_HANDSHAKE_ACK, HAS_PROGRESS } from "../../flows/flow.js";
import type { FlowIdentity } from "../../flows/flow-identity.js";
import type { AddressActivity } from "../addresses/address-activity.js";
import type { ServerPaths } from "../addresses/server-paths.js";
import type { ProgressSpans } from "./progress-spans.js";
import { FEWEST_REPEATS, type UnansweredRun, type UnansweredRuns } from "./unanswered-run.js";

/** Who was heard when: all of the flow but its longest pause, and for the silent side of a run, the run. */
export function noteActivity(
  activity: AddressActivity,
  flow: Flow,
  { clientAddress, serverAddress }: FlowIdentity,
  runs: UnansweredRuns,
  run: UnansweredRun | null,
): void {
  const pause = runs.pauseOf(flow);
  for (const isServer of [false, true]) {
    const endpoint = isServer ? flow.server : flow.client;
    if (endpoint.segments === 0) continue;
    const from = isServer ? serverAddress : clientAddress;
    const to = isServer ? clientAddress : serverAddress;
    const isSilentSide = run !== null && run.isServerRepeating !== isServer;
    const heardNs = isSilentSide ? firstHeardNs(flow, run) : flow.startNs;
    const firstNs = endpoint.synFrame > 0 ? endpoint.synNs : heardNs;
    const isSilent = isSilentSide && run.repeats > 1;
    const gap = isSilent
      ? { startNs: run.startNs, endNs: run.endNs ?? Number.POSITIVE_INFINITY }
      : { startNs: pause.startNs, endNs: pause.startNs + pause.lengthNs };
    const isPausedBeside =
      pause.count === 1 && (pause.startNs < gap.startNs || pause.startNs + pause.lengthNs > gap.endNs);
    if (pause.count > 1 || isPausedBeside) {
      // What lies between several pauses is not known: only moments are.
      for (const atNs of [firstNs, endpoint.lastNs]) activity.add(from, to, atNs, atNs);
    } else if (!isSilent && pause.count === 0) {
      activity.add(from, to, firstNs, endpoint.lastNs);
    } else {
      const beforeNs = Math.min(gap.startNs, endpoint.lastNs);
      if (beforeNs >= firstNs) activity.add(from, to, firstNs, beforeNs);
      if (endpoint.lastNs >= gap.endNs) activity.add(from, to, gap.endNs, endpoint.lastNs);
    }
  }
}

/**
 * When the flow certainly passed segments both ways: all of it but its pause, or only its establishment and what progress it made
 * between repetitions if either side repeated something in vain, or paused again. Whoever stands still for less than a second
 * (AddressActivity) may yet be cut off.
 */
export function noteConversation(
  paths: ServerPaths,
  flow: Flow,
  { clientAddress, serverAddress }: FlowIdentity,
  runs: UnansweredRuns,
  run: UnansweredRun | null,
  progress: ProgressSpans,
): void {
  const { client, server, facts } = flow;
  if (client.segments === 0 || server.segments === 0) return;
  const isFromSyn = client.synFrame > 0 || server.synFrame > 0;
  if (isFromSyn && (facts & (HAS_PROGRESS | HAS_HANDSHAKE_ACK)) === 0) return;
  // Of what was sent before its answer nobody knows how long it took.
  const startNs = server.synFrame > 0 ? server.synNs : firstHeardNs(flow, run);
  const endNs = Math.min(client.lastNs, server.lastNs);
  const pause = runs.pauseOf(flow);
  const isInterrupted = pause.count > 1 || isRepeatedInVain(flow, runs, run);
  // Most flows are like this.
  if (!isInterrupted && pause.count === 0) {
    if (endNs >= startNs) paths.addConversation(clientAddress, serverAddress, startNs, endNs);
    return;
  }
  const add = (fromNs: number, toNs: number): void => {
    if (toNs >= fromNs) paths.addConversation(clientAddress, serverAddress, fromNs, toNs);
  };
  if (isInterrupted) {
    if (facts & HAS_HANDSHAKE_ACK) add(flow.handshakeAckNs, flow.handshakeAckNs);
    if (facts & HAS_PROGRESS) add(flow.progressNs, flow.progressNs);
    progress.forEach(flow, add);
  } else {
    add(startNs, pause.startNs);
    add(pause.startNs + pause.lengthNs, endNs);
  }
}

/** When both sides had been heard in the capture, as far as the longest silence tells; Infinity where one never was. */
function firstHeardNs({ startNs }: Flow, run: UnansweredRun | null): number {
  return run?.isBegunBefore ? (run.endNs ?? Number.POSITIVE_INFINITY) : startNs;
}

function isRepeatedInVain(flow: Flow, runs: UnansweredRuns, run: UnansweredRun | null): boolean {
  if (run !== null && run.repeats > 1) return true;
  return runs.isInVain(flow) && (runs.longestInVain(flow)?.repeats ?? 0) >= FEWEST_REPEATS;
}
