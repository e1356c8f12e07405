import type { SegmentBatch } from "../../decode/segment-batch.js";
import { ACK, FIN, RST, SYN } from "../../tcp/flags.js";
import { advanceConnectionState, ESTABLISHED, SYN_SENT } from "../connection-state.js";
import type { Direction } from "./direction.js";
import type { StatisticsRecord } from "./statistics-record.js";
import { SENT_HAS_BASE, SENT_HAS_DATA } from "./statistics-state.js";

const SEQUENCE_NUMBERS = 2 ** 32;

/**
 * Takes from a tracked segment where the numbers of both sides begin, as FlowTable has decided it: what is not relative
 * of a number is its base. Before the segment is judged.
 */
export function noteBases(sender: Direction, receiver: Direction, batch: SegmentBatch, row: number): void {
  const flags = batch.flags[row]!;
  if (!(sender.sentFacts & SENT_HAS_BASE)) {
    sender.sentFacts |= SENT_HAS_BASE;
    sender.base = baseOf(batch.seq[row]!, batch.relativeSeq[row]!);
    sender.nextSeq = flags & SYN ? 0 : 1;
  } else if ((flags & (SYN | ACK)) === (SYN | ACK)) {
    const base = baseOf(batch.seq[row]!, batch.relativeSeq[row]!);
    // A SYN-ACK with another ISN, from which everything counts now.
    if (base !== sender.base) sender.nextSeq = 0;
    sender.base = base;
  }
  // The first acknowledgment may go back to the ISN of the SYN-ACK before.
  if (!(flags & ACK) || sender.ackedTo > 0) return;
  receiver.base = baseOf(batch.ack[row]!, batch.relativeAck[row]!);
  if (receiver.sentFacts & SENT_HAS_BASE) return;
  receiver.sentFacts |= SENT_HAS_BASE;
  receiver.nextSeq = 1;
}

function baseOf(number: number, relative: number): number {
  return (number - (relative % SEQUENCE_NUMBERS)) >>> 0;
}

/**
 * How far both sides have come with a segment, as SegmentTracker has it, and when the first data was sent, in a RST too,
 * which is none of its stream. After the segment was judged.
 */
export function noteProgress(
  record: StatisticsRecord,
  sender: Direction,
  receiver: Direction,
  batch: SegmentBatch,
  row: number,
): void {
  const payloadLength = batch.payloadLength[row]!;
  if (payloadLength > 0 && !(sender.sentFacts & SENT_HAS_DATA)) {
    sender.sentFacts |= SENT_HAS_DATA;
    sender.firstDataNs = batch.timeNs[row]!;
  }
  if (batch.isCopy[row] === 1) return;
  const flags = batch.flags[row]!;
  if (!(flags & RST) && (payloadLength > 0 || flags & (SYN | FIN))) noteSent(sender, batch, row);
  if (flags & (SYN | FIN | RST) || sender.zeekState !== ESTABLISHED)
    advanceConnectionState(record, batch.fromServer[row] === 1, flags, payloadLength);
  if ((flags & (ACK | RST)) !== ACK) return;
  const ack = batch.relativeAck[row]!;
  if (ack <= sender.ackedTo) return;
  // Of an older connection's octets.
  if (receiver.zeekState === SYN_SENT && ack > receiver.nextSeq) return;
  sender.ackedTo = ack;
}

function noteSent(sender: Direction, batch: SegmentBatch, row: number): void {
  const flags = batch.flags[row]!;
  const payloadLength = batch.payloadLength[row]!;
  const first = batch.relativeSeq[row]!;
  // A SYN-ACK that the peer did not accept.
  if (flags & SYN && first !== 0) return;
  const end = first + payloadLength + (flags & SYN ? 1 : 0) + (flags & FIN ? 1 : 0);
  if (end > sender.nextSeq) sender.nextSeq = end;
}
