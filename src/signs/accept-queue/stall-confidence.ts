import type { Confidence, Evidence } from "../../engine/finding.js";
import { firstAfter } from "../../engine/first-after.js";
import type { Listener } from "../../engine/listeners.js";
import { wasPlaceTaken } from "../../engine/place-taken.js";
import { servedMeanwhile } from "../../engine/served-at-once.js";
import { areConcurrent, mostAtOnce } from "../../engine/time-window.js";
import { ACTIVITY_SLACK_NS } from "../addresses/address-activity.js";
import {
  hasCookieSynAck,
  kindOf,
  type StalledFlow,
  type StalledListener,
  synAckTimerNs,
} from "./stalled-listeners.js";

/** So many stalls at one listener at the same time are no coincidence of lost packets. */
const COINCIDENCE_FLOWS = 3;

/** What is in vain of a hang for sure, however long its last interval was. */
const IN_VAIN_SHARE = 0.45;

/** Somebody else took the place in the accept queue that the listener had for the flow's SYN; false where that is not known. */
export function hasTaker({ stall, synNs, handshakeAck }: StalledFlow, { acceptedNs }: Listener): boolean {
  return !stall.isBegunBefore && wasPlaceTaken(acceptedNs, synNs, handshakeAck.timeNs);
}

/** True when the capture shows that the client's segments reached the server's host: on loopback there is no way to lose them. */
export function isSeenArriving(flow: StalledFlow): boolean {
  return flow.isLoopback;
}

/**
 * Several flows of the listener hung at once, could not be helped by one retransmission, and the way to the listener
 * was open meanwhile, or the server repeated its SYN-ACKs and nothing tells that it was not: neither lost packets nor an outage of
 * the path do that, for it would have to begin within a moment of several handshakes; unless the clients' own way loses packets, or
 * the listener's queue had room: then a filter on the way takes what it does not like. `isCounted`: the flows to count.
 */
export function isCoincidence(
  incident: StalledListener,
  isCounted: (flow: StalledFlow) => boolean = () => true,
): boolean {
  if (incident.isClientsFault || isQueueFree(incident)) return false;
  const stubborn = incident.allFlows.filter(
    (flow) =>
      !flow.isForeign &&
      isCounted(flow) &&
      (flow.repeats > 0
        ? !incident.paths.hasStall(flow.client, flow.server, flow) &&
          !incident.paths.hasCutOff(flow.client, flow.server, flow)
        : flow.retransmissions >= 2 && isPathOpen(flow, incident)),
  );
  return mostAtOnce(stubborn) >= COINCIDENCE_FLOWS;
}

/**
 * The listener answered someone, or the same hosts went on talking, while the flow's segments were in vain; and none of their open
 * connections was cut off then.
 */
function isPathOpen(flow: StalledFlow, { listener, paths }: StalledListener): boolean {
  const { client, server, stall, startNs, inVainNs } = flow;
  const untilNs = Math.max(lastInVain(flow).timeNs, inVainNs);
  if (paths.hasCutOff(client, server, { startNs, endNs: untilNs })) return false;
  const next = firstAfter(listener.answersNs, startNs + stall.roundTripNs);
  if (next !== undefined && next < untilNs) return true;
  return paths.wentOn(client, server, startNs + Math.max(stall.roundTripNs, ACTIVITY_SLACK_NS), untilNs);
}

/** Away from loopback: while one of its flows hung, the listener served another at once. */
export function isQueueFree({ listener, allFlows }: StalledListener): boolean {
  return allFlows.some(
    (flow) => !flow.isLoopback && servedMeanwhile(listener.servedNs, flow.startNs, surelyInVainUntilNs(flow)),
  );
}

/** Timers double: of a flow that recovered the last repetition but one came when less than half of the time was over. */
function surelyInVainUntilNs(flow: StalledFlow): number {
  const { stall, startNs, inVainNs } = flow;
  const known = Math.max(lastInVain(flow).timeNs, inVainNs);
  return stall.stallNs === null ? known : Math.max(known, startNs + IN_VAIN_SHARE * stall.stallNs);
}

/**
 * Which transmission of the data was in vain for sure. The last one may be the one that got through, so of a flow that recovered it is
 * the first retransmission, which comes soon; where the capture begins later, that may be the last one after a long interval.
 */
function lastInVain({ stall, firstData, firstRetransmission, lastRetransmission }: StalledFlow): Evidence {
  if (stall.stallNs === null) return lastRetransmission;
  return stall.isBegunBefore ? firstData : firstRetransmission;
}

/**
 * How sure a dropped handshake is without the kernel's word. On loopback the capture shows that the client's segments
 * arrived; elsewhere they may have been lost on the way (also between a capture near the server and its host). What
 * outweighs that: a proof of receipt, several flows that hung at once, each when another had taken its place in the queue, a trace that only a cookie leaves, or a flow that
 * drew SYN-ACKs all the while, against all its segments, when its place was taken, too, and others to the same
 * listener fared well meanwhile. What is proven of one
 * flow tells of those beside it. None of that counts where a proxy stands before the server, and only proof and trace where the
 * clients fare so everywhere.
 */
export function stallConfidence(incident: StalledListener): Confidence {
  const { listener, flows, allFlows } = incident;
  const timerNs = synAckTimerNs(allFlows);
  // A filter that drops what follows the SYN makes flows hang alike, but not just when the queue's last place is taken.
  const isTaken = (flow: StalledFlow): boolean => hasTaker(flow, listener);
  const hasOthers = listener.flows - listener.failed > allFlows.length;
  const isProven = (flow: StalledFlow): boolean =>
    isSeenArriving(flow) ||
    (!flow.isForeign &&
      (flow.stall.isReceiptProven ||
        (kindOf(flow, listener, timerNs) === "cookie" &&
          (hasCookieSynAck(flow.stall, listener) || flow.stall.isExpired)) ||
        (hasOthers &&
          !incident.isClientsFault &&
          !isQueueFree(incident) &&
          isTaken(flow) &&
          isStubborn(flow) &&
          isPathOpen(flow, incident))));
  if (flows.some(isProven) || isCoincidence(incident, isTaken)) return "strong";
  const proven = allFlows.filter(isProven);
  const own = flows.filter(({ isForeign }) => !isForeign);
  return proven.length > 0 && own.length > 0 && areConcurrent(own, proven) ? "strong" : "weak";
}

/**
 * Each of its flows hung while an open connection of the same two stood still as well, and no other one went on: a path that is shut does
 * both, and a full queue does not.
 */
export function isPathShut({ flows, paths }: StalledListener): boolean {
  return flows.every((flow) => !flow.isLoopback && paths.hasStall(flow.client, flow.server, flow));
}

/** The SYN-ACK came again although the handshake's ACK, the data and a retransmission had been sent. */
function isStubborn({ stall, retransmissions, repeats }: StalledFlow): boolean {
  return stall.hasRepeatedSynAck && retransmissions + repeats >= 2;
}
