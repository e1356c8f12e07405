import type { Segment } from "../../decode/segment.js";
import type { Listener } from "../../engine/listeners.js";
import { vantageOf } from "../../engine/vantage.js";
import type { Flow } from "../../flows/flow.js";
import type { FlowIdentity } from "../../flows/flow-identity.js";
import { type Sufferer, type Suffering, suffererOf } from "../listeners/listener-incidents.js";
import { isBehindFirstOnly, repeatsBefore } from "./unanswered-run.js";

/** Timestamps and other options take so much of what the MSS allows at most. RFC 9293, section 3.1. */
const OPTIONS_BYTES = 40;
/** Any path takes segments of so many octets (RFC 791: 576 octets of IP). */
const SMALLEST_FULL_BYTES = 500;
/** What counts as full size where the MSS is not known. Octets. */
const FULL_WITHOUT_MSS_BYTES = 1200;
/** A retransmission of at most this share of the segment's octets is an attempt with a smaller size. Percent. */
const SHRUNK_PERCENT = 90;
/** So few tell where a shorter one got through and what came behind was reported as received. */
const PROVEN_RETRANSMISSIONS = 2;

/** Numbers per flow about the full-size segment that is repeated; times in nanoseconds, 0 or 1 for what is or has. */
export const STUCK_FIELDS = [
  "isServer",
  "seq",
  "bytes",
  "repeats",
  "firstFrame",
  "firstNs",
  "lastFrame",
  "lastNs",
  "shrunkBytes",
  "isFirstLong",
  "hasLongArrived",
  "firstGapNs",
  "unseenRepeats",
] as const;
type StuckState = Record<(typeof STUCK_FIELDS)[number], number>;

type Role = "data" | "retransmission" | "last";

/** A segment of full size that one side repeated, and that never got through as it was. */
export interface StuckSegment extends Suffering<Role> {
  readonly flowId: number;
  /** Its payload. */
  readonly bytes: number;
  /** What passed instead, to be put into a sentence. */
  readonly smaller: string;
  readonly isProven: boolean;
  /** A shorter one got through in its place. */
  readonly hasShrunk: boolean;
  /** Nothing of the other side was captured: only other connections tell that the path was open. */
  readonly isUnheard: boolean;
}

export interface StuckConnection {
  readonly stuck: StuckSegment;
  /** Addresses. */
  readonly client: string;
  readonly server: string;
  readonly sufferer: Sufferer;
}

/** A segment that repeats what was sent before. `minRetransmissions`: so many in vain are not written over by others. */
export function noteRepeatedSize(
  segment: Segment,
  flow: Flow,
  own: StuckState,
  minRetransmissions: number,
): void {
  const { payloadLength: bytes, fromServer, relativeSeq } = segment;
  if (bytes === 0) return;
  const peer = fromServer ? flow.client : flow.server;
  // Only what is sent again from where the other side waits.
  if (relativeSeq !== Math.max(1, peer.ackedTo)) return;
  const isServer = fromServer ? 1 : 0;
  const fullBytes =
    peer.mss > 0 ? Math.max(SMALLEST_FULL_BYTES, peer.mss - OPTIONS_BYTES) : FULL_WITHOUT_MSS_BYTES;
  const isSame = own.repeats > 0 && own.isServer === isServer && own.seq === relativeSeq;
  if (isSame && bytes * 100 <= own.bytes * SHRUNK_PERCENT) {
    own.shrunkBytes = bytes;
    return;
  }
  if (bytes < fullBytes) return;
  if (!isSame) {
    // What was repeated in vain, or then in smaller pieces, is not written over.
    if (own.repeats >= minRetransmissions || own.shrunkBytes > 0) return;
    own.isServer = isServer;
    own.seq = relativeSeq;
    own.bytes = bytes;
    own.repeats = 0;
    own.firstFrame = segment.frame;
    own.firstNs = segment.timeNs;
    own.shrunkBytes = 0;
    // Nothing as long as this can have arrived before.
    own.isFirstLong = relativeSeq <= bytes ? 1 : 0;
    // What was acknowledged came in segments too long on average for all of them to be short.
    const { segments } = fromServer ? flow.server : flow.client;
    own.hasLongArrived = (relativeSeq - 1) * 2 > segments * bytes ? 1 : 0;
    own.firstGapNs = isBehindFirstOnly(fromServer ? flow.server : flow.client, peer)
      ? segment.timeNs - flow.startNs
      : 0;
  } else if (own.repeats === 1 && own.firstGapNs > 0) {
    own.unseenRepeats = repeatsBefore(own.firstGapNs, segment.timeNs - own.lastNs);
  }
  own.repeats++;
  own.lastFrame = segment.frame;
  own.lastNs = segment.timeNs;
}

/** Judges the segment that was repeated when the flow has ended; null if it got through, or too little tells that it did not. */
export function findStuckSegment(
  flow: Flow,
  identity: FlowIdentity,
  listener: Listener,
  own: StuckState,
  minRetransmissions: number,
): StuckConnection | null {
  const repeats = own.repeats + own.unseenRepeats;
  if (repeats < Math.min(minRetransmissions, PROVEN_RETRANSMISSIONS) || identity.isLoopback) return null;
  const { isServer, seq, bytes, firstFrame, firstNs, lastFrame, lastNs } = own;
  const { shrunkBytes, isFirstLong, hasLongArrived } = own;
  const [sender, peer] = isServer ? [flow.server, flow.client] : [flow.client, flow.server];
  const isTaken = peer.ackedTo > seq;
  // It got through as it was: it had been lost, or the path was broken for all sizes.
  if (isTaken && shrunkBytes === 0) return null;
  // What nobody answers in the capture may have been answered past it, or before.
  const isUnheard = peer.segments === 0;
  if (isUnheard && sender.syns > 0) return null;
  // Where long ones had arrived before, those behind may be long, too, and are where they are so many octets.
  const hasSackedBehind =
    hasLongArrived === 0 && sender.causeSackedTo > seq && peer.labelSackedBytes < 2 * bytes;
  const isHeard = peer.lastNs > firstNs;
  const isProven = (isTaken && shrunkBytes > 0) || hasSackedBehind;
  if (repeats < minRetransmissions && !(isTaken && hasSackedBehind)) return null;
  const vantage = vantageOf(flow, identity);
  // What the receiver's own host captured has arrived.
  if (vantage === (isServer ? "client-host" : "server-host")) return null;
  if (!isProven && (isFirstLong === 0 || (!isHeard && !isUnheard && sender.syns === 0))) return null;
  const at = (frame: number, timeNs: number) => ({ flowId: flow.id, frame, timeNs });
  const lengthNs = lastNs - firstNs;
  return {
    client: identity.clientAddress,
    server: identity.serverAddress,
    sufferer: suffererOf(flow, identity, listener),
    stuck: {
      flowId: flow.id,
      side: isServer ? "server" : "client",
      count: own.repeats + 1,
      totalNs: lengthNs,
      worstNs: lengthNs,
      bytes,
      smaller: isTaken
        ? `, and it went on with ${shrunkBytes} octets`
        : isUnheard
          ? " on other connections"
          : "",
      isUnheard,
      isProven,
      hasShrunk: isTaken,
      evidence: {
        data: at(sender.firstDataFrame, sender.firstDataNs),
        retransmission: at(firstFrame, firstNs),
        last: at(lastFrame, lastNs),
      },
      startNs: firstNs,
      endNs: lastNs,
    },
  };
}
