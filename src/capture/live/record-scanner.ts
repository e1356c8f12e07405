/** draft-ietf-opsawg-pcap, section 5: seconds, nanoseconds, two lengths. */
const RECORD = { secondsAt: 0, nanosecondsAt: 4, capturedLengthAt: 8, headerBytes: 16 } as const;

/** Finds where whole records end in a stream of them. */
export class RecordScanner {
  readonly #isLittleEndian: boolean;
  readonly #largestBytes: number;
  #lastSeconds = Number.POSITIVE_INFINITY;
  #lastNanoseconds = 0;
  /** A record was found that came after the last moment: it and those behind it are no longer wanted. */
  isPast = false;

  /** @param header the pcap file header that the records go with */
  constructor(header: Uint8Array, snaplenBytes: number) {
    // The magic number is 0xa1b23c4d.
    this.#isLittleEndian = header[0] === 0x4d;
    this.#largestBytes = snaplenBytes;
  }

  /** Records later than this are not wanted; nanoseconds since 1970. */
  endAt(epochNs: bigint): void {
    this.#lastSeconds = Number(epochNs / 1_000_000_000n);
    this.#lastNanoseconds = Number(epochNs % 1_000_000_000n);
  }

  /**
   * Where the last whole record between `start` and `end` ends. A record of impossible length counts as whole, for the
   * parser to complain of.
   */
  scan(bytes: Uint8Array, start: number, end: number): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const isLittleEndian = this.#isLittleEndian;
    let at = start;
    while (end - at >= RECORD.headerBytes && !this.isPast) {
      const capturedBytes = view.getUint32(at + RECORD.capturedLengthAt, isLittleEndian);
      if (capturedBytes > this.#largestBytes) return end;
      const next = at + RECORD.headerBytes + capturedBytes;
      if (next > end) break;
      const seconds = view.getUint32(at + RECORD.secondsAt, isLittleEndian);
      const isLater =
        seconds > this.#lastSeconds ||
        (seconds === this.#lastSeconds &&
          view.getUint32(at + RECORD.nanosecondsAt, isLittleEndian) > this.#lastNanoseconds);
      if (isLater) this.isPast = true;
      else at = next;
    }
    return at;
  }
}
