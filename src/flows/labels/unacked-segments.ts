import { type Endpoint, uint32Index } from "../endpoint.js";
import { IS_UNACKED_MIXED } from "./label-state.js";
import { isAfter, isAtOrBefore } from "./raw-seq.js";

/** Segments of one direction that are remembered, as many as tshark does. */
const MAX_OF_A_DIRECTION = 10_000;
/** Segments remembered of all flows: 28 octets each. Captures of one direction only never release any. */
const MAX_OF_ALL = 1 << 22;
const FIRST_CAPACITY = 1 << 12;
/** Numbers of an ordered list this close together compare the same way with each other as with an ACK between them. */
const ORDERED_SPAN = 2 ** 30;

const OLDEST = uint32Index("unackedOldest");
const NEWEST = uint32Index("unackedNewest");
const COUNT = uint32Index("unackedCount");
const FACTS = uint32Index("labelFacts");

/**
 * The segments that have not been acknowledged, per direction from oldest to newest: nodes in columns, linked by
 * index, reused through a free list. A direction that sends in order is a queue: an ACK takes from the oldest end
 * and looks no further. After a retransmission or a gap in order every ACK looks at all of them.
 */
export class UnackedSegments {
  /** What `acknowledge` found: time of the segment that ends at the acknowledgment number; NaN when none does. */
  acknowledgedNs = Number.NaN;

  #capacity = FIRST_CAPACITY;
  #seq = new Uint32Array(FIRST_CAPACITY);
  #nextSeq = new Uint32Array(FIRST_CAPACITY);
  #timeNs = new Float64Array(FIRST_CAPACITY);
  #next = new Uint32Array(FIRST_CAPACITY);
  /** Nodes handed out so far; index 0 is none. */
  #used = 1;
  #free = 0;

  /** Remembers a segment from `seq` to `nextSeq` (exclusive); false when there are too many. */
  add(direction: Endpoint, seq: number, nextSeq: number, timeNs: number): boolean {
    const { u32, at32 } = direction;
    if (u32[at32 + COUNT]! >= MAX_OF_A_DIRECTION) return false;
    const node = this.#allocate();
    if (node === 0) return false;
    this.#seq[node] = seq;
    this.#nextSeq[node] = nextSeq;
    this.#timeNs[node] = timeNs;
    this.#next[node] = 0;
    const newest = u32[at32 + NEWEST]!;
    if (newest === 0) {
      u32[at32 + OLDEST] = node;
      u32[at32 + FACTS] = u32[at32 + FACTS]! & ~IS_UNACKED_MIXED;
    } else {
      this.#next[newest] = node;
      const isOrdered =
        !isAfter(this.#nextSeq[newest]!, seq) &&
        (nextSeq - this.#seq[u32[at32 + OLDEST]!]!) >>> 0 < ORDERED_SPAN;
      if (!isOrdered) u32[at32 + FACTS] = u32[at32 + FACTS]! | IS_UNACKED_MIXED;
    }
    u32[at32 + NEWEST] = node;
    u32[at32 + COUNT] = u32[at32 + COUNT]! + 1;
    return true;
  }

  /** Forgets what `ack` acknowledges and cuts what it acknowledges in part; sets `acknowledgedNs`. */
  acknowledge(direction: Endpoint, ack: number): void {
    this.acknowledgedNs = Number.NaN;
    const { u32, at32 } = direction;
    const oldest = u32[at32 + OLDEST]!;
    if (oldest === 0) return;
    const ahead = (ack - this.#seq[oldest]!) | 0;
    const isOrdered =
      (u32[at32 + FACTS]! & IS_UNACKED_MIXED) === 0 && ahead < ORDERED_SPAN && ahead > -ORDERED_SPAN;
    if (isOrdered && ahead <= 0) return;
    let previous = 0;
    let node = oldest;
    while (node !== 0) {
      const next = this.#next[node]!;
      const nextSeq = this.#nextSeq[node]!;
      if (ack === nextSeq) {
        // In what is sent out of order several may end there: the oldest counts.
        if (Number.isNaN(this.acknowledgedNs)) this.acknowledgedNs = this.#timeNs[node]!;
      } else {
        if (isAfter(ack, this.#seq[node]!) && isAtOrBefore(ack, nextSeq)) this.#seq[node] = ack;
        if (isAfter(nextSeq, ack)) {
          if (isOrdered) return;
          previous = node;
          node = next;
          continue;
        }
      }
      this.#remove(direction, previous, node);
      node = next;
    }
  }

  /**
   * Octets from the lowest number to the highest of what is not acknowledged, counted from `base`; 0 when there is
   * nothing.
   */
  span(direction: Endpoint, base: number): number {
    const { u32, at32 } = direction;
    const oldest = u32[at32 + OLDEST]!;
    if (oldest === 0) return 0;
    let first = (this.#seq[oldest]! - base) >>> 0;
    let end = (this.#nextSeq[u32[at32 + NEWEST]!]! - base) >>> 0;
    if ((u32[at32 + FACTS]! & IS_UNACKED_MIXED) === 0 && first <= end) return end - first;
    for (let node = oldest; node !== 0; node = this.#next[node]!) {
      first = Math.min(first, (this.#seq[node]! - base) >>> 0);
      end = Math.max(end, (this.#nextSeq[node]! - base) >>> 0);
    }
    return end - first;
  }

  /** When the oldest of them was sent; NaN when there is none. */
  oldestNs(direction: Endpoint): number {
    const oldest = direction.unackedOldest;
    return oldest === 0 ? Number.NaN : this.#timeNs[oldest]!;
  }

  #remove(direction: Endpoint, previous: number, node: number): void {
    const { u32, at32 } = direction;
    const next = this.#next[node]!;
    if (previous === 0) u32[at32 + OLDEST] = next;
    else this.#next[previous] = next;
    if (next === 0) u32[at32 + NEWEST] = previous;
    u32[at32 + COUNT] = u32[at32 + COUNT]! - 1;
    this.#next[node] = this.#free;
    this.#free = node;
  }

  #allocate(): number {
    const free = this.#free;
    if (free !== 0) {
      this.#free = this.#next[free]!;
      return free;
    }
    if (this.#used === this.#capacity) {
      if (this.#capacity >= MAX_OF_ALL) return 0;
      this.#grow();
    }
    return this.#used++;
  }

  #grow(): void {
    this.#capacity *= 2;
    this.#seq = grown(this.#seq, new Uint32Array(this.#capacity));
    this.#nextSeq = grown(this.#nextSeq, new Uint32Array(this.#capacity));
    this.#timeNs = grown(this.#timeNs, new Float64Array(this.#capacity));
    this.#next = grown(this.#next, new Uint32Array(this.#capacity));
  }
}

function grown<Column extends Uint32Array | Float64Array>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}
