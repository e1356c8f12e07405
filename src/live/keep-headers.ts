import { HAS_UNTOLD_OPTIONS } from "../decode/segment-batch.js";
import { TCP_HEADER_LENGTH_MIN } from "../decode/tcp.js";
import type { BatchSlot } from "../segment-thread/batch-slots.js";
import { URG } from "../tcp/flags.js";

/** An octet of the IP header, and the longest TCP header: RFC 9293, section 3.1. */
const MAX_KEPT_BYTES = 1 + 60;

/**
 * Copies what rows of `segments` and statistics are made from and what the columns lack: of the IP header the octet with its
 * version; the TCP header where it has options other than timestamps, or an urgent pointer. The batch points there afterwards,
 * and its payload is gone.
 */
export function keepHeaders(slot: BatchSlot): void {
  const { batch } = slot;
  const { bytes, length, ipAt, tcpAt, optionsLength, facts, flags } = batch;
  if (slot.bytes.byteLength === 0) slot.bytes = new SharedArrayBuffer(batch.capacity * MAX_KEPT_BYTES);
  const kept = new Uint8Array(slot.bytes);
  let at = 0;
  for (let row = 0; row < length; row++) {
    kept[at] = bytes[ipAt[row]!]!;
    ipAt[row] = at++;
    if ((facts[row]! & HAS_UNTOLD_OPTIONS) === 0 && (flags[row]! & URG) === 0) continue;
    const from = tcpAt[row]!;
    const end = from + TCP_HEADER_LENGTH_MIN + optionsLength[row]!;
    tcpAt[row] = at;
    for (let place = from; place < end; place++) kept[at++] = bytes[place]!;
  }
  batch.bytes = kept;
}
