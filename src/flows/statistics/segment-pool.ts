/** A node is five float64 fields wide: first, last, time, then next and owner, repeats and acknowledgments. */
const NODE_FLOAT64S = 5;
const NODE_UINT32S = NODE_FLOAT64S * 2;
export const NODE_FIRST = 0;
export const NODE_LAST = 1;
export const NODE_TIME = 2;
export const NODE_NEXT = 6;
const NODE_OWNER = 7;
export const NODE_REPEATS = 8;
export const NODE_ACKS = 9;

const INITIAL_NODES = 1 << 10;
/** 20 MB, when so many segments are in flight at once. */
const DEFAULT_NODE_LIMIT = 1 << 19;
/** Of so many nodes the one that waits longest is given up when there are no more. */
const EVICTION_CANDIDATES = 64;

/**
 * Nodes of linked lists of sent segments, in one typed array. Node 0 is a scratch node and the end of every list. When
 * all nodes are taken, a new one replaces one that has waited long for its acknowledgment: a list may lose its end at
 * any time, which `next` and `isOwned` tell.
 */
export class SegmentPool {
  f64 = new Float64Array(INITIAL_NODES * NODE_FLOAT64S);
  u32 = new Uint32Array(this.f64.buffer);
  readonly #limit: number;
  #used = 1;
  #free = 0;
  #hand = 1;

  constructor(nodeLimit = DEFAULT_NODE_LIMIT) {
    this.#limit = nodeLimit;
  }

  /** Nodes that there is room for: taken ones and those taken back. */
  get size(): number {
    return this.#used - 1;
  }

  /** Index of a node's fields in `f64`; NODE_FIRST to NODE_TIME are added to it. */
  at64(node: number): number {
    return node * NODE_FLOAT64S;
  }

  /** Index of a node's fields in `u32`; NODE_NEXT to NODE_ACKS are added to it. */
  at32(node: number): number {
    return node * NODE_UINT32S;
  }

  /** A node of list `owner` (not 0), not acknowledged and the last of its list. */
  take(owner: number, first: number, last: number, timeNs: number): number {
    let node = this.#free;
    if (node !== 0) this.#free = this.u32[node * NODE_UINT32S + NODE_NEXT]!;
    else if (this.#used < this.#limit) node = this.#extend();
    else node = this.#evict();
    const at64 = node * NODE_FLOAT64S;
    this.f64[at64] = first;
    this.f64[at64 + NODE_LAST] = last;
    this.f64[at64 + NODE_TIME] = timeNs;
    const at32 = node * NODE_UINT32S;
    this.u32[at32 + NODE_NEXT] = 0;
    this.u32[at32 + NODE_OWNER] = owner;
    this.u32[at32 + NODE_REPEATS] = 0;
    this.u32[at32 + NODE_ACKS] = 0;
    return node;
  }

  /** Takes a node back from its list. */
  give(node: number): void {
    const at32 = node * NODE_UINT32S;
    this.u32[at32 + NODE_OWNER] = 0;
    this.u32[at32 + NODE_NEXT] = this.#free;
    this.#free = node;
  }

  /** True while `node` belongs to list `owner`. */
  isOwned(node: number, owner: number): boolean {
    return this.u32[node * NODE_UINT32S + NODE_OWNER] === owner;
  }

  /** The node behind `node` in list `owner`; 0 at its end, or where it has lost its end. */
  next(node: number, owner: number): number {
    const next = this.u32[node * NODE_UINT32S + NODE_NEXT]!;
    if (next === 0) return 0;
    // A node that was given up and taken again by the same list may stand elsewhere in it: lists ascend.
    const isIntact =
      this.isOwned(next, owner) && this.f64[next * NODE_FLOAT64S]! > this.f64[node * NODE_FLOAT64S]!;
    if (isIntact) return next;
    this.u32[node * NODE_UINT32S + NODE_NEXT] = 0;
    return 0;
  }

  #extend(): number {
    const capacity = this.f64.length / NODE_FLOAT64S;
    if (this.#used === capacity) {
      const larger = new Float64Array(Math.min(capacity * 2, this.#limit) * NODE_FLOAT64S);
      larger.set(this.f64);
      this.f64 = larger;
      this.u32 = new Uint32Array(larger.buffer);
    }
    return this.#used++;
  }

  #evict(): number {
    let oldest = 0;
    for (let candidate = 0; candidate < EVICTION_CANDIDATES; candidate++) {
      if (++this.#hand === this.#used) this.#hand = 1;
      const time = this.f64[this.#hand * NODE_FLOAT64S + NODE_TIME]!;
      if (oldest === 0 || time < this.f64[oldest * NODE_FLOAT64S + NODE_TIME]!) oldest = this.#hand;
    }
    return oldest;
  }
}
