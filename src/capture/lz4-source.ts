import type { ByteSource } from "./byte-source.js";
import { ByteWindow } from "./byte-window.js";
import { decodeLz4Block } from "./lz4-block.js";

export const LZ4_FRAME_MAGIC = 0x184d2204;
export const LZ4_LEGACY_MAGIC = 0x184c2102;
/** 16 magic numbers that differ in the last four bits. */
const SKIPPABLE_MAGIC = 0x184d2a50;
const SKIPPABLE_MASK = 0xfffffff0;

/** How far back a match may reach. */
const HISTORY_BYTES = 64 * 1024;
const LEGACY_BLOCK_BYTES = 8 * 1024 * 1024;
/** Room for what stands between blocks, and for a read behind it. */
const BETWEEN_BLOCKS_BYTES = 64 * 1024;
const LARGEST_BLOCK_BYTES = 4 * 1024 * 1024;

const FLAG_VERSION = 0xc0;
const VERSION_1 = 0x40;
const FLAG_BLOCK_CHECKSUM = 0x10;
const FLAG_CONTENT_SIZE = 0x08;
const FLAG_CONTENT_CHECKSUM = 0x04;
const FLAG_DICTIONARY = 0x01;
const UNCOMPRESSED = 0x80000000;

const CUT = "ends in the middle of its lz4 data";
const DAMAGED = "holds damaged lz4 data";

/**
 * LZ4 frames, also the legacy ones, one behind the other (LZ4 frame format 1.6). Checksums are passed over: an octet
 * changed within a frame shows in the capture itself. Frames that need a dictionary are not readable.
 */
export class Lz4Source implements ByteSource {
  damage: string | null = null;
  readonly #source: ByteSource;
  #window: ByteWindow;
  /** History, then the block; octets `#takenAt` to `#outputEnd` are still to be delivered. */
  #output = new Uint8Array(0);
  #outputEnd = 0;
  #takenAt = 0;
  /** "frame" and "legacy": a block comes next; "none": a magic number. */
  #state: "none" | "frame" | "legacy" | "over" = "none";
  #blockBytes = 0;
  /** The longest that a block's compressed octets can be. */
  #maxInputBytes = 0;
  #flags = 0;

  constructor(source: ByteSource) {
    this.#source = source;
    this.#window = new ByteWindow(source, BETWEEN_BLOCKS_BYTES);
  }

  get bytesRead(): number {
    return this.#source.bytesRead;
  }

  get bytesTotal(): number | null {
    return this.#source.bytesTotal;
  }

