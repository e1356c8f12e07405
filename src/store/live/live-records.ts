import { BLOCK_BYTES, RecordBlock } from "../sqlite-file/record-block.js";
import type { RecordSink } from "../sqlite-file/table-writer.js";

/** Room of a block: a record may go beyond the octets at which it is full. */
const ROOM_BYTES = 2 * BLOCK_BYTES;

/**
 * Records of rows on their way to the thread that writes: numbers and texts as octets, for objects would have to be cloned. The
 * octets lie in memory that both threads see and that is used again: new memory costs a page fault for every 4096 of them.
 */
export class LiveRecords {
  /** One list is filled while the thread that writes reads the other. */
  readonly #memory: [SharedArrayBuffer[], SharedArrayBuffer[]] = [[], []];
  #filled: 0 | 1 = 0;
  #blocks: Uint8Array<SharedArrayBuffer>[] = [];
  readonly #block = new RecordBlock((bytes, lengthBytes) => this.#keep(bytes, lengthBytes));

  /** Where rows are appended; their ids may come in any order. */
  get sink(): RecordSink {
    return this.#block;
  }

  /**
   * What was appended since the last time, as blocks of RecordBlock; they stay as they are until it is called for the second
   * time from now, when what they were taken for must be done.
   */
  take(): Uint8Array<SharedArrayBuffer>[] {
    this.#block.handOn();
    const blocks = this.#blocks;
    this.#blocks = [];
    this.#filled = this.#filled === 0 ? 1 : 0;
    return blocks;
  }

  #keep(bytes: Uint8Array, lengthBytes: number): void {
    const memory = this.#memory[this.#filled];
    const index = this.#blocks.length;
    memory[index] ??= new SharedArrayBuffer(ROOM_BYTES);
    const block = new Uint8Array(memory[index], 0, lengthBytes);
    block.set(bytes.subarray(0, lengthBytes));
    this.#blocks.push(block);
  }
}
