import type { SegmentBatch } from "../decode/segment-batch.js";
import { CopyDetector } from "./copies.js";
import { hashTupleKey, IS_VERSION_6, KEY_WORDS, readTupleKey, TUPLE_SEED } from "./tuple-key.js";

/** Another hash than the flow table's, which differs from run to run: which copies are found must not. */
const COPY_SEED = 0x5bd1e995;

/**
 * Finds out what can be told of a segment before its flow is known: its tuple, with the hash under which the flow table
 * looks for it, and whether the capture recorded it before. So another thread may do it, ahead of FlowTable.track.
 */
export class SegmentMarker {
  readonly #seed: number;
  readonly #copies = new CopyDetector();
  readonly #key = new Uint32Array(KEY_WORDS);

  /** `seed`: that of the thread whose flow table takes the segments. */
  constructor(seed = TUPLE_SEED) {
    this.#seed = seed;
  }

  /**
   * Fills the columns `tupleHash`, `lowerAddress`, `higherAddress`, `tuplePorts`, `tupleOrder` and `isCopy`, and
   * `firstCopy` and `distantCopies`; does nothing to a batch that has them. Batches of one stream come in the order of capture.
   */
  mark(batch: SegmentBatch): void {
    if (batch.isMarked) return;
    const key = this.#key;
    const copies = this.#copies;
    batch.firstCopy = null;
    batch.distantCopies = 0;
    for (let row = 0; row < batch.length; row++) {
      const order = readTupleKey(batch, row, key);
      const hash = hashTupleKey(key, this.#seed);
      batch.tupleHash[row] = hash;
      batch.lowerAddress[row] = key[0]!;
      batch.higherAddress[row] = key[4]!;
      batch.tuplePorts[row] = key[8]!;
      batch.tupleOrder[row] = order | (key[9]! & 1 ? IS_VERSION_6 : 0);
      // A copy may be wrapped in something else: recorded before and behind a tunnel's or a VLAN's interface.
      key[9] = key[9]! & 1;
      batch.isCopy[row] = copies.whereSeen(batch, row, hashTupleKey(key, COPY_SEED), order);
    }
    batch.isMarked = true;
  }
}
