import { closeSync, fstatSync, openSync, readSync, writeSync } from "node:fs";
import { endianness } from "node:os";
import { LogChecksum } from "./log-checksum.js";
import { readWhole } from "./read-whole.js";

/** Both copies of the header; behind them stands what checkpoints keep. https://www.sqlite.org/walformat.html section 2.2 */
const HEADER_BYTES = 48;
const HEADERS_BYTES = 2 * HEADER_BYTES;
const CHECKPOINT_BYTES = 40;
/** What the header's checksum covers, in words, and where it stands. */
const SUMMED_WORDS = 10;
/** Places in the header, in words. */
const VERSION = 0;
const CHANGE = 2;
const MAX_FRAME = 4;
const PAGE_COUNT = 5;
const FRAME_CHECKSUM = 6;
/** Places in octets. */
const IS_INITIALIZED_AT = 12;
const HAS_BIG_ENDIAN_SUMS_AT = 13;
const SALTS_AT = 32;
const KNOWN_VERSION = 3_007_000;

/** A block: page numbers of frames, then a hash table of their places among these, from 1 on. Section 2.2.3. */
const BLOCK_BYTES = 32_768;
const FRAMES = 4096;
const FIRST_FRAMES = FRAMES - (HEADERS_BYTES + CHECKPOINT_BYTES) / 4;
const TABLE_AT = FRAMES * 4;
const SLOTS = 8192;
const HASH_FACTOR = 383;

const IS_BIG_ENDIAN = endianness() === "BE";

/**
 * The index of a write-ahead log, `-shm`, which all who have the database open share. Used between `BEGIN IMMEDIATE` and
 * `COMMIT` of a connection that writes nothing itself: the lock on it is SQLite's, which sees that the index has changed
 * when it begins its next transaction, as if another process had written. https://www.sqlite.org/walformat.html section 2
 */
export class LogIndex {
  /** Counts transactions; frames that count, 0 for none; pages of the database. As of `read`. */
  change = 0;
  maxFrame = 0;
  pageCount = 0;
  /** The checksum of the last frame. */
  readonly checksum = new LogChecksum();
  /** What every frame of this log repeats. */
  readonly salts = new Uint8Array(8);
  readonly #fd: number;
  readonly #headers = new Uint8Array(HEADERS_BYTES);
  readonly #words = new Uint32Array(this.#headers.buffer);
  readonly #block = new Uint8Array(BLOCK_BYTES);
  readonly #pages = new Uint32Array(this.#block.buffer, 0, FRAMES);
  readonly #table = new Uint16Array(this.#block.buffer, TABLE_AT, SLOTS);

  /** `database` is open in WAL mode, and stays so until `close` has been called. */
  constructor(database: string) {
    this.#fd = openSync(`${database}-shm`, "r+");
  }

