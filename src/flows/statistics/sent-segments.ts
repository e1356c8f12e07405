import { acknowledgeAll } from "./acknowledge-all.js";
import type { Direction } from "./direction.js";
import { closeHead, openHead } from "./head-segment.js";
import { insertBefore } from "./insert-segment.js";
import { repeated } from "./repeated-ack.js";
import { noteResend, noteRoundTrip } from "./round-trip.js";
import {
  NODE_ACKS,
  NODE_FIRST,
  NODE_LAST,
  NODE_NEXT,
  NODE_REPEATS,
  NODE_TIME,
  SegmentPool,
} from "./segment-pool.js";
import { SENT_HAS_SEGMENTS } from "./statistics-state.js";

/** Segments of one direction that are remembered one by one; of older ones only that they were sent. */
const MAX_SEGMENTS = 4096;
/** Acknowledged ranges, with gaps of what was not captured between them, that are told apart. */
const MAX_ACKNOWLEDGED_RANGES = 64;
/** Nodes that insertions may pass, so many each and so many in advance. Captures made to be slow use them up. */
const STEPS_PER_INSERTION = 1024;
const STEPS_IN_ADVANCE = 1000 * MAX_SEGMENTS;
const FEW_SEGMENTS = 256;

/** What `SentSegments.add` found. */
export interface SentBefore {
  /** Octets of the segment that earlier ones held. */
  lengthBytes: number;
  /** It begins and ends before one that was sent earlier. */
  isOutOfOrder: boolean;
}

/**
 * The segments of each direction in the order of their numbers: what was acknowledged as ranges, what was not as it
 * was sent. The first lies in the direction's record, as after an acknowledgment of everything there is no other.
 */
export class SentSegments {
  readonly before: SentBefore = { lengthBytes: 0, isOutOfOrder: false };
  readonly #pool: SegmentPool;
  #stepsLeft = STEPS_IN_ADVANCE;

  constructor(pool = new SegmentPool()) {
    this.#pool = pool;
  }

