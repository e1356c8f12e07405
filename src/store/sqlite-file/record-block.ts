import type { RecordSink } from "./table-writer.js";

/** Octets gathered before they are handed on. */
export const BLOCK_BYTES = 1 << 18;
/** In front of each record stand its length and its row's id. */
const LENGTH_BYTES = 2;
const HEAD_BYTES = LENGTH_BYTES + 8;
const MAX_RECORD_BYTES = 0xffff;
/** A value may be written with a wider store than it takes. */
const SLACK_BYTES = 8;

/** Takes the first `lengthBytes` octets of a block, whose memory is written over afterwards. */
export type BlockTaker = (bytes: Uint8Array, lengthBytes: number) => void;

/** Takes a record: it stands from `at` to `end` in the block. */
export type RecordTaker = (rowid: number, at: number, end: number) => void;

/** Records of a table whose pages cannot be written yet, gathered in memory and handed on in whole blocks. */
export class RecordBlock implements RecordSink {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #blockBytes: number;
  readonly #take: BlockTaker;
  #end = 0;
  #recordAt = 0;
  #rowid = 0;
  #lastRowid = 0;

  /** `take` gets a block as soon as it has `blockBytes` octets or more. */
  constructor(take: BlockTaker, blockBytes = BLOCK_BYTES) {
    this.#take = take;
    this.#blockBytes = blockBytes;
    this.bytes = new Uint8Array(blockBytes + HEAD_BYTES + MAX_RECORD_BYTES + SLACK_BYTES);
    this.#view = new DataView(this.bytes.buffer);
  }

  get lastRowid(): number {
    return this.#lastRowid;
  }

  /** Octets that were not handed on. */
  get lengthBytes(): number {
    return this.#end;
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
    if (this.#end >= this.#blockBytes) this.handOn();
  }

  /** Hands on what is there, unless there is nothing. */
  handOn(): void {
    if (this.#end > 0) this.#take(this.bytes, this.#end);
    this.#end = 0;
  }
}

/** Gives the records of a block, in the order in which they were added. */
export function eachRecord(block: Uint8Array, use: RecordTaker): void {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  for (let at = 0; at < block.length; ) {
    const recordAt = at + HEAD_BYTES;
    const end = recordAt + view.getUint16(at);
    use(view.getFloat64(at + LENGTH_BYTES), recordAt, end);
    at = end;
  }
}
