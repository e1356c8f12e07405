import { Absence } from "./absence.js";
import type { LiveFailure } from "./live-failure.js";
import type { FeedInterface } from "./live-feed.js";
import type { ResolvedLiveOptions } from "./live-options.js";
import type { LiveDrops } from "./live-source.js";
import { RecordScanner } from "./record-scanner.js";
import { TcpdumpProcess } from "./tcpdump-process.js";

const NONE = new Uint8Array(0);

/** One interface through all its interruptions, each ended by a tcpdump and begun by the next. */
export class TcpdumpLane {
  readonly name: string;
  /** Why it is given up; null while it is not. */
  end: string | null = null;
  /** Stopped, and all that was wanted has been taken. */
  isDone = false;
  readonly #options: ResolvedLiveOptions;
  readonly #note: (text: string) => void;
  readonly #wake: () => void;
  #process: TcpdumpProcess;
  #header: Uint8Array | null = null;
  #scanner: RecordScanner | null = null;
  #absence: Absence | null = null;
  /** Octets of a record that has not come whole. */
  #rest: Uint8Array = NONE;
  #isStopped = false;
  /** Counts of the processes that are gone. */
  readonly #earlier: LiveDrops[] = [];

  constructor(name: string, options: ResolvedLiveOptions, note: (text: string) => void, wake: () => void) {
    this.name = name;
    this.#options = options;
    this.#note = note;
    this.#wake = wake;
    this.#process = new TcpdumpProcess(name, options, wake);
  }

  get waitingBytes(): number {
    return this.#header === null ? 0 : this.#process.waitingBytes;
  }

  /** The interface when it is open, why it cannot be opened, or null when that is not yet known. */
  opened(): FeedInterface | LiveFailure | null {
    if (this.#header === null && !this.#begin())
      return this.#process.isEnded ? this.#process.failure(this.name, this.#options.filter) : null;
    return { name: this.name, header: this.#header!, snaplenBytes: this.#options.snaplenBytes };
  }

  /** Writes whole records into `target` from `start` on, as far as `limit`; where they end. */
  take(target: Uint8Array, start: number, limit: number): number {
    if (this.isDone || this.end !== null || !this.#isOpen()) return start;
    target.set(this.#rest, start);
    let filled = start + this.#rest.length;
    while (filled < limit) {
      const chunk = this.#process.take(limit - filled);
      if (chunk === null) break;
      target.set(chunk, filled);
      filled += chunk.length;
    }
    const end = this.#scanner!.scan(target, start, filled);
    this.#rest = end === filled ? NONE : target.slice(end, filled);
    if (this.#scanner!.isPast) this.isDone = true;
    else if (end === start && this.#process.isEnded) this.#lose();
    return end;
  }

  /** Looks at what changed meanwhile; to be called now and then. */
  retry(): void {
    if (this.#absence === null || this.end !== null) return;
    if (this.#process.isEnded && this.#absence.isDue()) {
      this.end = this.#absence.end();
      if (this.end === null) this.#process = new TcpdumpProcess(this.name, this.#options, this.#wake);
    }
  }

  /** As told by all its processes; null where one has not told. */
  get counts(): readonly (LiveDrops | null)[] {
    return this.#absence === null ? [...this.#earlier, this.#process.counts] : this.#earlier;
  }

  askCounts(): void {
    this.#process.askCounts(this.#isStopped);
  }

  /** Frames later than now are not wanted. */
  stop(epochNs: bigint): void {
    this.#isStopped = true;
    this.#scanner?.endAt(epochNs);
    this.askCounts();
  }

  interrupt(): void {
    this.#process.interrupt();
  }

  async close(): Promise<void> {
    await this.#process.close();
  }

  /** Whether records can be read; after an absence the interface may just have come back. */
  #isOpen(): boolean {
    const absence = this.#absence;
    if (absence === null) return true;
    const before = this.#header!;
    if (!this.#begin()) return false;
    this.#absence = null;
    if (Buffer.compare(before, this.#header!) !== 0)
      this.end = absence.endNow("it came back with another link type");
    else this.#note(absence.note());
    return this.end === null;
  }

  #begin(): boolean {
    const header = this.#process.header();
    if (header === null) return false;
    this.#header = header;
    this.#scanner = new RecordScanner(header, this.#options.snaplenBytes);
    return true;
  }

  #lose(): void {
    this.#rest = NONE;
    if (this.#isStopped) {
      this.isDone = true;
      return;
    }
    const { counts } = this.#process;
    if (counts !== null) this.#earlier.push(counts);
    this.#absence = new Absence(this.name, this.#process.complaint);
  }
}
