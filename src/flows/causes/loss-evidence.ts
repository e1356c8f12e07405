import { HAS_SACK, HAS_TIMESTAMPS, type SegmentBatch } from "../../decode/segment-batch.js";
import { TCP_HEADER_LENGTH_MIN } from "../../decode/tcp.js";
import { readSackBlocks } from "../../decode/tcp-options.js";
import { FIN, SYN } from "../../tcp/flags.js";
import { seqDiff, unwrapSeq } from "../../tcp/seq.js";
import { type Endpoint, HAS_FIRST_DATA_TWICE, HAS_RECEIPT_AFTER_SILENCE } from "../endpoint.js";
import { HAS_EVIDENCE, HAS_EVIDENCE_TSVAL } from "./cause-state.js";
import type { RepeatLog } from "./repeat-log.js";
import { proveByDsack } from "./spurious.js";

/** Blocks that fit into the 40 octets of options. RFC 2018, section 3. */
const MAX_BLOCKS = 4;

/** What is held up on its way, or acknowledged late, takes less. */
const LONG_SILENCE_NS = 1_000_000_000;

const edges = new Uint32Array(2 * MAX_BLOCKS);

/**
 * Keeps what hints at a loss of what `sender` sent: acknowledgments that repeat the last one, or report octets beyond it
 * (RFC 5681, section 2; RFC 6675, section 2). `acker` sent this segment and is not updated with it yet.
 */
export function noteEvidence(
  log: RepeatLog,
  sender: Endpoint,
  acker: Endpoint,
  batch: SegmentBatch,
  row: number,
  captureId: number,
): void {
  const ack = batch.relativeAck[row]!;
  if (batch.facts[row]! & HAS_SACK) {
    if (noteSack(log, sender, acker, batch, row, captureId)) addEvidence(sender, batch, row);
    return;
  }
  const isDuplicate =
    // A handshake's zero, as in segments that somebody made by hand, repeats no acknowledgment.
    ack > 0 &&
    ack === acker.ackedTo &&
    ack < sender.nextSeq &&
    batch.payloadLength[row] === 0 &&
    batch.window[row] === acker.window &&
    (batch.flags[row]! & (SYN | FIN)) === 0 &&
    acker.segments > 0;
  if (isDuplicate) addEvidence(sender, batch, row);
}

/** True when a block lies beyond the acknowledgment: octets before it are missing at the receiver. */
function noteSack(
  log: RepeatLog,
  sender: Endpoint,
  acker: Endpoint,
  batch: SegmentBatch,
  row: number,
  captureId: number,
): boolean {
  const blocks = readSackBlocks(
    batch.bytes,
    batch.tcpAt[row]! + TCP_HEADER_LENGTH_MIN,
    batch.optionsLength[row]!,
    edges,
  );
  const ack = batch.relativeAck[row]!;
  let isBeyond = false;
  for (let block = 0; block < blocks; block++) {
    const left = unwrapSeq(edges[block * 2]!, sender.base, ack);
    const right = unwrapSeq(edges[block * 2 + 1]!, sender.base, ack);
    // Blocks that were never sent, or end before they begin, are noise (RFC 2018, section 5).
    if (right <= left || left < 0) continue;
    if (block === 0 && isDsack(left, right, ack, blocks, sender.base)) {
      proveByDsack(log, sender, acker, left, right, ack, captureId, batch.frame[row]!);
      if (left <= 1 && right > 1 && acker.ackedTo <= 1) sender.facts |= HAS_FIRST_DATA_TWICE;
      if (acker.segments > 0 && batch.timeNs[row]! - acker.lastNs >= LONG_SILENCE_NS)
        sender.facts |= HAS_RECEIPT_AFTER_SILENCE;
    } else if (right > ack && right <= sender.nextSeq) {
      isBeyond = true;
      if (right > sender.causeSackedTo) sender.causeSackedTo = right;
    }
  }
  return isBeyond;
}

/** The first block reports octets received twice: below the acknowledgment, or within the second. RFC 2883, section 4. */
function isDsack(left: number, right: number, ack: number, blocks: number, base: number): boolean {
  if (right <= ack) return true;
  if (blocks < 2) return false;
  return left >= unwrapSeq(edges[2]!, base, ack) && right <= unwrapSeq(edges[3]!, base, ack);
}

function addEvidence(sender: Endpoint, batch: SegmentBatch, row: number): void {
  sender.causeEvidenceNs = batch.timeNs[row]!;
  sender.causeFacts |= HAS_EVIDENCE;
  if (sender.causeDuplicateAcks++ > 0) return;
  if (batch.facts[row]! & HAS_TIMESTAMPS) {
    sender.causeFacts |= HAS_EVIDENCE_TSVAL;
    sender.causeEvidenceTsval = batch.tsval[row]!;
  } else {
    sender.causeFacts &= ~HAS_EVIDENCE_TSVAL;
  }
}

/** The peer acknowledged up to `ack`: what hinted at a loss below is settled. */
export function settleEvidence(sender: Endpoint, ack: number): void {
  // Octets reported beyond the acknowledgment go on to hint at the next hole.
  if (sender.causeSackedTo > ack) return;
  sender.causeDuplicateAcks = 0;
}

/**
 * True when the sender may have known, when it sent this segment again, that the peer misses `first`: a hint came since
 * it was last sent at `sentNs`. What the segment echoes tells whether the hint had reached the sender (RFC 7323, section
 * 4.3), wherever the capture was taken.
 */
export function knewOfLoss(
  sender: Endpoint,
  acker: Endpoint,
  batch: SegmentBatch,
  row: number,
  sentNs: number,
): boolean {
  const first = batch.relativeSeq[row]!;
  if (sender.causeDuplicateAcks === 0 || sender.causeEvidenceNs < sentNs) return false;
  // What ends at the highest octet reported was received, and nobody said that anything beyond is missing.
  const end = first + batch.payloadLength[row]!;
  if (first > acker.ackedTo && sender.causeSackedTo <= end) return false;
  if ((sender.causeFacts & HAS_EVIDENCE_TSVAL) === 0 || (batch.facts[row]! & HAS_TIMESTAMPS) === 0)
    return true;
  return seqDiff(batch.tsecr[row]!, sender.causeEvidenceTsval) >= 0;
}