  async read(target: Uint8Array, at: number): Promise<number> {
    while (this.#takenAt === this.#outputEnd && this.#state !== "over") {
      const damage =
        this.#state === "none" ? await this.#frameHeader() : await this.#block(this.#state === "legacy");
      if (damage === null) continue;
      this.#state = "over";
      this.damage = this.#source.damage ?? damage;
    }
    const count = Math.min(this.#outputEnd - this.#takenAt, target.length - at);
    target.set(this.#output.subarray(this.#takenAt, this.#takenAt + count), at);
    this.#takenAt += count;
    return count;
  }

  async close(): Promise<void> {
    this.#state = "over";
    await this.#source.close();
  }

  /** Reads what stands between frames. Returns the damage, null when there is none. */
  async #frameHeader(): Promise<string | null> {
    const window = this.#window;
    if (!(await window.fill(4))) return this.#end();
    const magic = window.view.getUint32(window.start, true);
    if ((magic & SKIPPABLE_MASK) >>> 0 === SKIPPABLE_MAGIC) {
      if (!(await window.fill(8))) return CUT;
      const bytes = window.view.getUint32(window.start + 4, true);
      window.start += 8;
      return this.#pass(bytes);
    }
    if (magic === LZ4_LEGACY_MAGIC) {
      window.start += 4;
      this.#begin("legacy", LEGACY_BLOCK_BYTES);
      return null;
    }
    if (magic !== LZ4_FRAME_MAGIC) return DAMAGED;
    if (!(await window.fill(7))) return CUT;
    this.#flags = window.bytes[window.start + 4]!;
    const sizeCode = (window.bytes[window.start + 5]! >> 4) & 7;
    if ((this.#flags & FLAG_VERSION) !== VERSION_1 || sizeCode < 4) return DAMAGED;
    if (this.#flags & FLAG_DICTIONARY) return "needs an lz4 dictionary";
    const headerBytes = 7 + (this.#flags & FLAG_CONTENT_SIZE ? 8 : 0);
    if (!(await window.fill(headerBytes))) return CUT;
    window.start += headerBytes;
    // 4: 64 KiB, 5: 256 KiB, 6: 1 MiB, 7: 4 MiB.
    this.#begin("frame", LARGEST_BLOCK_BYTES >> (2 * (7 - sizeCode)));
    return null;
  }

  #begin(state: "frame" | "legacy", blockBytes: number): void {
    this.#state = state;
    this.#blockBytes = blockBytes;
    // A legacy block that does not compress grows: by an octet for each 255 literals, and a little.
    this.#maxInputBytes = state === "legacy" ? blockBytes + Math.ceil(blockBytes / 255) + 16 : blockBytes;
    this.#window = this.#window.enlarged(this.#maxInputBytes + BETWEEN_BLOCKS_BYTES);
    if (this.#output.length < HISTORY_BYTES + blockBytes)
      this.#output = new Uint8Array(HISTORY_BYTES + blockBytes);
    this.#outputEnd = 0;
    this.#takenAt = 0;
  }

  /** Reads one block, or the end of the frame. Returns the damage, null when there is none. */
  async #block(isLegacy: boolean): Promise<string | null> {
    const window = this.#window;
    if (!(await window.fill(4))) return isLegacy ? this.#end() : CUT;
    const size = window.view.getUint32(window.start, true);
    if (isLegacy && isMagic(size)) {
      this.#state = "none";
      return null;
    }
    window.start += 4;
    if (!isLegacy && size === 0) {
      this.#state = "none";
      return this.#pass(this.#flags & FLAG_CONTENT_CHECKSUM ? 4 : 0);
    }
    const isStored = !isLegacy && size >= UNCOMPRESSED;
    const bytes = isStored ? size - UNCOMPRESSED : size;
    if (bytes > this.#maxInputBytes) return DAMAGED;
    const isWhole = await window.fill(bytes);
    const end = isWhole ? window.start + bytes : window.end;
    const isSound = this.#decode(end, isStored);
    window.start = end;
    if (!isWhole) return CUT;
    if (!isSound) return DAMAGED;
    return this.#pass(!isLegacy && this.#flags & FLAG_BLOCK_CHECKSUM ? 4 : 0);
  }

  /** Decodes the window's octets up to `end` behind the history they may refer to; false when they are damaged. */
  #decode(end: number, isStored: boolean): boolean {
    const { bytes, start } = this.#window;
    const historyBytes = Math.min(HISTORY_BYTES, this.#outputEnd);
    this.#output.copyWithin(0, this.#outputEnd - historyBytes, this.#outputEnd);
    this.#takenAt = historyBytes;
    if (isStored) {
      this.#output.set(bytes.subarray(start, end), historyBytes);
      this.#outputEnd = historyBytes + end - start;
      return true;
    }
    const limit = historyBytes + this.#blockBytes;
    const decoded = decodeLz4Block(bytes, start, end, this.#output, historyBytes, limit);
    this.#outputEnd = decoded < 0 ? ~decoded : decoded;
    return decoded >= 0;
  }

  /** Passes over octets without keeping them. Returns the damage when the input ends before. */
  async #pass(bytes: number): Promise<string | null> {
    const window = this.#window;
    let leftBytes = bytes;
    while (leftBytes > 0) {
      if (window.end === window.start && !(await window.fill(1))) return CUT;
      const count = Math.min(leftBytes, window.end - window.start);
      window.start += count;
      leftBytes -= count;
    }
    return null;
  }

  /** The input ended where it may; any octets left over are the beginning of something cut. */
  #end(): string | null {
    this.#state = "over";
    return this.#window.end === this.#window.start ? this.#source.damage : CUT;
  }
}

function isMagic(value: number): boolean {
  return (
    value === LZ4_FRAME_MAGIC ||
    value === LZ4_LEGACY_MAGIC ||
    (value & SKIPPABLE_MASK) >>> 0 === SKIPPABLE_MAGIC
  );
}
