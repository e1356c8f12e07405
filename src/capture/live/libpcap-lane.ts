import { Absence } from "./absence.js";
import { LibpcapHandle } from "./libpcap-handle.js";
import type { Libpcap } from "./libpcap-library.js";
import type { ResolvedLiveOptions } from "./live-options.js";
import type { RecordMemory } from "./record-memory.js";

const COUNTS = 3;
/** draft-ietf-opsawg-pcap, section 5. */
const RECORD_HEADER_BYTES = 16;

/** One interface through all its interruptions. */
export class LibpcapLane {
  readonly name: string;
  readonly index: number;
  /** Null while the interface is gone. */
  handle: LibpcapHandle | null;
  /** Why it is given up; null while it is not. */
  end: string | null = null;
  /** Since the beginning: received, dropped by kernel, by interface. */
  readonly totals: number[] = [0, 0, 0];
  readonly #pcap: Libpcap;
  readonly #options: ResolvedLiveOptions;
  readonly #linkType: number;
  readonly #note: (text: string) => void;
  #counted: readonly number[] = [0, 0, 0];
  #absence: Absence | null = null;
  #isDown = false;

  constructor(
    pcap: Libpcap,
    options: ResolvedLiveOptions,
    index: number,
    handle: LibpcapHandle,
    note: (text: string) => void,
  ) {
    this.#pcap = pcap;
    this.#options = options;
    this.index = index;
    this.name = options.interfaces[index]!;
    this.handle = handle;
    this.#linkType = handle.linkType;
    this.#note = note;
  }

  /** Appends what is waiting, as long as the memory holds less than `fullBytes`. */
  drain(memory: RecordMemory, fullBytes: number): void {
    const { handle } = this;
    if (handle === null) return;
    const recordBytes = RECORD_HEADER_BYTES + handle.snaplenBytes;
    for (;;) {
      const { lengthBytes } = memory;
      if (lengthBytes >= fullBytes || lengthBytes + recordBytes > memory.capacityBytes) return;
      const most = Math.max(1, Math.floor((fullBytes - lengthBytes) / recordBytes));
      const count = handle.dump(memory, most);
      if (count < 0) this.lose(handle.errorText());
      if (count <= 0) return;
      this.#isDown = false;
    }
  }

  /** Takes the counts of the handle over. */
  count(): void {
    const now = this.handle?.statistics() ?? null;
    if (now === null) return;
    for (let at = 0; at < COUNTS; at++)
      this.totals[at] = this.totals[at]! + ((now[at]! - this.#counted[at]!) >>> 0);
    this.#counted = now;
  }

  /**
   * The socket had an error, which `drain` has looked at: where the interface was only set down libpcap goes on, for the
   * kernel feeds the same socket when it is up again.
   */
  noteError(): void {
    if (this.handle === null || this.#isDown) return;
    this.#isDown = true;
    this.#note(`${this.name} went down while it was captured; capturing goes on when it is up again.`);
  }

  /** The handle is of no use any more. */
  lose(because: string): void {
    this.count();
    this.handle?.close();
    this.handle = null;
    this.#counted = [0, 0, 0];
    this.#absence = new Absence(this.name, because);
  }

  /** Opens it again where it is back, and gives up when that takes too long. */
  retry(): void {
    const absence = this.#absence;
    if (absence === null || this.end !== null || !absence.isDue()) return;
    const opened = LibpcapHandle.open(this.#pcap, this.name, this.#options);
    if (!(opened instanceof LibpcapHandle)) {
      this.end = absence.end();
    } else if (opened.linkType === this.#linkType) {
      this.handle = opened;
      this.#absence = null;
      this.#note(absence.note());
    } else {
      opened.close();
      this.end = absence.endNow("it came back with another link type");
    }
  }
}