  /** Forgets all that `sender` has sent. */
  clear(sender: Direction, owner: number): void {
    if (!(sender.sentFacts & SENT_HAS_SEGMENTS)) return;
    const pool = this.#pool;
    openHead(sender, this.#pool);
    for (let node = pool.next(0, owner); node !== 0; ) {
      const next = pool.next(node, owner);
      pool.give(node);
      node = next;
    }
    sender.headNext = sender.tailSlot = sender.tailSegments = 0;
    sender.sentFacts &= ~SENT_HAS_SEGMENTS;
  }

  /** Counts what `sender` has sent from a number that is `octets` lower. */
  shift(sender: Direction, owner: number, octets: number): void {
    if (!(sender.sentFacts & SENT_HAS_SEGMENTS)) return;
    const pool = this.#pool;
    openHead(sender, pool);
    let node = 0;
    do {
      const next = pool.next(node, owner);
      const at64 = pool.at64(node);
      pool.f64[at64 + NODE_FIRST] = pool.f64[at64 + NODE_FIRST]! + octets;
      pool.f64[at64 + NODE_LAST] = pool.f64[at64 + NODE_LAST]! + octets;
      node = next;
    } while (node !== 0);
    sender.tailLast += octets;
    closeHead(sender, pool);
  }

  /**
   * Adds the numbers `first` to `last` (relative, both included) to list `owner`, which is the sender's, and fills
   * `before`. Parts that were sent earlier count as sent again, the rest is remembered as segments of their own.
   */
  add(sender: Direction, owner: number, first: number, last: number, timeNs: number): void {
    const before = this.before;
    before.lengthBytes = 0;
    before.isOutOfOrder = false;
    if (!(sender.sentFacts & SENT_HAS_SEGMENTS)) {
      sender.sentFacts |= SENT_HAS_SEGMENTS;
      sender.headFirst = first;
      sender.headLast = sender.tailLast = last;
      sender.headNs = timeNs;
      sender.headNext = sender.headRepeats = sender.headAcks = sender.tailSlot = sender.tailSegments = 0;
    } else if (first > sender.tailLast) {
      this.#append(sender, owner, first, last, timeNs);
    } else {
      openHead(sender, this.#pool);
      this.#insert(sender, owner, first, last, timeNs);
      closeHead(sender, this.#pool);
      this.#stepsLeft += STEPS_PER_INSERTION;
      if (this.#stepsLeft < 0) while (sender.tailSegments > FEW_SEGMENTS) this.#forgetOldest(sender, owner);
    }
    if (sender.tailSegments > MAX_SEGMENTS) this.#forgetOldest(sender, owner);
  }

  /**
   * Notes that the receiver of list `owner` acknowledged everything below `ack`. `canBeDuplicate`: it holds no data,
   * repeats the number and window of the one before, and something is in flight.
   */
  acknowledge(sender: Direction, owner: number, ack: number, timeNs: number, canBeDuplicate: boolean): void {
    if (!(sender.sentFacts & SENT_HAS_SEGMENTS) || ack <= sender.headFirst) return;
    if (acknowledgeAll(sender, this.#pool, owner, ack, timeNs)) return;
    const headLast = sender.headLast;
    if (sender.headAcks > 0 && ack <= headLast + 1) {
      sender.headAcks = repeated(sender, sender.headAcks, canBeDuplicate && ack === headLast + 1);
      return;
    }
    openHead(sender, this.#pool);
    this.#acknowledge(sender, owner, ack, timeNs, canBeDuplicate);
    closeHead(sender, this.#pool);
  }

  #acknowledge(sender: Direction, owner: number, ack: number, timeNs: number, canBeDuplicate: boolean): void {
    const pool = this.#pool;
    const { f64, u32 } = pool;
    let latestNs = Number.NEGATIVE_INFINITY;
    let ranges = 0;
    let isChanged = false;
    let node = 0;
    do {
      const at64 = pool.at64(node);
      const at32 = pool.at32(node);
      if (ack <= f64[at64 + NODE_FIRST]!) break;
      const sentNs = f64[at64 + NODE_TIME]!;
      if (sentNs > latestNs) latestNs = sentNs;
      const isExact = ack === f64[at64 + NODE_LAST]! + 1;
      const acks = u32[at32 + NODE_ACKS]!;
      if (acks > 0) {
        ranges++;
        u32[at32 + NODE_ACKS] = repeated(sender, acks, canBeDuplicate && isExact);
      } else {
        u32[at32 + NODE_ACKS] = 1;
        isChanged = true;
        if (!isExact) sender.cumulativelyAcked++;
        else {
          const lengthBytes = f64[at64 + NODE_LAST]! - f64[at64 + NODE_FIRST]! + 1;
          const isPostLoss = latestNs > sentNs;
          noteRoundTrip(sender, timeNs - sentNs, lengthBytes, u32[at32 + NODE_REPEATS]!, isPostLoss);
        }
      }
      node = pool.next(node, owner);
    } while (node !== 0);
    if (isChanged) this.#join(sender, owner);
    if (ranges > MAX_ACKNOWLEDGED_RANGES) this.#absorb(sender, owner, 0, pool.next(0, owner));
  }

  /** Joins acknowledged segments that follow each other without a gap. */
  #join(sender: Direction, owner: number): void {
    const pool = this.#pool;
    const { f64, u32 } = pool;
    for (let node = 0; u32[pool.at32(node) + NODE_ACKS]! > 0; ) {
      const next = pool.next(node, owner);
      if (next === 0) {
        this.#setTail(sender, node);
        return;
      }
      const isAdjacent = f64[pool.at64(node) + NODE_LAST]! + 1 === f64[pool.at64(next) + NODE_FIRST]!;
      if (isAdjacent && u32[pool.at32(next) + NODE_ACKS]! > 0) this.#absorb(sender, owner, node, next);
      else node = next;
    }
  }

  /** Makes `next` part of the node before it, and what lies between. */
  #absorb(sender: Direction, owner: number, node: number, next: number): void {
    if (next === 0) return;
    const pool = this.#pool;
    const { f64, u32 } = pool;
    const at64 = pool.at64(node);
    const next64 = pool.at64(next);
    f64[at64 + NODE_LAST] = f64[next64 + NODE_LAST]!;
    if (f64[next64 + NODE_TIME]! > f64[at64 + NODE_TIME]!) f64[at64 + NODE_TIME] = f64[next64 + NODE_TIME]!;
    u32[pool.at32(node) + NODE_ACKS] = u32[pool.at32(next) + NODE_ACKS]!;
    const afterNext = pool.next(next, owner);
    u32[pool.at32(node) + NODE_NEXT] = afterNext;
    if (afterNext === 0) this.#setTail(sender, node);
    pool.give(next);
    if (sender.tailSegments > 0) sender.tailSegments--;
  }

  #append(sender: Direction, owner: number, first: number, last: number, timeNs: number): void {
    const pool = this.#pool;
    const tail = sender.tailSlot;
    const node = pool.take(owner, first, last, timeNs);
    if (tail === 0) sender.headNext = node;
    else if (pool.isOwned(tail, owner) && tail !== node) pool.u32[pool.at32(tail) + NODE_NEXT] = node;
    else this.#appendToRest(sender, owner, node);
    sender.tailSlot = node;
    sender.tailLast = last;
    sender.tailSegments++;
  }

  /** The end of the list was given up: what is left of it goes on with `node`. */
  #appendToRest(sender: Direction, owner: number, node: number): void {
    const pool = this.#pool;
    let rest = 0;
    let segments = 0;
    openHead(sender, this.#pool);
    for (let next = pool.next(0, owner); next !== 0 && next !== node; next = pool.next(next, owner)) {
      rest = next;
      segments++;
    }
    pool.u32[pool.at32(rest) + NODE_NEXT] = node;
    sender.tailSegments = segments;
    closeHead(sender, this.#pool);
  }

  #insert(sender: Direction, owner: number, first: number, last: number, timeNs: number): void {
    const pool = this.#pool;
    const { before } = this;
    let from = first;
    let previous = -1;
    let isSplit = false;
    let node = 0;
    do {
      this.#stepsLeft--;
      // `take` may have moved the nodes to a larger array.
      const { f64 } = pool;
      const at64 = pool.at64(node);
      const nodeFirst = f64[at64 + NODE_FIRST]!;
      const nodeLast = f64[at64 + NODE_LAST]!;
      if (from <= nodeLast) {
        if (from < nodeFirst) {
          if (last < nodeLast) before.isOutOfOrder = true;
          const moved = insertBefore(
            sender,
            pool,
            owner,
            previous,
            node,
            from,
            Math.min(last, nodeFirst - 1),
            timeNs,
          );
          if (last < nodeFirst) return;
          from = nodeFirst;
          node = moved;
        }
        const at32 = pool.at32(node);
        pool.u32[at32 + NODE_REPEATS] = pool.u32[at32 + NODE_REPEATS]! + 1;
        if (!isSplit) {
          const node64 = pool.at64(node);
          if (pool.u32[at32 + NODE_ACKS] === 0)
            noteResend(sender, timeNs - pool.f64[node64 + NODE_TIME]!, pool.u32[at32 + NODE_REPEATS]!);
          pool.f64[node64 + NODE_TIME] = timeNs;
        }
        if (last <= nodeLast) {
          before.lengthBytes += last - from + 1;
          return;
        }
        isSplit = true;
        before.lengthBytes += nodeLast - from + 1;
        from = nodeLast + 1;
      }
      previous = node;
      node = pool.next(node, owner);
    } while (node !== 0);
    this.#setTail(sender, previous);
    closeHead(sender, this.#pool);
    this.#append(sender, owner, from, last, timeNs);
    openHead(sender, this.#pool);
  }

  /** The oldest two segments become one, and count as acknowledged. */
  #forgetOldest(sender: Direction, owner: number): void {
    openHead(sender, this.#pool);
    const next = this.#pool.next(0, owner);
    this.#absorb(sender, owner, 0, next);
    this.#pool.u32[NODE_ACKS] = Math.max(1, this.#pool.u32[NODE_ACKS]!);
    if (next === 0) sender.tailSegments = 0;
    closeHead(sender, this.#pool);
  }

  #setTail(sender: Direction, node: number): void {
    sender.tailSlot = node;
    sender.tailLast = this.#pool.f64[this.#pool.at64(node) + NODE_LAST]!;
  }
}
