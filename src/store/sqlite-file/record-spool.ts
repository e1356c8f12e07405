import type { WriteFunction } from "./page-file.js";
import { ScratchFile } from "./scratch-file.js";
import type { RecordSink, TableWriter } from "./table-writer.js";
import { varintLength } from "./varint.js";

/** Octets gathered before they are written. */
const BLOCK_BYTES = 1 << 18;
/** In front of each record stand its length and its row's id. */
const LENGTH_BYTES = 2;
const HEAD_BYTES = LENGTH_BYTES + 8;
const MAX_RECORD_BYTES = 0xffff;
/** A value may be written with a wider store than it takes. */
const SLACK_BYTES = 8;

/** What tests change. */
export interface RecordSpoolOptions {
  readonly blockBytes?: number;
  readonly write?: WriteFunction;
}

/** Keeps the records of a table whose pages cannot be written yet, in order and in bounded memory. */
export class RecordSpool implements RecordSink {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #file: ScratchFile;
  readonly #blockBytes: number;
  /** Octets of each block in the file, which begins where the one before ends. */
  readonly #blocks: number[] = [];
  #spilledBytes = 0;
  #end = 0;
  #recordAt = 0;
  #rowid = 0;
  #lastRowid = 0;

  /** `path` is the scratch file's; it is made when a first block is full. */
  constructor(path: string, options: RecordSpoolOptions = {}) {
    this.#file = new ScratchFile(path, options.write);
    this.#blockBytes = options.blockBytes ?? BLOCK_BYTES;
    this.bytes = new Uint8Array(this.#blockBytes + HEAD_BYTES + MAX_RECORD_BYTES + SLACK_BYTES);
    this.#view = new DataView(this.bytes.buffer);
  }

  get lastRowid(): number {
    return this.#lastRowid;
  }

  begin(rowid: number): number {
    this.#rowid = rowid;
    this.#recordAt = this.#end + HEAD_BYTES;
    return this.#recordAt;
  }

  end(recordEnd: number): void {
    const length = recordEnd - this.#recordAt;
    if (length > MAX_RECORD_BYTES) throw new RangeError(`a record of ${length} octets`);
    this.#view.setUint16(this.#end, length);
    this.#view.setFloat64(this.#end + LENGTH_BYTES, this.#rowid);
    this.#end = recordEnd;
    this.#lastRowid = this.#rowid;
    if (this.#end >= this.#blockBytes) this.#spill();
  }

  /** Moves all records to the end of `table`; nothing may be added afterwards. */
  drainTo(table: TableWriter): void {
    if (this.#file.exists) this.#spill();
    else this.#append(table, this.#end);
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
    for (let at = 0; at < lengthBytes; ) {
      const recordAt = at + HEAD_BYTES;
      const rowid = this.#view.getFloat64(at + LENGTH_BYTES);
      const length = this.#view.getUint16(at);
      at = recordAt + length;
      const target = table.begin(rowid, varintLength(length));
      table.bytes.set(this.bytes.subarray(recordAt, at), target);
      table.end(target + length);
    }
  }

  #spill(): void {
    this.#file.write(this.bytes, this.#end, this.#spilledBytes);
    this.#blocks.push(this.#end);
    this.#spilledBytes += this.#end;
    this.#end = 0;
  }
}
