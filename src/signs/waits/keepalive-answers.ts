import type { Segment } from "../../decode/segment.js";
import type { Vantage } from "../../engine/finding.js";
import { KEEP_ALIVE, KEEP_ALIVE_ACK } from "../../engine/segment-labels.js";
import type { Flow } from "../../flows/flow.js";

/** What is kept per flow of its client's keepalives: how many there were, and how many of them were answered late. */
export const KEEPALIVE_ANSWER_FIELDS = ["keepalives", "lateAnswers"] as const;
export type KeepaliveAnswerState = Record<(typeof KEEPALIVE_ANSWER_FIELDS)[number], number>;

/**
 * No system delays an acknowledgment for so long (RFC 9293, section 3.8.6.3); the way there and back by a geostationary
 * satellite is as long. Nanoseconds.
 */
const LATE_ANSWER_NS = 500_000_000;
/** What answers a SYN so much quicker is not as far away. */
const NEARER_FACTOR = 20;

/** The alternative that findings name where `hasLateKeepaliveAnswers` holds. */
export const NEAR_ACCELERATOR =
  "A proxy near the client that hides how long the way is, as satellite links have them (RFC 3135), answers SYNs and acknowledges in the server's name: keepalives, which it passes on, are answered much later than the SYN was.";

/** Give it every segment after a pause, in order. Answers that come sooner than a pause are not late. */
export function noteKeepaliveAnswer(state: KeepaliveAnswerState, segment: Segment, flow: Flow): void {
  if (!segment.fromServer) {
    if (segment.analysis & KEEP_ALIVE) state.keepalives++;
    return;
  }
  if (!(segment.analysis & KEEP_ALIVE_ACK) || flow.client.lastNs !== flow.endNs) return;
  if (segment.timeNs - flow.endNs >= LATE_ANSWER_NS) state.lateAnswers++;
}

/**
 * The server is much farther away than its SYN-ACK came from: all of the client's keepalives, which nobody repeated, were
 * answered much later. A queue on the way delays some, not all.
 */
export function hasLateKeepaliveAnswers(
  { keepalives, lateAnswers }: KeepaliveAnswerState,
  { client, server, lastSynNs }: Flow,
  vantage: Vantage,
): boolean {
  if (client.synFrame === 0 || server.synFrame === 0 || vantage === "server-host") return false;
  if (keepalives === 0 || lateAnswers < keepalives) return false;
  // A SYN that crossed the SYN-ACK tells nothing.
  const wayNs = server.synNs - lastSynNs;
  return wayNs >= 0 && wayNs * NEARER_FACTOR <= LATE_ANSWER_NS;
}
