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

/** Copies the first segment of a list from the sender's record to the scratch node, so that all nodes are alike. */
export function openHead(sender: Direction, pool: SegmentPool): void {
  const { f64, u32 } = pool;
  f64[NODE_FIRST] = sender.headFirst;
  f64[NODE_LAST] = sender.headLast;
  f64[NODE_TIME] = sender.headNs;
  u32[NODE_NEXT] = sender.headNext;
  u32[NODE_REPEATS] = sender.headRepeats;
  u32[NODE_ACKS] = sender.headAcks;
}

/** Copies it back. */
export function closeHead(sender: Direction, pool: SegmentPool): void {
  const { f64, u32 } = pool;
  sender.headFirst = f64[NODE_FIRST]!;
  sender.headLast = f64[NODE_LAST]!;
  sender.headNs = f64[NODE_TIME]!;
  sender.headNext = u32[NODE_NEXT]!;
  sender.headRepeats = u32[NODE_REPEATS]!;
  sender.headAcks = u32[NODE_ACKS]!;
}
