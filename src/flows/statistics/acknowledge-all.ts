import { type Direction, float64Index, uint32Index } from "./direction.js";
import { noteRoundTrip } from "./round-trip.js";
import {
  NODE_ACKS,
  NODE_LAST,
  NODE_NEXT,
  NODE_REPEATS,
  NODE_TIME,
  type SegmentPool,
} from "./segment-pool.js";

const HEAD_LAST = float64Index("headLast");
const HEAD_NS = float64Index("headNs");
const TAIL_LAST = float64Index("tailLast");
const HEAD_NEXT = uint32Index("headNext");
const HEAD_ACKS = uint32Index("headAcks");
const TAIL_SLOT = uint32Index("tailSlot");
const TAIL_SEGMENTS = uint32Index("tailSegments");

/**
 * Acknowledges all that `sender` has sent, when its head was acknowledged and everything behind it was sent once, in
 * order, without a gap: then all of it joins the head. Does what SentSegments.acknowledge would; false, with nothing
 * done, in every other case.
 */
export function acknowledgeAll(
  sender: Direction,
  pool: SegmentPool,
  owner: number,
  ack: number,
  timeNs: number,
): boolean {
  const { f64, u32, at64, at32 } = sender;
  if (u32[at32 + HEAD_ACKS] === 0 || ack !== f64[at64 + TAIL_LAST]! + 1) return false;
  const firstNode = u32[at32 + HEAD_NEXT]!;
  if (firstNode === 0) return false;
  const nodes64 = pool.f64;
  const nodes32 = pool.u32;
  let last = f64[at64 + HEAD_LAST]!;
  let latestNs = f64[at64 + HEAD_NS]!;
  let segments = 0;
  let lastNode = 0;
  for (let node = firstNode; node !== 0; node = nodes32[pool.at32(node) + NODE_NEXT]!) {
    const node64 = pool.at64(node);
    const node32 = pool.at32(node);
    if (!pool.isOwned(node, owner) || nodes64[node64] !== last + 1) return false;
    if (nodes32[node32 + NODE_ACKS] !== 0 || nodes32[node32 + NODE_REPEATS] !== 0) return false;
    last = nodes64[node64 + NODE_LAST]!;
    latestNs = Math.max(latestNs, nodes64[node64 + NODE_TIME]!);
    lastNode = node;
    segments++;
  }
  if (last + 1 !== ack) return false;
  const last64 = pool.at64(lastNode);
  const sentNs = nodes64[last64 + NODE_TIME]!;
  const lengthBytes = last - nodes64[last64]! + 1;
  for (let node = firstNode; node !== 0; ) {
    const next = nodes32[pool.at32(node) + NODE_NEXT]!;
    pool.give(node);
    node = next;
  }
  f64[at64 + HEAD_LAST] = last;
  f64[at64 + HEAD_NS] = latestNs;
  u32[at32 + HEAD_NEXT] = 0;
  u32[at32 + HEAD_ACKS] = 1;
  u32[at32 + TAIL_SLOT] = 0;
  u32[at32 + TAIL_SEGMENTS] = Math.max(0, u32[at32 + TAIL_SEGMENTS]! - segments);
  if (segments > 1) sender.cumulativelyAcked += segments - 1;
  noteRoundTrip(sender, timeNs - sentNs, lengthBytes, 0, latestNs > sentNs);
  return true;
}
