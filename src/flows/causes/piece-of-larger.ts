import { HAS_TIMESTAMPS, type SegmentBatch } from "../../decode/segment-batch.js";
import type { Endpoint } from "../endpoint.js";
import { knewOfLoss } from "./loss-evidence.js";
import type { SendLog } from "./send-log.js";

/** What is recorded before and after it was cut lies so close. Nanoseconds. */
const SAME_HOST_NS = 2_000_000;
/** That of Ethernet, for those that name none. */
const USUAL_MSS = 1460;

/**
 * Whether data that repeats what was sent before is a piece of a segment that had not been cut yet when it was captured, so the
 * very packet at a second place: `-i any` on a router or container host whose next interface takes no large segments (GSO), or
 * captures of both ends merged. Pieces keep acknowledgment and timestamps, and their IP identifications count up from that of the
 * whole (inet_gso_segment); a retransmission has a later one. Without an identification the sender's clock must not have moved
 * on, nor the receiver have asked for it. To be asked of data that begins below `sender.nextSeq`.
 */
export function isPieceOfLarger(
  sent: SendLog,
  sender: Endpoint,
  receiver: Endpoint,
  batch: SegmentBatch,
  row: number,
): boolean {
  const first = batch.relativeSeq[row]!;
  const length = batch.payloadLength[row]!;
  const ipId = batch.ipId[row]!;
  if (first + length > sender.nextSeq) return false;
  sent.find(sender.causeSentNewest, first, first + length);
  const whole = sent.latest;
  if (whole < 0 || sent.length(whole) <= (receiver.mss || USUAL_MSS)) return false;
  if (sent.ack(whole) !== batch.relativeAck[row]! >>> 0) return false;
  const hasTsval = (batch.facts[row]! & HAS_TIMESTAMPS) !== 0;
  if (hasTsval !== sent.hasTsval(whole)) return false;
  const hasClock = hasTsval && batch.tsval[row] !== 0;
  if (hasClock && batch.tsval[row] !== sent.tsval(whole)) return false;
  const isClose = Math.abs(batch.timeNs[row]! - sent.timeNs(whole)) <= SAME_HOST_NS;
  if (!hasClock && (!isClose || ipId === 0)) return false;
  if (ipId === 0)
    return (
      isClose && length < sent.length(whole) && !knewOfLoss(sender, receiver, batch, row, sent.timeNs(whole))
    );
  const before = first - sent.first(whole);
  const pieces = (ipId - sent.ipId(whole)) & 0xffff;
  // What is equal in length and identification is a copy like any other.
  if (pieces === 0) return before === 0 && length !== sent.length(whole);
  if (before <= 0 || before % pieces !== 0) return false;
  const pieceLength = before / pieces;
  if (pieceLength > (receiver.mss || before)) return false;
  if (pieceLength === length) return true;
  // The last piece is shorter, and some may have been put together again: then pieces are known by being full (RFC 6691).
  const mss = Math.min(sender.mss || USUAL_MSS, receiver.mss || USUAL_MSS);
  return pieceLength >= mss - batch.optionsLength[row]!;
}
