import type { Direction } from "./direction.js";
import {
  NODE_ACKS,
  NODE_FIRST,
  NODE_LAST,
  NODE_NEXT,
  NODE_REPEATS,
  NODE_TIME,
  type SegmentPool,
} from "./segment-pool.js";

/** Puts a new node before `node`; returns where `node` then is, as the head of a list stays in its place. */
export function insertBefore(
  sender: Direction,
  pool: SegmentPool,
  owner: number,
  previous: number,
  node: number,
  first: number,
  last: number,
  timeNs: number,
): number {
  sender.tailSegments++;
  if (node !== 0) {
    const inserted = pool.take(owner, first, last, timeNs);
    pool.u32[pool.at32(inserted) + NODE_NEXT] = node;
    pool.u32[pool.at32(previous) + NODE_NEXT] = inserted;
    return node;
  }
  const { f64, u32 } = pool;
  const moved = pool.take(owner, f64[NODE_FIRST]!, f64[NODE_LAST]!, f64[NODE_TIME]!);
  const at32 = pool.at32(moved);
  pool.u32[at32 + NODE_NEXT] = u32[NODE_NEXT]!;
  pool.u32[at32 + NODE_REPEATS] = u32[NODE_REPEATS]!;
  pool.u32[at32 + NODE_ACKS] = u32[NODE_ACKS]!;
  pool.f64[NODE_FIRST] = first;
  pool.f64[NODE_LAST] = last;
  pool.f64[NODE_TIME] = timeNs;
  pool.u32[NODE_NEXT] = moved;
  pool.u32[NODE_REPEATS] = pool.u32[NODE_ACKS] = 0;
  if (sender.tailSlot === 0) sender.tailSlot = moved;
  return moved;
}
