import { closeSync, openSync, writeSync } from "node:fs";
import { putUnsigned32BigEndian } from "../sqlite-file/big-endian.js";
import { LogChecksum } from "./log-checksum.js";
import type { LogIndex } from "./log-index.js";
import { readWhole } from "./read-whole.js";

/** Headers of the log and of a frame. https://www.sqlite.org/walformat.html section 1 */
const LOG_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const PAGE_COUNT_AT = 4;
const SALTS_AT = 8;
const CHECKSUM_AT = 16;
/** The part of a frame's header that its checksum covers, in words. */
const SUMMED_WORDS = 2;
/** Frames gathered before they are written. */
const BUFFERED_FRAMES = 128;

/** The frames of a write-ahead log, `-wal`: pages of the database as transactions left them. */
export class LogFile {
  readonly #pageSize: number;
  readonly #frameBytes: number;
  readonly #fd: number;
  readonly #buffer: Uint8Array;
  readonly #words: Int32Array;
  #buffered = 0;
  /** Where the next frames go. */
  #position = 0;
  readonly checksum = new LogChecksum();
  #salts = new Uint8Array(8);

  /** `database` is open in WAL mode, and stays so until `close` has been called. */
  constructor(database: string, pageSize: number) {
    this.#pageSize = pageSize;
    this.#frameBytes = FRAME_HEADER_BYTES + pageSize;
    this.#fd = openSync(`${database}-wal`, "r+");
    this.#buffer = new Uint8Array(BUFFERED_FRAMES * this.#frameBytes);
    this.#words = new Int32Array(this.#buffer.buffer);
  }

  /** Goes on behind the last frame that counts. */
  begin({ maxFrame, checksum, salts }: LogIndex): void {
    this.#buffered = 0;
    this.#position = this.#frameAt(maxFrame + 1);
    this.checksum.startAt(checksum.first, checksum.second);
    this.#salts = salts;
  }

  /** Appends page `page`; `pageCount` is the database's with a transaction's last frame, else 0. */
  append(page: number, bytes: Uint8Array, pageCount: number): void {
    if (this.#buffered === BUFFERED_FRAMES) this.flush();
    const start = this.#buffered++ * this.#frameBytes;
    const buffer = this.#buffer;
    putUnsigned32BigEndian(buffer, start, page);
    putUnsigned32BigEndian(buffer, start + PAGE_COUNT_AT, pageCount);
    buffer.set(this.#salts, start + SALTS_AT);
    buffer.set(bytes, start + FRAME_HEADER_BYTES);
    const checksum = this.checksum;
    const word = start >> 2;
    checksum.add(this.#words, word, word + SUMMED_WORDS);
    const content = word + (FRAME_HEADER_BYTES >> 2);
    checksum.add(this.#words, content, content + (this.#pageSize >> 2));
    putUnsigned32BigEndian(buffer, start + CHECKSUM_AT, checksum.first);
    putUnsigned32BigEndian(buffer, start + CHECKSUM_AT + 4, checksum.second);
  }

  /** Writes what is buffered. Nobody reads it before the index says that it counts. */
  flush(): void {
    const length = this.#buffered * this.#frameBytes;
    for (let done = 0; done < length; )
      done += writeSync(this.#fd, this.#buffer, done, length - done, this.#position + done);
    this.#position += length;
    this.#buffered = 0;
  }

  /** Reads the page of frame `frame` into `page`. */
  read(frame: number, page: Uint8Array): void {
    readWhole(this.#fd, page, this.#frameAt(frame) + FRAME_HEADER_BYTES);
  }

  close(): void {
    closeSync(this.#fd);
  }

  #frameAt(frame: number): number {
    return LOG_HEADER_BYTES + (frame - 1) * this.#frameBytes;
  }
}
