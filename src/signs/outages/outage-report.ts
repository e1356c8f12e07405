import type { FindingData } from "../../engine/finding.js";
import { connections, ipFamilyOption, seconds } from "../../engine/message-values.js";
import { prefixOf } from "../addresses/address-prefix.js";
import type { CarriedSizes } from "../addresses/carried-sizes.js";
import type { Outage } from "./outage.js";
import type { RouteOutage } from "./route-states.js";
import { mayBeUnaccepted, type StalledConnection } from "./stalled-addresses.js";
import type { UnansweredRun } from "./unanswered-run.js";

/** Addresses with less in common are not of one network: IPv4 and IPv6. */
const FEWEST_COMMON_BITS = { 4: 8, 6: 32 };
const MOST_ADDRESSES = 3;
/** A segment this large that nobody acknowledged may be lost for its size: pmtu-blackhole's matter. */
const LARGE_SEGMENT_BYTES = 1200;

/** Where mayBeUnaccepted is true of all that stood still. */
const UNACCEPTED =
  "The server never held these connections, whose handshakes are not in the capture: its accept queue is full, and it drops what they send (ss -ltn and nstat -az TcpExtListenOverflows there).";
/** Where isLong is true of all that stood still and the capture has nothing of before. */
const TOO_LONG =
  "Only segments as long as these disappear, because the path is narrower than its ends believe: try `ping -M do -s 1472` with falling sizes.";

/** Rules that see of an outage what it does to each connection. */
export const CONSEQUENCES_OF_OUTAGE = [
  "syn-answered-late",
  "syn-ack-lost",
  "rto-tail-loss",
  "loss-rate-high",
  "rst-mid-stream",
  "stall-server",
  "keepalive-timeout",
  "half-open-peer",
  "spurious-retransmission",
] as const;

/** The option that `isTooShort` asks for. */
export const MIN_STALL_MS = {
  default: 5000,
  minimum: 1000,
  description: "shortest silence that is reported of one connection; of several at once it is 1000",
} as const;

/** What `Report` wants of an outage beside message, evidence, flows and confidence. */
export function outageReport(outage: Outage) {
  return {
    data: { ...textValues(outage), ...scopeValues(outage) },
    subject: `${outage.host} -> ${outage.affected.join(", ")}`,
    vantage: outage.vantage,
    startNs: outage.startNs,
    endNs: outage.endNs,
  };
}

/** Evidence of a connection that stood still: what was sent again first and last. */
export function repetitionEvidence({ flowId, run }: StalledConnection) {
  return {
    first: { flowId, frame: run.firstFrame, timeNs: run.firstNs },
    last: { flowId, frame: run.lastFrame, timeNs: run.lastNs },
  };
}

function textValues(outage: Outage): FindingData {
  const { host, affected, stalls, recovered } = outage;
  const worst = worstOf(stalls);
  return {
    host,
    address: affected[0]!,
    addresses: namesOf(affected),
    flows: connections(stalls.length),
    worstSeconds: worst === undefined ? seconds(0) : seconds(worst.lengthNs),
    repeats: worst?.run.repeats ?? 0,
    ending: endingOf(stalls.length, recovered),
    scope: [sinceWhen(stalls), scopeOf(outage)].filter((sentence) => sentence !== "").join(" "),
    route: routeSentence(outage.route),
    family: ipFamilyOption(affected[0]!),
  };
}

/** Values for the finding's `data` that programs read; texts do not use them. */
function scopeValues({ working, workingOthers, others }: Outage): FindingData {
  return {
    workingAddress: working?.address ?? "",
    coveringPrefix: working === null ? "" : prefixOf(working.near, working.bits),
    workingAddresses: workingOthers,
    otherAddresses: others,
  };
}

/** Several connections to one address stood still together: no peer that ended, no single lost segment. */
export function hasCoincidence(stalls: readonly StalledConnection[]): boolean {
  return new Set(stalls.map(({ silent }) => silent)).size < stalls.length;
}

/** What was heard for that long after a silence was not all sent before or during it. */
const LONG_HEARD_NS = 1_000_000_000;

/** Of stalls that are untaken: that what was repeated did not arrive is no matter of one segment that came late. */
export function isUntakenForLong(stalls: readonly StalledConnection[]): boolean {
  return hasCoincidence(stalls) || stalls.some(({ untakenNs }) => untakenNs >= LONG_HEARD_NS);
}

/** A single connection's silence of less than `minStallNs`, which the log of routes does not explain. */
export function isTooShort({ route, stalls }: Outage, minStallNs: number): boolean {
  return route === null && !hasCoincidence(stalls) && worstOf(stalls)!.lengthNs < minStallNs;
}

/** The end of a connection that both sides had done with, or a segment that the path may be too narrow for. */
export function isExplainedElsewhere(stall: StalledConnection): boolean {
  return hasNothingToAnswer(stall) || mayBeTooLong(stall);
}

