import { IPV6_HEADER_LENGTH } from "../decode/ipv6.js";
import { SegmentBatch, segmentBatchBytes } from "../decode/segment-batch.js";

/** Octets in front of an IP header that say how the frame met the capture: LINKTYPE_LINUX_SLL2 takes the most. */
const LINK_HEADER_BYTES = 20;

/** A batch in shared memory with a copy of the frames' octets. */
export interface BatchSlot {
  readonly index: number;
  readonly batch: SegmentBatch;
  readonly columns: SharedArrayBuffer;
  bytes: SharedArrayBuffer;
}

export function createBatchSlot(index: number, capacity: number): BatchSlot {
  const columns = new SharedArrayBuffer(segmentBatchBytes(capacity));
  return { index, batch: new SegmentBatch(capacity, columns), columns, bytes: new SharedArrayBuffer(0) };
}

/**
 * The reader's window is overwritten by the next read, so the octets that the slot's batch points into are copied to
 * its own memory. True when that had to be made anew.
 */
export function keepBytes(slot: BatchSlot): boolean {
  const { bytes, length, ipAt, tcpAt, payloadAt, payloadCaptured } = slot.batch;
  const grows = slot.bytes.byteLength < bytes.length;
  if (grows) slot.bytes = new SharedArrayBuffer(bytes.length);
  let first = bytes.length;
  let end = 0;
  for (let row = 0; row < length; row++) {
    // A source route puts the IP header behind the frames.
    first = Math.min(first, ipAt[row]! - LINK_HEADER_BYTES, tcpAt[row]!);
    end = Math.max(end, ipAt[row]! + IPV6_HEADER_LENGTH, payloadAt[row]! + payloadCaptured[row]!);
  }
  const kept = new Uint8Array(slot.bytes);
  first = Math.max(0, first);
  if (first < end) kept.set(bytes.subarray(first, end), first);
  slot.batch.bytes = kept;
  return grows;
}
