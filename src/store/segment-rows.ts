import { HAS_TIMESTAMPS, HAS_UNTOLD_OPTIONS, type SegmentBatch } from "../decode/segment-batch.js";
import { causeConfidence, causeName } from "../flows/causes/cause.js";
import { ACK } from "../tcp/flags.js";
import {
  EMPTY_TEXT_TYPE,
  NULL_TYPE,
  putInteger,
  putUnsigned31,
  putUnsigned32,
} from "./sqlite-file/record-values.js";
import type { TableWriter } from "./sqlite-file/table-writer.js";
import { putVarint } from "./sqlite-file/varint.js";

/** Text of a row's options other than timestamps, in packet notation; null or "" when it has none. */
export type OptionText = (batch: SegmentBatch, row: number) => string | null;

/** Columns of `segments` in schema.sql, `id` included: it is NULL in the record, the rowid stands for it. */
const COLUMNS = 24;
/** Columns behind the options, whose place in the header depends on the options' length. */
const COLUMNS_BEHIND_OPTIONS = 10;
/** Rows are mostly shorter than 128 octets, so their length is a varint of one octet. */
const SIZE_BYTES = 1;

const IPV6 = 6;

/** "client" and "server" in ASCII, for two stores each. */
const CLIE = 0x636c6965;
const NT = 0x6e74;
const SERV = 0x73657276;
const ER = 0x6572;
const SENDER_BYTES = 6;
const SENDER_TYPE = EMPTY_TEXT_TYPE + 2 * SENDER_BYTES;

/** Appends the rows of `batch` to `segments` under the ids that follow the last. */
export function appendSegmentRows(
  table: TableWriter,
  batch: SegmentBatch,
  captureId: number,
  optionText: OptionText,
): void {
  const { view } = table;
  const { facts } = batch;
  const length = batch.length;
  let id = table.lastRowid;
  for (let row = 0; row < length; row++) {
    const text = (facts[row]! & HAS_UNTOLD_OPTIONS) !== 0 ? optionText(batch, row) : null;
    const textType = text === null || text === "" ? NULL_TYPE : EMPTY_TEXT_TYPE + 2 * text.length;
    const headerBytes = 1 + COLUMNS + (textType > 0x7f ? 1 : 0);
    const recordAt = table.begin(++id, SIZE_BYTES);
    view.setUint16(recordAt, (headerBytes << 8) | NULL_TYPE);
    let at = putPlace(view, recordAt + 2, recordAt + headerBytes, batch, row, captureId);
    at = putNumbers(view, recordAt + 7, at, batch, row);
    at = putTimestamps(view, recordAt + 12, at, batch, row);
    if (textType === NULL_TYPE) view.setUint8(recordAt + 14, NULL_TYPE);
    else at = putText(table.bytes, recordAt + 14, at, text);
    const type = recordAt + headerBytes - COLUMNS_BEHIND_OPTIONS;
    at = putNetwork(view, type, at, batch, row);
    table.end(putAnalysis(view, table.bytes, type + 3, at, batch, row));
  }
}

// A record's columns in five parts, because the compiler inlines only so much into one function. Each writes its
// serial types from `type` on, its values from `at` on, and returns the offset behind them.

/** flow_id, capture_id, frame, time_ns, sender */
function putPlace(
  view: DataView,
  type: number,
  at: number,
  batch: SegmentBatch,
  row: number,
  captureId: number,
): number {
  let end = putUnsigned32(view, type, at, batch.flow[row]!);
  end = putUnsigned32(view, type + 1, end, captureId);
  end = putUnsigned32(view, type + 2, end, batch.frame[row]!);
  end = putInteger(view, type + 3, end, batch.timeNs[row]!);
  view.setUint8(type + 4, SENDER_TYPE);
  if (batch.fromServer[row] === 1) {
    view.setUint32(end, SERV);
    view.setUint16(end + 4, ER);
  } else {
    view.setUint32(end, CLIE);
    view.setUint16(end + 4, NT);
  }
  return end + SENDER_BYTES;
}

/** flags, seq, ack, length, window */
function putNumbers(view: DataView, type: number, at: number, batch: SegmentBatch, row: number): number {
  const flags = batch.flags[row]!;
  let end = putUnsigned31(view, type, at, flags);
  end = putInteger(view, type + 1, end, batch.relativeSeq[row]!);
  if (flags & ACK) end = putInteger(view, type + 2, end, batch.relativeAck[row]!);
  else view.setUint8(type + 2, NULL_TYPE);
  end = putUnsigned32(view, type + 3, end, batch.payloadLength[row]!);
  return putUnsigned31(view, type + 4, end, batch.window[row]!);
}

/** tsval, tsecr */
function putTimestamps(view: DataView, type: number, at: number, batch: SegmentBatch, row: number): number {
  if ((batch.facts[row]! & HAS_TIMESTAMPS) === 0) {
    view.setUint16(type, (NULL_TYPE << 8) | NULL_TYPE);
    return at;
  }
  const end = putUnsigned32(view, type, at, batch.tsval[row]!);
  return putUnsigned32(view, type + 1, end, batch.tsecr[row]!);
}

/** ip_id, ttl, is_copy */
function putNetwork(view: DataView, type: number, at: number, batch: SegmentBatch, row: number): number {
  let end = at;
  if (batch.bytes[batch.ipAt[row]!]! >> 4 === IPV6) view.setUint8(type, NULL_TYPE);
  else end = putUnsigned31(view, type, end, batch.ipId[row]!);
  end = putUnsigned31(view, type + 1, end, batch.ttl[row]!);
  return putUnsigned31(view, type + 2, end, batch.isCopy[row]!);
}

/** analysis, duplicate_ack_number, ack_rtt_ns, bytes_in_flight, rto_ns, cause, cause_confidence */
function putAnalysis(
  view: DataView,
  bytes: Uint8Array,
  type: number,
  at: number,
  batch: SegmentBatch,
  row: number,
): number {
  // NULL in the six columns behind the labels: most segments have one of them or none.
  view.setUint32(type + 1, 0);
  view.setUint16(type + 5, 0);
  const labels = batch.analysis[row]!;
  const rttNs = batch.ackRttNs[row]!;
  const inFlight = batch.bytesInFlight[row]!;
  let end = putUnsigned31(view, type, at, labels);
  if (labels !== 0 && batch.duplicateAckNumber[row]! !== 0)
    end = putUnsigned32(view, type + 1, end, batch.duplicateAckNumber[row]!);
  if (rttNs !== 0) end = putInteger(view, type + 2, end, rttNs);
  if (inFlight !== 0) end = putUnsigned31(view, type + 3, end, inFlight);
  if (labels !== 0 && batch.rtoNs[row]! !== 0) end = putInteger(view, type + 4, end, batch.rtoNs[row]!);
  const cause = batch.cause[row]!;
  if (cause === 0) return end;
  end = putText(bytes, type + 5, end, causeName(cause));
  return putText(bytes, type + 6, end, causeConfidence(cause));
}

/** A text, or NULL. Packet notation and the names of causes are ASCII: a letter is an octet. */
function putText(bytes: Uint8Array, type: number, at: number, text: string | null): number {
  if (text === null) {
    bytes[type] = NULL_TYPE;
    return at;
  }
  putVarint(bytes, type, EMPTY_TEXT_TYPE + 2 * text.length);
  for (let position = 0; position < text.length; position++) {
    const code = text.charCodeAt(position);
    if (code > 0x7f) throw new RangeError(`a text that is not ASCII: ${text}`);
    bytes[at + position] = code;
  }
  return at + text.length;
}