  /** Reads the header. Throws Error where it is none that we know: nothing has been changed then. */
  read(): void {
    readWhole(this.#fd, this.#headers, 0);
    const words = this.#words;
    const headers = this.#headers;
    const isKnown = words[VERSION] === KNOWN_VERSION && headers[IS_INITIALIZED_AT] === 1;
    const isNative = headers[HAS_BIG_ENDIAN_SUMS_AT] === (IS_BIG_ENDIAN ? 1 : 0);
    const isWhole = headers
      .subarray(0, HEADER_BYTES)
      .every((octet, at) => octet === headers[at + HEADER_BYTES]);
    if (!isKnown || !isNative || !isWhole)
      throw new Error("the index of the write-ahead log is none that can be written to");
    this.change = words[CHANGE]!;
    this.maxFrame = words[MAX_FRAME]!;
    this.pageCount = words[PAGE_COUNT]!;
    this.checksum.startAt(words[FRAME_CHECKSUM]!, words[FRAME_CHECKSUM + 1]!);
    this.salts.set(this.#headers.subarray(SALTS_AT, SALTS_AT + 8));
  }

  /** The last frame that holds page `page`; 0 when none does. */
  frameOf(page: number): number {
    for (let block = blockOf(this.maxFrame); block >= 0 && this.maxFrame > 0; block--) {
      this.#load(block);
      const before = framesBefore(block);
      let frame = 0;
      for (let slot = hash(page); this.#table[slot]! !== 0; slot = (slot + 1) % SLOTS) {
        const place = this.#table[slot]!;
        if (this.#pages[place - 1] === page && before + place <= this.maxFrame)
          frame = Math.max(frame, before + place);
      }
      if (frame > 0) return frame;
    }
    return 0;
  }

  /**
   * Makes the frames behind `maxFrame` count, which hold `pages`: readers see them from here on. `checksum` is the last
   * one's, and the database has `pageCount` pages then.
   */
  publish(pages: readonly number[], checksum: LogChecksum, pageCount: number): void {
    for (let done = 0; done < pages.length; ) done += this.#enter(pages, done);
    this.maxFrame += pages.length;
    const words = this.#words;
    words[CHANGE] = this.change = (this.change + 1) >>> 0;
    words[MAX_FRAME] = this.maxFrame;
    words[PAGE_COUNT] = this.pageCount = pageCount;
    words[FRAME_CHECKSUM] = checksum.first;
    words[FRAME_CHECKSUM + 1] = checksum.second;
    this.checksum.startAt(checksum.first, checksum.second);
    const own = new LogChecksum();
    own.add(new Int32Array(this.#headers.buffer), 0, SUMMED_WORDS);
    words[SUMMED_WORDS] = own.first;
    words[SUMMED_WORDS + 1] = own.second;
    // The second copy first: readers take the first, then the second, and try again where they differ.
    this.#write(this.#headers, 0, HEADER_BYTES, HEADER_BYTES);
    this.#write(this.#headers, 0, HEADER_BYTES, 0);
  }

  /** Only when no connection of this process needs its locks any more: closing the file lets go of them all. */
  close(): void {
    closeSync(this.#fd);
  }

  /** Enters those of `pages` from `from` on that belong to one block; returns how many. */
  #enter(pages: readonly number[], from: number): number {
    const first = this.maxFrame + from + 1;
    const block = blockOf(first);
    const place = first - framesBefore(block);
    const count = Math.min(pages.length - from, framesOf(block) - place + 1);
    this.#load(block);
    // What a transaction left that came to nothing.
    this.#pages.fill(0, place - 1);
    for (let slot = 0; slot < SLOTS; slot++) if (this.#table[slot]! >= place) this.#table[slot] = 0;
    for (let offset = 0; offset < count; offset++) {
      const page = pages[from + offset]!;
      let slot = hash(page);
      while (this.#table[slot] !== 0) slot = (slot + 1) % SLOTS;
      this.#pages[place - 1 + offset] = page;
      this.#table[slot] = place + offset;
    }
    const skipped = (place - 1) * 4;
    // Not what stands in front: there checkpoints and readers keep their marks.
    this.#write(this.#block, skipped, framesOf(block) * 4 - skipped, pagesAt(block) + skipped);
    this.#write(this.#block, TABLE_AT, SLOTS * 2, block * BLOCK_BYTES + TABLE_AT);
    if (place === 1) this.#completePair(block);
    return count;
  }

  /** Where the system's pages are larger than a block SQLite maps two blocks at a time, and needs both (unixShmRegionPerMap). */
  #completePair(block: number): void {
    const at = (block + 1) * BLOCK_BYTES;
    if (block % 2 === 0 && fstatSync(this.#fd).size < at + BLOCK_BYTES)
      this.#write(new Uint8Array(BLOCK_BYTES), 0, BLOCK_BYTES, at);
  }

  /** Reads a block; what is not there yet is 0. */
  #load(block: number): void {
    this.#block.fill(0);
    readSync(this.#fd, this.#block, 0, framesOf(block) * 4, pagesAt(block));
    readSync(this.#fd, this.#block, TABLE_AT, SLOTS * 2, block * BLOCK_BYTES + TABLE_AT);
  }

  #write(bytes: Uint8Array, from: number, length: number, position: number): void {
    for (let done = 0; done < length; )
      done += writeSync(this.#fd, bytes, from + done, length - done, position + done);
  }
}

function blockOf(frame: number): number {
  return frame <= FIRST_FRAMES ? 0 : 1 + Math.floor((frame - FIRST_FRAMES - 1) / FRAMES);
}

function framesBefore(block: number): number {
  return block === 0 ? 0 : FIRST_FRAMES + (block - 1) * FRAMES;
}

function framesOf(block: number): number {
  return block === 0 ? FIRST_FRAMES : FRAMES;
}

/** Where the page numbers of a block begin: in the first one behind the headers and what checkpoints keep. */
function pagesAt(block: number): number {
  return block * BLOCK_BYTES + (FRAMES - framesOf(block)) * 4;
}

function hash(page: number): number {
  return (page * HASH_FACTOR) % SLOTS;
}