/** The path may be too narrow for what it repeats, but one as long passed on another connection of the two meanwhile. */
export function isLongAsOthers(stall: StalledConnection, carried: CarriedSizes): boolean {
  const { run, repeating, silent } = stall;
  if (hasNothingToAnswer(stall) || !mayBeTooLong(stall)) return false;
  return carried.hadMeanwhile(repeating, silent, run.largestBytes, run.startNs, run.lastNs);
}

/** Nothing but a FIN was repeated, and never acknowledged: no program waits for the answer. */
export function isFinInVain({ run, ending, isUntaken }: StalledConnection): boolean {
  return run.kind === "silent" && run.largestBytes === 0 && (ending !== "answered" || isUntaken);
}

function hasNothingToAnswer({ run, wasClosing }: StalledConnection): boolean {
  return run.largestBytes === 0 || wasClosing;
}

function mayBeTooLong({ run, acknowledgedBytes }: StalledConnection): boolean {
  // What was acknowledged before the capture is not known.
  return !run.isBegunBefore && isLong(run) && acknowledgedBytes < 2 * run.largestBytes;
}

function isLong({ largestBytes }: UnansweredRun): boolean {
  return largestBytes > LARGE_SEGMENT_BYTES;
}

/** What else may hold up connections that began before the capture, the server unheard in it; nothing where one did not. */
export function alternativesBegunBefore(stalls: readonly StalledConnection[]): string[] {
  if (stalls.length === 0 || !stalls.every(({ run }) => run.isBegunBefore)) return [];
  return [...(stalls.every(mayBeUnaccepted) ? [UNACCEPTED] : []), ...alternativesOfLength(stalls)];
}

/** Where all that was repeated is long. */
export function alternativesOfLength(stalls: readonly StalledConnection[]): string[] {
  return stalls.every(({ run }) => isLong(run)) ? [TOO_LONG] : [];
}

/** The connection that stood still longest: one that never went on before any that did. */
export function worstOf(stalls: readonly StalledConnection[]): StalledConnection | undefined {
  let worst = stalls[0];
  for (const stall of stalls) if (worst !== undefined && stall.lengthNs > worst.lengthNs) worst = stall;
  return worst;
}

export function namesOf(addresses: readonly string[]): string {
  const named = addresses.slice(0, MOST_ADDRESSES).join(", ");
  const others = addresses.length - MOST_ADDRESSES;
  return others > 0 ? `${named} and ${others} more` : named;
}

/** What became of connections that stood still. */
export function endingOf(stalls: number, recovered: number): string {
  if (recovered === stalls) return stalls === 1 ? "it recovered" : "all recovered";
  if (recovered === 0) return stalls === 1 ? "not recovered in the capture" : "none recovered in the capture";
  return `${recovered} recovered in the capture`;
}

/** Whether it began before the capture, or may have: a sentence; empty where it did not. */
export function sinceWhen(stalls: readonly StalledConnection[]): string {
  if (stalls.some(({ run }) => run.unseenRepeats > 0))
    return "It had begun before the capture, as the intervals tell, and lasted longer.";
  const isBegunBefore = stalls.some(({ run }) => run.isBegunBefore);
  return isBegunBefore ? "The capture has nothing of before: it may have lasted longer." : "";
}

/** Whether what lies around the affected addresses could be reached meanwhile: a sentence. */
function scopeOf({ kind, host, affected, working, others, workingOthers, silentSentTo }: Outage): string {
  const verb = kind === "local" ? `${host} sent to` : `${host} heard from`;
  if (working === null && silentSentTo !== null)
    return `Meanwhile ${affected[0]} did send to ${silentSentTo}: it was alive, only these two were cut off.`;
  if (others === 0) return "The capture shows no other address to compare with.";
  if (working === null)
    return `Meanwhile ${verb} none of the ${others} other ${others === 1 ? "address" : "addresses"} in the capture either.`;
  const { address, bits, near } = working;
  const isRelated = bits >= FEWEST_COMMON_BITS[near.includes(":") ? 6 : 4];
  const place = isRelated ? `, in the same ${prefixOf(near, bits)}` : "";
  const comma = isRelated ? "," : "";
  const rest = workingOthers > 1 ? `${comma} and ${workingOthers - 1} more of ${others} other addresses` : "";
  return isRelated
    ? `Meanwhile ${verb} ${address}${place}${rest}: the covering prefix is reachable.`
    : `Meanwhile ${verb} ${address}${rest}: other destinations are reachable.`;
}

/** What the log of routes tells of the outage: a sentence behind the message; empty without one. */
function routeSentence(route: RouteOutage | null): string {
  if (route === null) return "";
  const until = route.endNs === null ? "until the log's end" : `to ${seconds(route.endNs)} s`;
  const what =
    route.kind === "deleted"
      ? `the route ${route.route} was deleted`
      : `there was the route \`${route.route}\``;
  return ` The kernel's log of routes confirms it: from ${seconds(route.startNs)} s ${until} ${what}.`;
}
