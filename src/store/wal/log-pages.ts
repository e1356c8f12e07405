import { closeSync, openSync } from "node:fs";
import { putUnsigned32BigEndian, readUnsigned32BigEndian } from "../sqlite-file/big-endian.js";
import { LOCK_BYTE_AT } from "../sqlite-file/page-file.js";
import { LogFile } from "./log-file.js";
import { LogIndex } from "./log-index.js";
import { readWhole } from "./read-whole.js";

/** Places in the database header. https://www.sqlite.org/fileformat2.html section 1.3 */
const PAGE_COUNT_AT = 28;
const FIRST_TRUNK_AT = 32;
const FREE_PAGES_AT = 36;
const RESERVED_BYTES_AT = 20;
const VACUUM_ROOT_AT = 52;
/** Places in a trunk page of the freelist: the next one, how many leaves it names, and these. Section 1.5. */
const NEXT_TRUNK_AT = 0;
const LEAVES_AT = 4;
const LEAF_AT = 8;
/** Pages that stay in memory between transactions, most of which the next one changes again. */
const CACHED_PAGES = 4096;
const HEADER_PAGE = 1;

/**
 * The pages of a database in WAL mode, for one who changes some of its b-trees without SQLite: in a transaction of his own,
 * which goes to the end of the write-ahead log. In between SQLite may write the rest. A page that is read must not be
 * changed; one that is written is a new one. https://www.sqlite.org/walformat.html
 */
export class LogPages {
  readonly pageSize: number;
  readonly #index: LogIndex;
  readonly #log: LogFile;
  readonly #fd: number;
  readonly #lockBytePage: number;
  /** As of the last transaction; those written last stand last. */
  readonly #cache = new Map<number, Uint8Array>();
  /** Written in this transaction; pages of the freelist, which SQLite changes in between, for themselves. */
  readonly #written = new Map<number, Uint8Array>();
  readonly #trunks = new Map<number, Uint8Array>();
  /** What the frames of this transaction hold so far. */
  readonly #appended: number[] = [];
  #header: Uint8Array = new Uint8Array(0);
  #pageCount = 0;

  /** `database` is open in WAL mode and has been read; it stays open until `close` has been called. */
  constructor(database: string, pageSize: number) {
    this.pageSize = pageSize;
    this.#index = new LogIndex(database);
    this.#log = new LogFile(database, pageSize);
    this.#fd = openSync(database, "r");
    this.#lockBytePage = LOCK_BYTE_AT / pageSize + 1;
  }

  /** How many transactions there have been, by anyone; frames that the log has. As of `begin`. */
  get change(): number {
    return this.#index.change;
  }

  get frames(): number {
    return this.#index.maxFrame;
  }

  /** Pages are used to their end, and none tells where others belong, as in a database that vacuums itself. As of `begin`. */
  get isPlain(): boolean {
    return (
      this.#header[RESERVED_BYTES_AT] === 0 && readUnsigned32BigEndian(this.#header, VACUUM_ROOT_AT) === 0
    );
  }

  /**
   * Begins a transaction: between `BEGIN IMMEDIATE` and `COMMIT` of a connection that does nothing itself in between. Where
   * the log has no `frames` there is none: only SQLite begins a log.
   */
  begin(): void {
    this.#index.read();
    this.#written.clear();
    this.#trunks.clear();
    this.#appended.length = 0;
    if (this.frames === 0) return;
    this.#log.begin(this.#index);
    this.#pageCount = this.#index.pageCount;
    this.#header = this.#load(HEADER_PAGE);
  }

  /** Forgets what pages were like: somebody else may have changed them. */
  forget(): void {
    this.#cache.clear();
  }

  /** The octets of page `page`. Throws RangeError where the database has none of that number. */
  read(page: number): Uint8Array {
    const known = this.#written.get(page) ?? this.#cache.get(page);
    if (known !== undefined) return known;
    if (!(page >= 1 && page <= this.#pageCount)) throw new RangeError(`page ${page} of ${this.#pageCount}`);
    const bytes = this.#load(page);
    this.#cache.set(page, bytes);
    return bytes;
  }

  /** A page that nobody uses, from the freelist or at the end. */
  reserve(): number {
    const free = readUnsigned32BigEndian(this.#header, FREE_PAGES_AT);
    if (free > 0) return this.#takeFree(free);
    this.#pageCount++;
    if (this.#pageCount === this.#lockBytePage) this.#pageCount++;
    return this.#pageCount;
  }

  /** Puts `bytes`, which are not changed afterwards, in the place of page `page`. */
  overwrite(page: number, bytes: Uint8Array): void {
    this.#written.set(page, bytes);
  }

  /** Writes `bytes` to a page that nobody uses, and returns its number. It is not read back soon. */
  append(bytes: Uint8Array): number {
    const page = this.reserve();
    this.#appendFrame(page, bytes, 0);
    return page;
  }

  /** Makes all of it visible to readers. What fails before that leaves the database as it was; `begin` may follow. */
  commit(): void {
    for (const pages of [this.#written, this.#trunks])
      for (const [page, bytes] of pages) this.#appendFrame(page, bytes, 0);
    putUnsigned32BigEndian(this.#header, PAGE_COUNT_AT, this.#pageCount);
    this.#appendFrame(HEADER_PAGE, this.#header, this.#pageCount);
    this.#log.flush();
    this.#index.publish(this.#appended, this.#log.checksum, this.#pageCount);
    this.#remember();
  }

  /** Only when no connection of this process has the database open any more: closing files lets go of all its locks on them. */
  close(): void {
    closeSync(this.#fd);
    this.#log.close();
    this.#index.close();
  }

  #remember(): void {
    for (const [page, bytes] of this.#written) {
      this.#cache.delete(page);
      this.#cache.set(page, bytes);
    }
    for (const page of this.#cache.keys()) {
      if (this.#cache.size <= CACHED_PAGES) break;
      this.#cache.delete(page);
    }
  }

  #load(page: number): Uint8Array {
    const bytes = new Uint8Array(this.pageSize);
    const frame = this.#index.frameOf(page);
    if (frame > 0) this.#log.read(frame, bytes);
    else readWhole(this.#fd, bytes, (page - 1) * this.pageSize);
    return bytes;
  }

  #appendFrame(page: number, bytes: Uint8Array, pageCount: number): void {
    this.#log.append(page, bytes, pageCount);
    this.#appended.push(page);
  }

  /** The last leaf that the first trunk names, or that trunk itself. `free`: pages of the freelist. */
  #takeFree(free: number): number {
    const trunkPage = readUnsigned32BigEndian(this.#header, FIRST_TRUNK_AT);
    const trunk = this.#trunks.get(trunkPage) ?? this.#load(trunkPage);
    const leaves = readUnsigned32BigEndian(trunk, LEAVES_AT);
    putUnsigned32BigEndian(this.#header, FREE_PAGES_AT, free - 1);
    if (leaves === 0) {
      putUnsigned32BigEndian(this.#header, FIRST_TRUNK_AT, readUnsigned32BigEndian(trunk, NEXT_TRUNK_AT));
      // Whoever takes it writes it.
      this.#trunks.delete(trunkPage);
      return trunkPage;
    }
    putUnsigned32BigEndian(trunk, LEAVES_AT, leaves - 1);
    this.#trunks.set(trunkPage, trunk);
    return readUnsigned32BigEndian(trunk, LEAF_AT + 4 * (leaves - 1));
  }
}
