import type { SegmentBatch } from "../../decode/segment-batch.js";
import { ACK, SYN } from "../../tcp/flags.js";
import type { Endpoint } from "../endpoint.js";
import { type Flow, IS_SELF_CONNECT, IS_SIMULTANEOUS_OPEN } from "../flow.js";
import {
  CERTAIN,
  causeCode,
  NO_CONFIDENCE,
  REPEATED_SYN,
  STRONG,
  SYN_ACK_TIMER,
  SYN_TIMER,
  UNKNOWN,
  WEAK,
} from "./cause.js";
import { FIRST_TIMEOUT_NS, SHORTEST_TIMEOUT_NS } from "./round-trip.js";

/** Timers of the handshake wait a second at first (RFC 6298, section 2.1); a tenth off for those that fire early. */
const HANDSHAKE_TIMEOUT_NS = 0.9 * FIRST_TIMEOUT_NS;
/** An answer follows its question at once, but for the time a listener is busy. */
const ANSWER_NS = 100_000_000;

const UNKNOWN_CODE = causeCode(UNKNOWN, NO_CONFIDENCE);

/** Why a SYN or SYN-ACK came again; `sentNs`: when it was last sent, null when unknown. 0 when it is no repetition. */
export function judgeHandshake(flow: Flow, batch: SegmentBatch, row: number, sentNs: number | null): number {
  const isAnswer = (batch.flags[row]! & ACK) !== 0;
  const timeNs = batch.timeNs[row]!;
  // Who answers a SYN that crossed his own repeats its number with an ACK (RFC 9293, section 3.5, figure 7).
  const [endpoint, peer] =
    batch.fromServer[row] === 1 ? [flow.server, flow.client] : [flow.client, flow.server];
  if (isAnswer && flow.facts & (IS_SIMULTANEOUS_OPEN | IS_SELF_CONNECT) && endpoint.syns <= 2) return 0;
  if (sentNs === null) return UNKNOWN_CODE;
  if (answersLaterSyn(flow, batch, row, sentNs)) return causeCode(REPEATED_SYN, STRONG);
  const sinceNs = timeNs - sentNs;
  // No timer is so quick. Of two SYNs on their way together each gets its answer.
  if (sinceNs < SHORTEST_TIMEOUT_NS)
    return isAnswer && peer.syns > endpoint.syns ? causeCode(REPEATED_SYN, WEAK) : UNKNOWN_CODE;
  // No timer of the handshake is running.
  if (isAnotherAttempt(endpoint, peer, batch, row)) return UNKNOWN_CODE;
  return causeCode(isAnswer ? SYN_ACK_TIMER : SYN_TIMER, sinceNs >= HANDSHAKE_TIMEOUT_NS ? CERTAIN : STRONG);
}

/** A SYN-ACK right behind a SYN that came after `sentNs`, when it was last sent. */
export function answersLaterSyn(flow: Flow, batch: SegmentBatch, row: number, sentNs: number): boolean {
  if ((batch.flags[row]! & (SYN | ACK)) !== (SYN | ACK) || flow.lastSynNs <= sentNs) return false;
  return batch.timeNs[row]! - flow.lastSynNs < ANSWER_NS;
}

/** A SYN of who was refused, or had gone on with the connection: he begins anew, with the same number. */
export function isAnotherAttempt(
  endpoint: Endpoint,
  peer: Endpoint,
  batch: SegmentBatch,
  row: number,
): boolean {
  return (batch.flags[row]! & ACK) === 0 && (peer.rstFrame > 0 || endpoint.segments > endpoint.syns);
}
