import {
  HAS_OTHER_OPTIONS,
  HAS_SACK,
  IS_BEYOND_FRAME,
  IS_CUT_IN_SACK,
  IS_UNMEASURED,
  type SegmentBatch,
} from "../../decode/segment-batch.js";
import { ACK, FIN, RST, SYN } from "../../tcp/flags.js";
import { elapsedNs } from "../elapsed.js";
import { type Endpoint, float64Index, uint32Index } from "../endpoint.js";
import { type Flow, HAS_LABEL_SYN } from "../flow.js";
import { bytesInFlight } from "./bytes-in-flight.js";
import { COMPLETENESS_ACK, COMPLETENESS_DATA } from "./completeness.js";
import { HAS_LABEL_BASE, IS_BEFORE_FIRST_ACK, IS_FLIGHT_UNKNOWN } from "./label-state.js";
import { isAfter, isAtOrBefore } from "./raw-seq.js";
import type { UnackedSegments } from "./unacked-segments.js";

const LAST_NS = float64Index("labelLastNs");
const NEXT_SEQ_NS = float64Index("labelNextSeqNs");
const NEXT_SEQ = uint32Index("labelNextSeq");
const CONTIGUOUS_TO = uint32Index("labelContiguousTo");
const LAST_ACK = uint32Index("labelLastAck");
const DUPLICATE_ACKS = uint32Index("labelDuplicateAcks");
const WINDOW_PLUS_ONE = uint32Index("labelWindowPlusOne");
const SCALE_PLUS_TWO = uint32Index("labelScalePlusTwo");
const LAST = uint32Index("labelLast");
const FACTS = uint32Index("labelFacts");
const SACKED_BYTES = uint32Index("labelSackedBytes");

const UNSTEADY_FACTS = IS_FLIGHT_UNKNOWN | IS_BEFORE_FIRST_ACK;
const UNSTEADY_SEGMENT = HAS_SACK | HAS_OTHER_OPTIONS | IS_CUT_IN_SACK | IS_BEYOND_FRAME | IS_UNMEASURED;
/** Scale of a window that offers none. */
const NO_SHIFT = 2;

/**
 * Labels the segment that nearly all segments are: an ACK with the next octets, or one that acknowledges something
 * new, at open windows. It gets no label. Does what SegmentLabeller.labelWhole would, in a part of its time, by
 * reading the record's arrays without the cursors' properties; false, with nothing done, for every other segment.
 */
export function labelSteadily(
  flow: Flow,
  sender: Endpoint,
  receiver: Endpoint,
  batch: SegmentBatch,
  row: number,
  unacked: UnackedSegments,
): boolean {
  const window = batch.window[row]!;
  if ((batch.flags[row]! & (SYN | FIN | RST | ACK)) !== ACK || window === 0) return false;
  if (batch.facts[row]! & UNSTEADY_SEGMENT) return false;
  const { u32, f64, at32, at64 } = sender;
  const receiver32 = receiver.at32;
  const nextSeq = u32[at32 + NEXT_SEQ]!;
  const seq = batch.seq[row]!;
  if (seq !== nextSeq || nextSeq === 0 || u32[at32 + CONTIGUOUS_TO] === 0) return false;
  const facts = u32[at32 + FACTS]!;
  const receiverFacts = u32[receiver32 + FACTS]!;
  if (((facts | receiverFacts) & UNSTEADY_FACTS) !== 0) return false;
  if ((facts & receiverFacts & HAS_LABEL_BASE) === 0) return false;
  const length = batch.payloadLength[row]!;
  if ((flow.completeness & (length > 0 ? COMPLETENESS_DATA : COMPLETENESS_ACK)) === 0) return false;
  if (flow.multipathOperations !== 0) return false;
  if (flow.initialRttNs === 0 && flow.facts & HAS_LABEL_SYN) return false;

  const ack = batch.ack[row]!;
  const isNewAck = ack !== u32[at32 + LAST_ACK];
  const captured = u32[receiver32 + CONTIGUOUS_TO]!;
  const receiverWindow = u32[receiver32 + WINDOW_PLUS_ONE]! - 1;
  if (captured === 0 || isAfter(ack, captured) || receiverWindow <= 0) return false;
  const timeNs = batch.timeNs[row]!;
  if (length > 0) {
    const end = (seq + length) >>> 0;
    const receiverAck = u32[receiver32 + LAST_ACK]!;
    if (end === 0 || (receiverAck !== 0 && isAtOrBefore(end, receiverAck))) return false;
    const scale = u32[receiver32 + SCALE_PLUS_TWO]!;
    if (scale !== 0) {
      const offered = scale > NO_SHIFT ? receiverWindow << (scale - NO_SHIFT) : receiverWindow;
      if (end === (receiverAck + offered) >>> 0) return false;
    }
    if (!unacked.add(sender, seq, end, timeNs)) return false;
    u32[at32 + NEXT_SEQ] = end;
    f64[at64 + NEXT_SEQ_NS] = timeNs;
    if (u32[at32 + CONTIGUOUS_TO] === seq) u32[at32 + CONTIGUOUS_TO] = end;
  } else if (!isNewAck) return false;

  if (isNewAck) {
    u32[at32 + LAST_ACK] = ack;
    u32[at32 + DUPLICATE_ACKS] = 0;
  }
  u32[at32 + WINDOW_PLUS_ONE] = window + 1;
  u32[at32 + LAST] = 0;
  u32[at32 + SACKED_BYTES] = 0;
  f64[at64 + LAST_NS] = timeNs;
  batch.analysis[row] = 0;
  batch.duplicateAckNumber[row] = 0;
  batch.rtoNs[row] = 0;
  unacked.acknowledge(receiver, ack);
  const sentNs = unacked.acknowledgedNs;
  batch.ackRttNs[row] = Number.isNaN(sentNs) ? 0 : elapsedNs(timeNs, sentNs);
  batch.bytesInFlight[row] =
    length === 0 ? 0 : bytesInFlight(unacked.span(sender), u32[receiver32 + SACKED_BYTES]!);
  return true;
}
