import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { putUnsigned32BigEndian, readUnsigned32BigEndian } from "./big-endian.js";

/** Octets gathered before they are written, a multiple of every page size; 64 KiB to 4 MiB measured the same. */
export const WRITE_BYTES = 1 << 20;
/** Offset of the octet that SQLite locks: the page that holds it is never used. File format, section 1.4. */
export const LOCK_BYTE_AT = 0x40000000;

/** Fields of the database header, section 1.3. */
const HEADER_BYTES = 100;
const PAGE_SIZE_AT = 16;
const CHANGE_COUNTER_AT = 24;
const PAGE_COUNT_AT = 28;
const VERSION_VALID_FOR_AT = 92;

/** The part of node:fs that writes; a test puts a full disk in its place. */
export type WriteFunction = (
  fd: number,
  bytes: Uint8Array,
  offset: number,
  length: number,
  position: number,
) => number;

export interface PageFileOptions {
  /** Memory of WRITE_BYTES that no other PageFile uses meanwhile. */
  readonly buffer?: Uint8Array;
  /** For tests, like the next one; real files are as SQLite makes them. */
  readonly write?: WriteFunction;
  /** Offset of the lock byte; a multiple of the page size. */
  readonly lockByteAt?: number;
}

/**
 * An SQLite database that grows at its end by whole pages. It must exist, be closed everywhere else, and have no free
 * pages. One may write to it after the other, also from another thread: `handOver` and `takeOver`.
 * https://www.sqlite.org/fileformat2.html
 */
export class PageFile {
  readonly pageSize: number;
  /** Pages not yet written. */
  readonly buffer: Uint8Array;
  readonly #fd: number;
  readonly #write: WriteFunction;
  readonly #lockBytePage: number;
  readonly #header = new Uint8Array(HEADER_BYTES);
  #pageCount: number;
  /** Number of the page at offset 0 of `buffer`, and octets of `buffer` in use. */
  #bufferedFrom: number;
  #bufferedBytes = 0;
  #isOpen = true;

  constructor(path: string, options: PageFileOptions = {}) {
    this.#fd = openSync(path, "r+");
    readSync(this.#fd, this.#header, 0, HEADER_BYTES, 0);
    const pageSize = (this.#header[PAGE_SIZE_AT]! << 8) | this.#header[PAGE_SIZE_AT + 1]!;
    this.pageSize = pageSize === 1 ? 65536 : pageSize;
    this.#pageCount = readUnsigned32BigEndian(this.#header, PAGE_COUNT_AT);
    this.#bufferedFrom = this.#pageCount + 1;
    this.buffer = options.buffer ?? new Uint8Array(WRITE_BYTES);
    this.#write = options.write ?? writeSync;
    this.#lockBytePage = Math.floor((options.lockByteAt ?? LOCK_BYTE_AT) / this.pageSize) + 1;
  }

  /** Pages of the database, those in `buffer` included. */
  get pageCount(): number {
    return this.#pageCount;
  }

  /** Offset in `buffer` of the page allocated last; valid until the next is. */
  get allocatedAt(): number {
    return this.#bufferedBytes - this.pageSize;
  }

  /** Adds a page and returns its number; the caller fills `pageSize` octets of `buffer` from `allocatedAt` on. */
  allocate(): number {
    if (this.#bufferedBytes + this.pageSize > this.buffer.length) this.flush();
    if (this.#pageCount + 1 === this.#lockBytePage) {
      this.flush();
      // Left as a hole: SQLite neither reads nor writes it.
      this.#pageCount++;
      this.#bufferedFrom = this.#pageCount + 1;
    }
    this.#bufferedBytes += this.pageSize;
    return ++this.#pageCount;
  }

  /** Replaces a page that SQLite itself made. */
  overwrite(pageNumber: number, page: Uint8Array): void {
    this.#writeAll(page, this.pageSize, (pageNumber - 1) * this.pageSize);
  }

  /** Writes what is buffered. */
  flush(): void {
    if (this.#bufferedBytes > 0) {
      this.#writeAll(this.buffer, this.#bufferedBytes, (this.#bufferedFrom - 1) * this.pageSize);
    }
    this.#bufferedFrom = this.#pageCount + 1;
    this.#bufferedBytes = 0;
  }

  /** Writes what is buffered and returns the page count, from which another PageFile of the same database goes on. */
  handOver(): number {
    this.flush();
    return this.#pageCount;
  }

  /** Goes on behind `pageCount` pages, which another PageFile has handed over; nothing is buffered here. */
  takeOver(pageCount: number): void {
    if (this.#bufferedBytes > 0) throw new Error("pages are buffered that were not handed over");
    this.#pageCount = pageCount;
    this.#bufferedFrom = pageCount + 1;
  }

  /** Writes the rest and a header that SQLite trusts: its page count holds when both counters are equal. Section 1.3.7. */
  finish(): void {
    this.flush();
    const changes = readUnsigned32BigEndian(this.#header, CHANGE_COUNTER_AT) + 1;
    putUnsigned32BigEndian(this.#header, CHANGE_COUNTER_AT, changes);
    putUnsigned32BigEndian(this.#header, VERSION_VALID_FOR_AT, changes);
    putUnsigned32BigEndian(this.#header, PAGE_COUNT_AT, this.#pageCount);
    this.#writeAll(this.#header, HEADER_BYTES, 0);
    this.close();
  }

  /** Safe to call twice; without `finish` the database is not valid. */
  close(): void {
    if (this.#isOpen) closeSync(this.#fd);
    this.#isOpen = false;
  }

  #writeAll(bytes: Uint8Array, length: number, position: number): void {
    // A disk that fills up may take a part first and refuse only the next write.
    for (let done = 0; done < length; )
      done += this.#write(this.#fd, bytes, done, length - done, position + done);
  }
}
