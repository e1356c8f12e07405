import { HAS_TIMESTAMPS, type SegmentBatch } from "../../decode/segment-batch.js";

/** Segments kept, of all flows together; older ones are forgotten. A power of two. */
const MAX_SEGMENTS = 1 << 17;
const FIRST_CAPACITY = 1 << 12;
/** How far a search goes back: more than the segments of any usual window. */
const MAX_STEPS = 4096;

/**
 * Steps that all searches may take together: so many per segment added, and as many in advance as a thousand of the
 * longest take. Real captures take a few per segment; those made to be slow run out, and searches become short.
 */
const STEPS_PER_SEGMENT = 256;
const STEPS_IN_ADVANCE = 1000 * MAX_STEPS;
const FEWEST_STEPS = 16;

/** Segments among which a pause is looked for. */
const PAUSE_STEPS = 64;

/** The sender's timestamp stands in `tsval`. */
const HAS_TSVAL = 1;
/** The segment did not advance its direction: a retransmission, a late or a doubled one. */
const IS_REPEAT = 2;

/**
 * The segments that were sent last, over all flows: a ring in the order of capture in which each segment points to the
 * one before it of its direction. Adding one is a few stores behind those of the last; acknowledgments cost nothing,
 * and what was acknowledged can still be found, which late copies and late proof need.
 */
export class SendLog {
  #capacity = FIRST_CAPACITY;
  #timeNs = new Float64Array(FIRST_CAPACITY);
  #first = new Float64Array(FIRST_CAPACITY);
  #length = new Uint32Array(FIRST_CAPACITY);
  #tsval = new Uint32Array(FIRST_CAPACITY);
  #ack = new Uint32Array(FIRST_CAPACITY);
  #frame = new Uint32Array(FIRST_CAPACITY);
  #captureId = new Uint32Array(FIRST_CAPACITY);
  #previous = new Uint32Array(FIRST_CAPACITY);
  #ipId = new Uint16Array(FIRST_CAPACITY);
  #facts = new Uint8Array(FIRST_CAPACITY);
  /** Segments ever added. Beyond 2^32 numbers wrap, and links across that border are not followed. */
  #count = 0;
  /** Steps that searches have taken since numbers began. */
  #steps = 0;

  // Results of `find`.
  /** Number of the latest transmission of the octet searched for; -1 when none is known. */
  latest = -1;
  /** Number of the first one known; -1 when none is. */
  original = -1;
  /** How often it is known to have been sent. */
  transmissions = 0;
  /** Number of the first new segment sent after the range searched for; -1 when none is known. */
  follower = -1;
  /** The search saw all that was captured: `latest` -1 means that the range never was. */
  isWhole = false;

