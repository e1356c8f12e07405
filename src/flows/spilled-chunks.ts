import { ChunkFile } from "./chunk-file.js";
import { RecordPacker } from "./pack-records.js";

/** Room for a packed chunk, as a share of a whole one. */
const PACKED_SHARES = [1 / 4, 1 / 2];

/**
 * Chunks of records in temporary files, by index: packed where most of their fields are 0, else as they are. Throws AnalyzeError
 * DATABASE_WRITE when the temporary folder cannot be written.
 */
export class SpilledChunks {
  readonly #recordWords: number;
  readonly #packer: RecordPacker;
  /** For packed chunks, by the room that each has, least first; whole ones lie in the last. */
  readonly #files: readonly ChunkFile[];
  readonly #whole: ChunkFile;
  /** Octets of the chunks that are packed. */
  readonly #packedBytes = new Map<number, number>();
  readonly #packed: Uint32Array;

  /** `records` in a chunk, of `recordWords` 64-bit words each. */
  constructor(records: number, recordWords: number) {
    const chunkBytes = records * recordWords * 8;
    const roomOf = (share: number): number => Math.floor((chunkBytes * share) / 8) * 8;
    this.#recordWords = recordWords;
    this.#whole = new ChunkFile(chunkBytes);
    this.#files = [...PACKED_SHARES.map((share) => new ChunkFile(roomOf(share))), this.#whole];
    const mostBytes = roomOf(PACKED_SHARES.at(-1)!);
    this.#packer = new RecordPacker(records, recordWords, mostBytes);
    this.#packed = new Uint32Array(mostBytes / 4);
  }

  /** Octets that the files have room for. */
  get roomBytes(): number {
    return this.#files.reduce((sum, file) => sum + file.places * file.chunkBytes, 0);
  }

  /** Writes chunk `index`. */
  write(index: number, chunk: Uint32Array): void {
    const packed = this.#packer.pack(chunk);
    const bytes = packed ?? new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const file = this.#files.find(({ chunkBytes }) => bytes.length <= chunkBytes)!;
    for (const other of this.#files) if (other !== file) other.leave(index);
    if (packed === null) this.#packedBytes.delete(index);
    else this.#packedBytes.set(index, packed.length);
    file.write(index, bytes);
  }

  /** Fills `chunk` with what was written of chunk `index`. */
  read(index: number, chunk: Uint32Array): void {
    const length = this.#packedBytes.get(index);
    if (length === undefined) {
      this.#whole.read(index, new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      return;
    }
    this.#readPacked(index, 0, length);
    this.#packer.unpack(this.#packed, chunk);
  }

  /** Fills `target`, the room of a record, with record `record` of chunk `index`. */
  readRecord(index: number, record: number, target: Uint32Array): void {
    const length = this.#packedBytes.get(index);
    if (length === undefined) {
      const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
      this.#whole.read(index, bytes, record * this.#recordWords * 8);
      return;
    }
    this.#readPacked(index, record * 4, 4);
    const from = this.#packed[0]! * 4;
    // The longest record; the last one may be followed by less.
    this.#readPacked(index, from, Math.min(length - from, this.#packer.longestBytes));
    target.fill(0);
    this.#packer.unpackRecord(this.#packed, 0, target, 0);
  }

  /** Chunk `index` is not needed there any longer: others may lie in its place. */
  leave(index: number): void {
    for (const file of this.#files) file.leave(index);
    this.#packedBytes.delete(index);
  }

  close(): void {
    for (const file of this.#files) file.close();
  }

  /** Fills the beginning of `#packed` with `length` octets of the packed chunk `index`. */
  #readPacked(index: number, from: number, length: number): void {
    const file = this.#files.find((each) => each.has(index));
    if (file === undefined) throw new Error(`chunk ${index} was never written`);
    file.read(index, new Uint8Array(this.#packed.buffer, 0, length), from);
  }
}
