import { causeOf, FAST, NO_PROOF, TAIL_LOSS_PROBE, TIMEOUT, UNKNOWN } from "./cause.js";

/** Rows of one direction that an acknowledgment is compared with, newest first. */
export const MAX_ROWS = 64;

/** Rows that later acknowledgments may still judge; older ones are final. */
const ROWS_IN_REACH = 4096;
const FIRST_CAPACITY = 64;

/** A segment that repeats what its sender had sent. Frames are 0 where unknown; times in ns since the origin. */
export interface Repeat {
  flowId: number;
  fromServer: number;
  captureId: number;
  frame: number;
  timeNs: number;
  /** Relative number of its first octet, and octets of payload. */
  seq: number;
  length: number;
  /** End of what it occupies, SYN and FIN counted, relative. */
  end: number;
  /** End of what of it had been sent before; what lies behind that is new. */
  oldTo: number;
  /** What had been sent beyond its end by then: octets, a FIN counted as one. */
  bytesBehind: number;
  /** cause.ts */
  cause: number;
  /** labels/label.ts */
  analysis: number;
  /** Which transmission of its first octet it is, as far as captured. */
  transmission: number;
  originalCaptureId: number;
  originalFrame: number;
  originalNs: number;
  /** When its first octet was last sent before. */
  previousNs: number;
  /** What proves that it was not needed, and where. */
  proof: number;
  proofCaptureId: number;
  proofFrame: number;
  /** Its TSval, and whether that differs from the original's: then an echo tells them apart. */
  tsval: number;
  hasDistinctTsval: boolean;
  /** Number plus one of the row before it of its direction; 0 for none. */
  previous: number;
}

function createRepeat(): Repeat {
  return {
    flowId: 0,
    fromServer: 0,
    captureId: 0,
    frame: 0,
    timeNs: 0,
    seq: 0,
    length: 0,
    end: 0,
    oldTo: 0,
    bytesBehind: 0,
    cause: 0,
    analysis: 0,
    transmission: 0,
    originalCaptureId: 0,
    originalFrame: 0,
    originalNs: 0,
    previousNs: 0,
    proof: NO_PROOF,
    proofCaptureId: 0,
    proofFrame: 0,
    tsval: 0,
    hasDistinctTsval: false,
    previous: 0,
  };
}

/**
 * Every repeated segment of a run, in the order of capture, until it is drained. What proves a retransmission needless
 * comes a round trip later, so the latest rows stay here while the rest goes to the store. Rows are objects that are
 * used again: repetition is rare, and a run makes as many as are in reach.
 */
export class RepeatLog {
  #rows: Repeat[] = [];
  /** Rows ever added, and rows drained. */
  #count = 0;
  #drained = 0;

  /** A row to be filled, its proof and links cleared, and the number plus one that stands for it. */
  add(): Repeat {
    if (this.#count - this.#drained === this.#rows.length) this.#grow();
    const row = this.#rows[this.#count++ & (this.#rows.length - 1)]!;
    row.proof = NO_PROOF;
    row.proofCaptureId = row.proofFrame = 0;
    return row;
  }

  /** Number plus one of the row added last. */
  get newest(): number {
    return this.#count;
  }

  /** The row with that number plus one; null when it was drained or there is none. */
  row(number: number): Repeat | null {
    if (number <= this.#drained || number > this.#count) return null;
    return this.#rows[(number - 1) & (this.#rows.length - 1)]!;
  }

  /** Hands over the rows that are final, oldest first; with `all` the rest, too. `take` must not keep the object. */
  drain(take: (row: Repeat) => void, all: boolean): void {
    const end = all ? this.#count : this.#count - ROWS_IN_REACH;
    for (; this.#drained < end; this.#drained++) {
      take(this.#rows[this.#drained & (this.#rows.length - 1)]!);
    }
  }

  #grow(): void {
    const larger = Math.max(FIRST_CAPACITY, this.#rows.length * 2);
    const rows = Array.from({ length: larger }, createRepeat);
    for (let number = this.#drained; number < this.#count; number++) {
      rows[number & (larger - 1)] = this.#rows[number & (this.#rows.length - 1)]!;
    }
    this.#rows = rows;
  }
}

/** True for a repetition that the sender chose because it took the octets for lost. */
export function isForLoss(row: Repeat): boolean {
  const cause = causeOf(row.cause);
  return cause === TIMEOUT || cause === FAST || cause === TAIL_LOSS_PROBE || cause === UNKNOWN;
}

/** Keeps what proves that `row` was not needed. */
export function prove(row: Repeat, proof: number, captureId: number, frame: number): void {
  row.proof = proof;
  row.proofCaptureId = captureId;
  row.proofFrame = frame;
}
