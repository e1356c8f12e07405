import { growthTestimony, queueTestimony } from "../../engine/accept-queue.js";
import type { Confidence, Vantage } from "../../engine/finding.js";
import type { Listener } from "../../engine/listeners.js";
import { servedMeanwhile } from "../../engine/served-at-once.js";
import { areConcurrent, mostAtOnce, spanOf } from "../../engine/time-window.js";
import type { KernelObservations } from "../../kernel/observations.js";
import { parseEndpoint } from "../../tcp/address.js";
import type { AddressActivity } from "../addresses/address-activity.js";
import type { ServerPaths } from "../addresses/server-paths.js";
import type { DroppedSyn, DroppedSynsAtListener } from "./dropped-syns.js";
import { stallConfidence } from "./stall-confidence.js";
import type { StalledListener } from "./stalled-listeners.js";

/** A lost segment is sent again only when a timer expires. */
const LOSS_SLACK_NS = 1_000_000_000;
/** What is known of a capture beside the SYNs. */
interface SynDropContext {
  readonly vantage: Vantage;
  /** When which client lost data on its way to which server. */
  readonly lost: AddressActivity;
  readonly paths: ServerPaths;
  /** Listeners that held none of the connections which repeated data to them over loopback: isUnaccepted. */
  readonly unaccepted: ReadonlySet<Listener>;
  readonly kernel: KernelObservations | null;
}

/** So many clients in vain at the same time are no coincidence of lost packets. */
const COINCIDENCE_FLOWS = 3;

/**
 * How sure it is that the listener's host dropped the SYNs, without the kernel's word; null when a lost packet explains
 * as much. Certain ground is loopback, where nothing gets lost on the way (and a packet filter is left to suspect where the capture shows
 * no answer of the listener and no other sign of its queue), and handshakes of the same listener that
 * were dropped at the same time (`stalls`). On the server's host several must agree. Neither is certain where a SYN came in vain when
 * nothing that the capture shows was in the queue. Elsewhere several clients that
 * tried again and again at one time, and were answered in the end, are a hint, and so is the kernel's word. It is more
 * than a hint when the listener did not serve others at once meanwhile, and other connections of these clients to the server's host went on meanwhile (`paths`): the path was
 * open, unless they sent SYNs in vain everywhere, or the way to the server lost data of theirs as well (`lost`). It is none
 * where open connections of theirs stood still as well. Where each of them was answered as soon as its SYN asked for less than those in
 * vain, a hint is all: a packet filter may have dropped these for what they asked for.
 */
export function synDropConfidence(
  incident: DroppedSynsAtListener,
  stalls: StalledListener | null,
  context: SynDropContext,
): Confidence | null {
  const { flows } = incident;
  if (stalls !== null && stallConfidence(stalls) === "strong" && areConcurrent(flows, stalls.allFlows))
    return "strong";
  const confidence = confidenceBySyns(incident, stalls, context);
  return confidence === "strong" && incident.givenUp > 0 ? "weak" : confidence;
}

function confidenceBySyns(
  incident: DroppedSynsAtListener,
  stalls: StalledListener | null,
  { vantage: captureVantage, lost, paths, unaccepted, kernel }: SynDropContext,
): Confidence | null {
  const { flows, listener, hasAnswered, isClientsFault } = incident;
  const isEmpty = isQueueSeenEmpty(incident, captureVantage);
  if (flows.some(({ isLoopback }) => isLoopback)) {
    if (unaccepted.has(listener) || stalls !== null) return "strong";
    return hasAnswered && !isEmpty ? "strong" : "weak";
  }
  const stubborn = mostAtOnce(flows.filter(({ syns }) => syns >= 2));
  const isFree = isListenerFree(incident);
  if (haveArrived(flows, captureVantage)) {
    if (isFree || isEmpty) return "weak";
    return mostAtOnce(flows) >= COINCIDENCE_FLOWS ? "strong" : "weak";
  }
  const isOver = flows.some(({ isAnswered }) => isAnswered);
  const { startNs } = spanOf(flows);
  const answeredBefore = (listener.answersNs[0] ?? Number.POSITIVE_INFINITY) < startNs;
  const isHint = stubborn >= COINCIDENCE_FLOWS && answeredBefore;
  if (isHint && !isClientsFault && openMeanwhile(flows, paths, lost) >= COINCIDENCE_FLOWS)
    return isOver && !isFree ? "strong" : "weak";
  if (kernel !== null && isOverflowTold(kernel, listener.name, spanOf(flows))) return "weak";
  if (flows.some((flow) => paths.hasStall(flow.client, flow.server, flow))) return null;
  return isHint && isOver ? "weak" : null;
}

/** The capture shows the SYNs where the listener is, and with them the connections that fill its queue. */
function haveArrived(flows: readonly DroppedSyn[], captureVantage: Vantage): boolean {
  return flows.every(
    ({ isLoopback, vantage }) =>
      isLoopback || (vantage === "unknown" ? captureVantage : vantage) === "server-host",
  );
}

/** A SYN was in vain when nothing that the capture shows at the listener's host was in its accept queue. */
export function isQueueSeenEmpty(
  { flows, isQueueEmpty }: DroppedSynsAtListener,
  captureVantage: Vantage,
): boolean {
  return isQueueEmpty && haveArrived(flows, captureVantage);
}

/** While SYNs were in vain it served others at once: something before it counts or chooses connections. */
export function isListenerFree({ flows, listener }: DroppedSynsAtListener): boolean {
  return flows.some(({ startNs, inVainNs }) => servedMeanwhile(listener.servedNs, startNs, inVainNs));
}

/**
 * How many of the flows sent SYNs in vain before and after the server's host and their client talked, so that no one outage of
 * the path explains both, and no data of the client was lost on the way there.
 */
function openMeanwhile(flows: readonly DroppedSyn[], paths: ServerPaths, lost: AddressActivity): number {
  return flows.filter(
    ({ client, server, repeat, inVainNs, startNs, endNs }) =>
      paths.wentOn(client, server, repeat.timeNs, inVainNs) &&
      !lost.hasSent(client, server, startNs, endNs + LOSS_SLACK_NS),
  ).length;
}

/** The kernel's word is that the listener's accept queue, or that of another one there, overflowed in this time. */
export function isOverflowTold(
  kernel: KernelObservations,
  listenerName: string,
  window: { startNs: number; endNs: number },
): boolean {
  const endpoint = parseEndpoint(listenerName.replace(/ \(.*\)$/, ""));
  if (endpoint === null) return false;
  return (
    queueTestimony(kernel, endpoint.address, endpoint.port, window).verdict === "full" ||
    growthTestimony(kernel.counters, "TcpExtListenOverflows", window).verdict === "grown"
  );
}
