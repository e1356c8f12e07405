import { RecordBlock } from "../sqlite-file/record-block.js";
import type { RecordSink } from "../sqlite-file/table-writer.js";

/** Blocks below what malloc takes from the system and gives back each time (M_MMAP_THRESHOLD, 128 KiB): that costs page faults. */
const BLOCK_BYTES = 1 << 15;

/** Records of rows on their way to the thread that writes: numbers and texts as octets, for objects would have to be cloned. */
export class LiveRecords {
  #blocks: Uint8Array<ArrayBuffer>[] = [];
  readonly #block = new RecordBlock(
    (bytes, lengthBytes) => this.#blocks.push(bytes.slice(0, lengthBytes)),
    BLOCK_BYTES,
  );

  /** Where rows are appended; their ids may come in any order. */
  get sink(): RecordSink {
    return this.#block;
  }

  /** What was appended since the last time, as blocks of RecordBlock. */
  take(): Uint8Array<ArrayBuffer>[] {
    this.#block.handOn();
    const blocks = this.#blocks;
    this.#blocks = [];
    return blocks;
  }
}
