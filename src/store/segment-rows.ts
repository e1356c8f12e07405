import {
  HAS_BAD_OPTIONS,
  HAS_OTHER_OPTIONS,
  HAS_SACK,
  HAS_TIMESTAMPS,
  type SegmentBatch,
} from "../decode/segment-batch.js";
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
export type OptionText = (row: number) => string | null;

/** Columns of `segments` in schema.sql, `id` included: it is NULL in the record, the rowid stands for it. */
const COLUMNS = 18;
/** Without options the longest row is 101 octets, so its length is a varint of one octet. */
const SIZE_BYTES = 1;

const HAS_TEXT = HAS_SACK | HAS_OTHER_OPTIONS | HAS_BAD_OPTIONS;
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
  const { bytes, view } = table;
  const { flow, frame, timeNs, fromServer, flags, relativeSeq, relativeAck, payloadLength, window } = batch;
  const { facts, tsval, tsecr, ipAt, ipId, ttl, isCopy, analysis } = batch;
  let id = table.lastRowid;
  for (let row = 0; row < batch.length; row++) {
    const text = facts[row]! & HAS_TEXT ? optionText(row) : null;
    const hasText = text !== null && text !== "";
    const textType = hasText ? EMPTY_TEXT_TYPE + 2 * text.length : NULL_TYPE;
    const hasLongText = textType > 0x7f;

    // The serial types, in the order of schema.sql; `type` is where the next one goes.
    let type = table.begin(++id, SIZE_BYTES);
    let at = type + 1 + COLUMNS + (hasLongText ? 1 : 0);
    bytes[type] = at - type;
    bytes[type + 1] = NULL_TYPE;
    at = putUnsigned32(view, type + 2, at, flow[row]!);
    at = putUnsigned32(view, type + 3, at, captureId);
    at = putUnsigned32(view, type + 4, at, frame[row]!);
    at = putInteger(view, type + 5, at, timeNs[row]!);
    bytes[type + 6] = SENDER_TYPE;
    if (fromServer[row] === 1) {
      view.setUint32(at, SERV);
      view.setUint16(at + 4, ER);
    } else {
      view.setUint32(at, CLIE);
      view.setUint16(at + 4, NT);
    }
    at += SENDER_BYTES;
    at = putUnsigned31(view, type + 7, at, flags[row]!);
    at = putInteger(view, type + 8, at, relativeSeq[row]!);
    if (flags[row]! & ACK) at = putInteger(view, type + 9, at, relativeAck[row]!);
    else bytes[type + 9] = NULL_TYPE;
    at = putUnsigned32(view, type + 10, at, payloadLength[row]!);
    at = putUnsigned31(view, type + 11, at, window[row]!);
    if (facts[row]! & HAS_TIMESTAMPS) {
      at = putUnsigned32(view, type + 12, at, tsval[row]!);
      at = putUnsigned32(view, type + 13, at, tsecr[row]!);
    } else {
      bytes[type + 12] = NULL_TYPE;
      bytes[type + 13] = NULL_TYPE;
    }
    putVarint(bytes, type + 14, textType);
    if (hasText) at = putAscii(bytes, at, text);
    if (hasLongText) type++;
    if (batch.bytes[ipAt[row]!]! >> 4 === IPV6) bytes[type + 15] = NULL_TYPE;
    else at = putUnsigned31(view, type + 15, at, ipId[row]!);
    at = putUnsigned31(view, type + 16, at, ttl[row]!);
    at = putUnsigned31(view, type + 17, at, isCopy[row]!);
    at = putUnsigned32(view, type + 18, at, analysis[row]!);
    table.end(at);
  }
}

/** Packet notation is ASCII: a letter is an octet. */
function putAscii(bytes: Uint8Array, at: number, text: string): number {
  for (let position = 0; position < text.length; position++) {
    const code = text.charCodeAt(position);
    if (code > 0x7f) throw new RangeError(`options that are not ASCII: ${text}`);
    bytes[at + position] = code;
  }
  return at + text.length;
}
