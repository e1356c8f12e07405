import { readUint16 } from "../../decode/octets.js";
import {
  HAS_OTHER_OPTIONS,
  HAS_SACK,
  HAS_TIMESTAMPS,
  type SegmentBatch,
} from "../../decode/segment-batch.js";
import { TCP_HEADER_LENGTH_MIN } from "../../decode/tcp.js";
import * as options from "../../decode/tcp-options.js";
import { ACK, RST } from "../../tcp/flags.js";
import type { Direction } from "./direction.js";
import {
  SENT_AUTHENTICATION,
  SENT_FAST_OPEN,
  SENT_MSS,
  SENT_MULTIPATH,
  SENT_OTHER_OPTION,
  SENT_SACK,
  SENT_SACK_PERMITTED,
  SENT_TIMESTAMPS,
  SENT_WINDOW_SCALE,
} from "./statistics-state.js";

/** Four SACK blocks fit into a header. */
const edges = new Uint32Array(8);

/** Notes which options a segment of `sender` carries, and what its SACK blocks say. */
export function noteOptions(sender: Direction, batch: SegmentBatch, row: number): void {
  const facts = batch.facts[row]!;
  if (facts & HAS_TIMESTAMPS) sender.sentFacts |= SENT_TIMESTAMPS;
  if (facts & HAS_OTHER_OPTIONS) noteOtherOptions(sender, batch, row);
  if (facts & HAS_SACK) noteSack(sender, batch, row);
}

function noteOtherOptions(sender: Direction, batch: SegmentBatch, row: number): void {
  const { bytes } = batch;
  const first = batch.tcpAt[row]! + TCP_HEADER_LENGTH_MIN;
  const end = first + batch.optionsLength[row]!;
  for (let at = first; at < end && bytes[at] !== options.OPTION_END; ) {
    const length = options.optionLengthBytes(bytes, at, end);
    if (length === 0) return;
    noteOption(sender, bytes, at, length);
    at += length;
  }
}

function noteOption(sender: Direction, bytes: Uint8Array, at: number, length: number): void {
  switch (bytes[at]) {
    case options.OPTION_NOP:
    case options.OPTION_TIMESTAMPS:
    case options.OPTION_SACK:
      break;
    case options.OPTION_MSS:
      sender.sentFacts |= SENT_MSS;
      if (length === options.MSS_LENGTH) sender.offeredMss = readUint16(bytes, at + 2);
      break;
    case options.OPTION_WINDOW_SCALE:
      sender.sentFacts |= SENT_WINDOW_SCALE;
      if (length === options.WINDOW_SCALE_LENGTH) sender.windowShift = bytes[at + 2]!;
      break;
    case options.OPTION_SACK_PERMITTED:
      sender.sentFacts |= SENT_SACK_PERMITTED;
      break;
    case options.OPTION_FAST_OPEN:
      sender.sentFacts |= SENT_FAST_OPEN;
      break;
    case options.OPTION_MULTIPATH:
      sender.sentFacts |= SENT_MULTIPATH;
      break;
    case options.OPTION_MD5:
    case options.OPTION_AUTHENTICATION:
      sender.sentFacts |= SENT_AUTHENTICATION;
      break;
    default:
      sender.sentFacts |= SENT_OTHER_OPTION;
  }
}

function noteSack(sender: Direction, batch: SegmentBatch, row: number): void {
  const at = batch.tcpAt[row]! + TCP_HEADER_LENGTH_MIN;
  const blocks = options.readSackBlocks(batch.bytes, at, batch.optionsLength[row]!, edges);
  if (blocks === 0) return;
  sender.sentFacts |= SENT_SACK;
  sender.sackSegments++;
  if ((batch.flags[row]! & (ACK | RST)) !== ACK) return;
  sender.sackAcks++;
  if (blocks > sender.sackBlocksMaximum) sender.sackBlocksMaximum = blocks;
  if (reportsDuplicate(batch.ack[row]!, blocks)) sender.duplicateSacks++;
}

/**
 * The first of the `blocks` in `edges` reports octets that were received twice: it lies below `ack`, or it lies within
 * or across the second block. RFC 2883, section 4.
 */
function reportsDuplicate(ack: number, blocks: number): boolean {
  // As distances from the acknowledgment, so that numbers may wrap.
  const left = (edges[0]! - ack) | 0;
  const right = (edges[1]! - ack) | 0;
  if (right <= 0) return true;
  if (blocks < 2) return false;
  const secondLeft = (edges[2]! - ack) | 0;
  const secondRight = (edges[3]! - ack) | 0;
  const isWithin = right <= secondRight && left >= secondLeft;
  const isAcrossLeft = left <= secondLeft && right > secondLeft;
  const isAcrossRight = right >= secondRight && left < secondRight;
  return isWithin || isAcrossLeft || isAcrossRight;
}
