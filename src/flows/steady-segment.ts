import type { SegmentBatch } from "../decode/segment-batch.js";
import { ACK, FIN, RST, SYN } from "../tcp/flags.js";
import { ESTABLISHED } from "./connection-state.js";
import {
  ACKED_TO,
  CONTIGUOUS_TO,
  ENDPOINT_FACTS,
  HAS_OWN_HISTORY_SEQ,
  HAS_RANGES_BEYOND_GAP,
  IP_ID,
  LAST_NS,
  NEXT_SEQ,
  PAYLOAD_BYTES,
  SEGMENTS,
  UNIQUE_BYTES,
  WINDOW,
  ZEEK_STATE,
} from "./endpoint.js";
import { AWAITS_ANSWER, type Flow, HAS_PROGRESS } from "./flow.js";
import { SEEN_ACK, SEEN_DATA, SERVER_SHIFT } from "./history.js";

/**
 * Updates a flow with the segment that nearly all segments are: an ACK, with the next data in order or none, between
 * two established sides. Does what SegmentTracker.update would, in a third of its time, by reading the record's
 * arrays without the cursors' properties; false, with nothing done, for every other segment.
 */
export function updateSteadily(flow: Flow, batch: SegmentBatch, row: number): boolean {
  if ((batch.flags[row]! & (SYN | FIN | RST | ACK)) !== ACK || batch.window[row] === 0) return false;
  if ((flow.facts & (HAS_PROGRESS | AWAITS_ANSWER)) !== HAS_PROGRESS) return false;
  const fromServer = batch.fromServer[row] === 1;
  const endpoint = fromServer ? flow.server : flow.client;
  const peer = fromServer ? flow.client : flow.server;
  const { f64, u32, at64, at32 } = endpoint;
  const peerAt32 = peer.at32;
  if (u32[at32 + ZEEK_STATE] !== ESTABLISHED || u32[peerAt32 + ZEEK_STATE] !== ESTABLISHED) return false;
  const payloadLength = batch.payloadLength[row]!;
  const seen = payloadLength > 0 ? SEEN_DATA : SEEN_ACK;
  if ((flow.historyMask & (fromServer ? seen << SERVER_SHIFT : seen)) === 0) return false;
  const relativeAck = batch.relativeAck[row]!;
  if (relativeAck > f64[peer.at64 + CONTIGUOUS_TO]!) return false;

  if (payloadLength > 0) {
    const first = batch.relativeSeq[row]!;
    if (first !== f64[at64 + NEXT_SEQ] || first !== f64[at64 + CONTIGUOUS_TO]) return false;
    if (u32[at32 + ENDPOINT_FACTS]! & (HAS_RANGES_BEYOND_GAP | HAS_OWN_HISTORY_SEQ)) return false;
    f64[at64 + NEXT_SEQ] = first + payloadLength;
    f64[at64 + CONTIGUOUS_TO] = first + payloadLength;
    f64[at64 + PAYLOAD_BYTES] = f64[at64 + PAYLOAD_BYTES]! + payloadLength;
    f64[at64 + UNIQUE_BYTES] = f64[at64 + UNIQUE_BYTES]! + payloadLength;
  } else if (batch.relativeSeq[row]! > f64[at64 + NEXT_SEQ]!) return false;
  const timeNs = batch.timeNs[row]!;
  u32[at32 + SEGMENTS] = u32[at32 + SEGMENTS]! + 1;
  u32[at32 + WINDOW] = batch.window[row]!;
  u32[at32 + IP_ID] = batch.ipId[row]!;
  f64[at64 + LAST_NS] = timeNs;
  if (timeNs > flow.endNs) flow.endNs = timeNs;
  if (relativeAck > f64[at64 + ACKED_TO]!) f64[at64 + ACKED_TO] = relativeAck;
  return true;
}
