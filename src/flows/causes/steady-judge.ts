import { HAS_SACK, type SegmentBatch } from "../../decode/segment-batch.js";
import { ACK, FIN, RST, SYN } from "../../tcp/flags.js";
import { ACKED_TO, type Endpoint, float64Index, NEXT_SEQ, uint32Index } from "../endpoint.js";
import { type Flow, IS_SELF_CONNECT } from "../flow.js";
import { noteRoundTrip } from "./round-trip.js";
import type { SendLog } from "./send-log.js";

const REPEATED_TO = float64Index("causeRepeatedTo");
const RECOVERY_TO = float64Index("causeRecoveryTo");
const PROGRESS_NS = float64Index("causeProgressNs");
const TIMED_TO = float64Index("causeTimedTo");
const TIMED_NS = float64Index("causeTimedNs");
const SENT_NEWEST = uint32Index("causeSentNewest");
const DUPLICATE_ACKS = uint32Index("causeDuplicateAcks");
const FACTS = uint32Index("causeFacts");

/**
 * Takes the segment that nearly all segments are: an ACK with the next octets or none, of a connection that repairs no
 * loss. Does what RetransmissionJudge.judge would, in a part of its time, by reading the record's arrays without the
 * cursors' properties; false, with nothing done, for every other segment.
 */
export function judgeSteadily(
  flow: Flow,
  sender: Endpoint,
  receiver: Endpoint,
  sent: SendLog,
  batch: SegmentBatch,
  row: number,
): boolean {
  if ((batch.flags[row]! & (SYN | FIN | RST | ACK)) !== ACK) return false;
  if (batch.isCopy[row] === 1 || (batch.facts[row]! & HAS_SACK) !== 0) return false;
  const { f64, u32, at64, at32 } = sender;
  const receiver64 = receiver.at64;
  const receiver32 = receiver.at32;
  if ((u32[at32 + FACTS]! | u32[receiver32 + FACTS]! | u32[receiver32 + DUPLICATE_ACKS]!) !== 0) return false;
  if (f64[receiver64 + RECOVERY_TO] !== 0 || flow.facts & IS_SELF_CONNECT) return false;
  const ack = batch.relativeAck[row]!;
  const ackedTo = f64[at64 + ACKED_TO]!;
  const length = batch.payloadLength[row]!;
  const isNewAck = ack > ackedTo;
  if (isNewAck ? f64[receiver64 + REPEATED_TO]! > ackedTo : length === 0) return false;
  const first = batch.relativeSeq[row]!;
  const nextSeq = f64[at64 + NEXT_SEQ]!;
  const timeNs = batch.timeNs[row]!;
  if (length > 0) {
    const newest = u32[at32 + SENT_NEWEST]!;
    const peerAckedTo = f64[receiver64 + ACKED_TO]!;
    // One octet into a closed window may probe it.
    if (first < nextSeq || newest === 0 || (length === 1 && peerAckedTo >= nextSeq)) return false;
    if (peerAckedTo >= nextSeq) f64[at64 + PROGRESS_NS] = timeNs;
    u32[at32 + SENT_NEWEST] = sent.add(newest, false, batch, row, length, flow.lastCaptureId);
    if (f64[at64 + TIMED_TO] === 0) {
      f64[at64 + TIMED_TO] = first + length;
      f64[at64 + TIMED_NS] = timeNs;
    }
  } else if (first === Math.max(nextSeq, f64[receiver64 + ACKED_TO]!) - 1) return false;

  batch.cause[row] = 0;
  if (!isNewAck) return true;
  f64[receiver64 + PROGRESS_NS] = timeNs;
  const timedTo = f64[receiver64 + TIMED_TO]!;
  if (timedTo !== 0 && ack >= timedTo) {
    // A SYN is acknowledged at once and without data: else that was not captured.
    if (timedTo !== 1 || length === 0) noteRoundTrip(receiver, timeNs - f64[receiver64 + TIMED_NS]!);
    f64[receiver64 + TIMED_TO] = 0;
  }
  return true;
}