  /**
   * Adds the segment in `row`, which occupies `length` numbers, SYN and FIN counted. `newest` is the number plus one of
   * its direction's newest, 0 for none. Returns its own number, plus one.
   */
  add(
    newest: number,
    isRepeat: boolean,
    batch: SegmentBatch,
    row: number,
    length: number,
    captureId: number,
  ): number {
    if (this.#count === this.#capacity && this.#capacity < MAX_SEGMENTS) this.#grow();
    if (this.#count >= 0xffff_ffff) this.#beginNumbersAnew();
    const at = this.#count & (this.#capacity - 1);
    this.#timeNs[at] = batch.timeNs[row]!;
    this.#first[at] = batch.relativeSeq[row]!;
    this.#length[at] = length;
    this.#tsval[at] = batch.tsval[row]!;
    this.#ack[at] = batch.relativeAck[row]! >>> 0;
    this.#frame[at] = batch.frame[row]!;
    this.#captureId[at] = captureId;
    this.#previous[at] = newest;
    this.#ipId[at] = batch.ipId[row]!;
    this.#facts[at] = (batch.facts[row]! & HAS_TIMESTAMPS ? HAS_TSVAL : 0) | (isRepeat ? IS_REPEAT : 0);
    return ++this.#count;
  }

  /** Looks for earlier transmissions of `first`, in a segment that ends before `end`; fills the result fields. */
  find(newest: number, first: number, end: number): void {
    const credit = STEPS_IN_ADVANCE + STEPS_PER_SEGMENT * this.#count - this.#steps;
    const limit = Math.min(MAX_STEPS, Math.max(FEWEST_STEPS, credit));
    this.#steps += this.#search(newest, first, end, limit);
  }

  /** `find` in at most `limit` steps; returns how many it took. */
  #search(newest: number, first: number, end: number, limit: number): number {
    this.latest = this.original = this.follower = -1;
    this.transmissions = 0;
    this.isWhole = false;
    const mask = this.#capacity - 1;
    const oldest = Math.max(0, this.#count - this.#capacity);
    let number = newest - 1;
    for (let steps = 0; steps < limit; steps++) {
      if (number < 0) {
        this.isWhole = true;
        return steps;
      }
      if (number < oldest || number >= this.#count) return steps;
      const at = number & mask;
      const otherFirst = this.#first[at]!;
      const isRepeat = (this.#facts[at]! & IS_REPEAT) !== 0;
      if (otherFirst <= first && otherFirst + this.#length[at]! > first) {
        if (this.latest < 0) this.latest = number;
        this.original = number;
        this.transmissions++;
        if (!isRepeat) {
          this.isWhole = true;
          return steps;
        }
      } else if (!isRepeat) {
        if (otherFirst >= end) this.follower = number;
        else if (otherFirst < first) {
          // New segments ascend: what lies below was sent before the range.
          this.isWhole = true;
          return steps;
        }
      }
      const previous = this.#previous[at]! - 1;
      // A link to a number that was used again does not lead back.
      if (previous >= number) return steps;
      number = previous;
    }
    return limit;
  }

  /** Number of the segment of the same direction that was captured before `number`; -1 when it is not known. */
  before(number: number): number {
    const previous = this.#previous[number & (this.#capacity - 1)]! - 1;
    return previous < number && previous >= this.#count - this.#capacity ? previous : -1;
  }

  /** Of the segments up to `newest`, one of the last few followed the one before it after `pauseNs` or more. */
  hasPaused(newest: number, pauseNs: number): boolean {
    let number = newest;
    for (let steps = 0; steps < PAUSE_STEPS && number >= 0; steps++) {
      const before = this.before(number);
      if (before >= 0 && this.timeNs(number) - this.timeNs(before) >= pauseNs) return true;
      number = before;
    }
    return false;
  }

  timeNs(number: number): number {
    return this.#timeNs[number & (this.#capacity - 1)]!;
  }

  frame(number: number): number {
    return this.#frame[number & (this.#capacity - 1)]!;
  }

  captureId(number: number): number {
    return this.#captureId[number & (this.#capacity - 1)]!;
  }

  tsval(number: number): number {
    return this.#tsval[number & (this.#capacity - 1)]!;
  }

  /** Relative acknowledgment number modulo 2^32. */
  ack(number: number): number {
    return this.#ack[number & (this.#capacity - 1)]!;
  }

  hasTsval(number: number): boolean {
    return (this.#facts[number & (this.#capacity - 1)]! & HAS_TSVAL) !== 0;
  }

  ipId(number: number): number {
    return this.#ipId[number & (this.#capacity - 1)]!;
  }

  first(number: number): number {
    return this.#first[number & (this.#capacity - 1)]!;
  }

  length(number: number): number {
    return this.#length[number & (this.#capacity - 1)]!;
  }

  #beginNumbersAnew(): void {
    this.#count = MAX_SEGMENTS;
    this.#steps = 0;
  }

  /** Doubles the room. Nothing was forgotten yet, so every segment stays at its number. */
  #grow(): void {
    this.#capacity *= 2;
    const grown = <Column extends Float64Array | Uint32Array | Uint16Array | Uint8Array>(
      column: Column,
      larger: Column,
    ): Column => {
      larger.set(column);
      return larger;
    };
    this.#timeNs = grown(this.#timeNs, new Float64Array(this.#capacity));
    this.#first = grown(this.#first, new Float64Array(this.#capacity));
    this.#length = grown(this.#length, new Uint32Array(this.#capacity));
    this.#tsval = grown(this.#tsval, new Uint32Array(this.#capacity));
    this.#ack = grown(this.#ack, new Uint32Array(this.#capacity));
    this.#frame = grown(this.#frame, new Uint32Array(this.#capacity));
    this.#captureId = grown(this.#captureId, new Uint32Array(this.#capacity));
    this.#previous = grown(this.#previous, new Uint32Array(this.#capacity));
    this.#ipId = grown(this.#ipId, new Uint16Array(this.#capacity));
    this.#facts = grown(this.#facts, new Uint8Array(this.#capacity));
  }
}
