import { type Endpoint, uint32Index } from "../endpoint.js";
import { IS_SPAN_BROKEN, IS_SPAN_KNOWN, IS_UNACKED_MIXED } from "./label-state.js";
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
const BASE = uint32Index("labelBase");
const FIRST = uint32Index("unackedFirst");
const END = uint32Index("unackedEnd");

/**
 * The segments that have not been acknowledged, per direction from oldest to newest: nodes in columns, linked by
 * index, reused through a free list. A direction that sends in order is a queue: an ACK takes from the oldest end
 * and looks no further. After a retransmission or a gap every ACK that acknowledges something looks at all of them.
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
      u32[at32 + FACTS] = u32[at32 + FACTS]! & ~(IS_UNACKED_MIXED | IS_SPAN_KNOWN | IS_SPAN_BROKEN);
    } else {
      this.#next[newest] = node;
      const isOrdered =
        !isAfter(this.#nextSeq[newest]!, seq) &&
        (nextSeq - this.#seq[u32[at32 + OLDEST]!]!) >>> 0 < ORDERED_SPAN;
      if (u32[at32 + FACTS]! & IS_SPAN_KNOWN) widen(direction, seq, nextSeq);
      else if (!isOrdered) u32[at32 + FACTS] = u32[at32 + FACTS]! | IS_UNACKED_MIXED;
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
    if (isOrdered ? ahead <= 0 : isBelowAll(direction, ack)) return;
    // What stays behind is measured on the way.
    const base = u32[at32 + BASE]!;
    let first = 0xffffffff;
    let end = 0;
    let isBroken = false;
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
          const nodeFirst = (this.#seq[node]! - base) >>> 0;
          const nodeEnd = (nextSeq - base) >>> 0;
          first = Math.min(first, nodeFirst);
          end = Math.max(end, nodeEnd);
          if (nodeEnd < nodeFirst) isBroken = true;
          previous = node;
          node = next;
          continue;
        }
      }
      this.#remove(direction, previous, node);
      node = next;
    }
    if (!isOrdered && previous !== 0) keepSpan(direction, first, end, isBroken);
  }

  /** Octets from the lowest number to the highest of what is not acknowledged, counted from `labelBase`; 0 without any. */
  span(direction: Endpoint): number {
    const { u32, at32 } = direction;
    const base = u32[at32 + BASE]!;
    const oldest = u32[at32 + OLDEST]!;
    if (oldest === 0) return 0;
    let first = (this.#seq[oldest]! - base) >>> 0;
    let end = (this.#nextSeq[u32[at32 + NEWEST]!]! - base) >>> 0;
    const facts = u32[at32 + FACTS]!;
    if ((facts & IS_UNACKED_MIXED) === 0 && first <= end) return end - first;
    if (facts & IS_SPAN_KNOWN) return u32[at32 + END]! - u32[at32 + FIRST]!;
    let isBroken = false;
    for (let node = oldest; node !== 0; node = this.#next[node]!) {
      const nodeFirst = (this.#seq[node]! - base) >>> 0;
      const nodeEnd = (this.#nextSeq[node]! - base) >>> 0;
      first = Math.min(first, nodeFirst);
      end = Math.max(end, nodeEnd);
      if (nodeEnd < nodeFirst) isBroken = true;
    }
    keepSpan(direction, first, end, isBroken);
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

/** Remembers the span of segments out of order; one in order is told by its ends. */
function keepSpan(direction: Endpoint, first: number, end: number, isBroken: boolean): void {
  const { u32, at32 } = direction;
  const facts = u32[at32 + FACTS]!;
  if ((facts & IS_UNACKED_MIXED) === 0) return;
  u32[at32 + FIRST] = first;
  u32[at32 + END] = end;
  u32[at32 + FACTS] = (facts & ~IS_SPAN_BROKEN) | IS_SPAN_KNOWN | (isBroken ? IS_SPAN_BROKEN : 0);
}

/** Takes a new segment into the known span. */
function widen(direction: Endpoint, seq: number, nextSeq: number): void {
  const { u32, at32 } = direction;
  const base = u32[at32 + BASE]!;
  const first = (seq - base) >>> 0;
  const end = (nextSeq - base) >>> 0;
  u32[at32 + FIRST] = Math.min(u32[at32 + FIRST]!, first);
  u32[at32 + END] = Math.max(u32[at32 + END]!, end);
  if (end < first) u32[at32 + FACTS] = u32[at32 + FACTS]! | IS_SPAN_BROKEN;
}

/** `ack` acknowledges nothing of the known span: duplicate ACKs, which losses bring in numbers, look no further. */
function isBelowAll(direction: Endpoint, ack: number): boolean {
  const { u32, at32 } = direction;
  if ((u32[at32 + FACTS]! & (IS_SPAN_KNOWN | IS_SPAN_BROKEN)) !== IS_SPAN_KNOWN) return false;
  const first = u32[at32 + FIRST]!;
  if (u32[at32 + END]! - first >= ORDERED_SPAN) return false;
  const ahead = (ack - u32[at32 + BASE]! - first) | 0;
  return ahead <= 0 && ahead > -ORDERED_SPAN;
}

function grown<Column extends Uint32Array | Float64Array>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}
