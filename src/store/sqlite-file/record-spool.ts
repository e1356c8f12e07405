import type { WriteFunction } from "./page-file.js";
import { eachRecord, RecordBlock } from "./record-block.js";
import { ScratchFile } from "./scratch-file.js";
import { copyRecord, type RecordSink, type TableWriter } from "./table-writer.js";

/** What tests change. */
export interface RecordSpoolOptions {
  readonly blockBytes?: number;
  readonly write?: WriteFunction;
}

/** Keeps the records of a table whose pages cannot be written yet, in order and in bounded memory. */
export class RecordSpool implements RecordSink {
  readonly bytes: Uint8Array;
  readonly #block: RecordBlock;
  readonly #file: ScratchFile;
  /** Octets of each block in the file, which begins where the one before ends. */
  readonly #blocks: number[] = [];
  #spilledBytes = 0;

  /** `path` is the scratch file's; it is made when a first block is full. */
  constructor(path: string, options: RecordSpoolOptions = {}) {
    this.#file = new ScratchFile(path, options.write);
    this.#block = new RecordBlock(
      (bytes, lengthBytes) => this.#spill(bytes, lengthBytes),
      options.blockBytes,
    );
    this.bytes = this.#block.bytes;
  }

  get lastRowid(): number {
    return this.#block.lastRowid;
  }

  begin(rowid: number): number {
    return this.#block.begin(rowid);
  }

  end(recordEnd: number): void {
    this.#block.end(recordEnd);
  }

  /** Moves all records to the end of `table`; nothing may be added afterwards. */
  drainTo(table: TableWriter): void {
    if (this.#file.exists) this.#block.handOn();
    else this.#append(table, this.#block.lengthBytes);
    let fileAt = 0;
    for (const lengthBytes of this.#blocks) {
      this.#file.read(this.bytes, lengthBytes, fileAt);
      this.#append(table, lengthBytes);
      fileAt += lengthBytes;
    }
  }

  /** Removes the scratch file; safe to call at any time and twice. */
  close(): void {
    this.#file.close();
  }

  #append(table: TableWriter, lengthBytes: number): void {
    const { bytes } = this;
    eachRecord(bytes.subarray(0, lengthBytes), (rowid, at, end) => copyRecord(table, rowid, bytes, at, end));
  }

  #spill(bytes: Uint8Array, lengthBytes: number): void {
    this.#file.write(bytes, lengthBytes, this.#spilledBytes);
    this.#blocks.push(lengthBytes);
    this.#spilledBytes += lengthBytes;
  }
}
