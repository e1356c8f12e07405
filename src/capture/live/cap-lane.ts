import type { CapDevice } from "./cap-module.js";
import type { FeedInterface } from "./live-feed.js";

/** What waits for the next round. */
const WAITING_BYTES = 2 * 1024 * 1024;
/** cap's own snaplen. */
const LONGEST_FRAME_BYTES = 65_535;
const HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const NS_PER_MS = 1e6;
const NS_PER_SECOND = 1e9;

/** One interface that cap captures: frames become records with the time at which they arrived here. */
export class CapLane {
  readonly interface: FeedInterface;
  /** Frames that came, and those of them that found no room. */
  arrived = 0;
  lost = 0;
  readonly #device: CapDevice;
  readonly #frame: Buffer;
  readonly #waiting = Buffer.alloc(WAITING_BYTES);
  #lengthBytes = 0;

  /** @param frame what the device was opened with */
  constructor(
    device: CapDevice,
    frame: Buffer,
    name: string,
    linkType: number,
    snaplenBytes: number,
    wake: () => void,
  ) {
    this.#device = device;
    this.#frame = frame;
    this.interface = { name, header: fileHeader(linkType), snaplenBytes };
    device.on("packet", (lengthBytes: number) => {
      this.#append(lengthBytes);
      wake();
    });
    device.on("error", () => {});
  }

  static createFrame(): Buffer {
    return Buffer.alloc(LONGEST_FRAME_BYTES);
  }

  /** Moves what waits into `target` from `start` on; where it ends. */
  take(target: Uint8Array, start: number): number {
    target.set(this.#waiting.subarray(0, this.#lengthBytes), start);
    const end = start + this.#lengthBytes;
    this.#lengthBytes = 0;
    return end;
  }

  static readonly roundBytes = WAITING_BYTES;

  close(): void {
    this.#device.close();
  }

  #append(lengthBytes: number): void {
    this.arrived++;
    const captured = Math.min(lengthBytes, this.interface.snaplenBytes, LONGEST_FRAME_BYTES);
    const at = this.#lengthBytes;
    if (at + RECORD_HEADER_BYTES + captured > WAITING_BYTES) {
      this.lost++;
      return;
    }
    const epochMs = performance.timeOrigin + performance.now();
    const seconds = Math.floor(epochMs / 1000);
    const restNs = Math.floor((epochMs - seconds * 1000) * NS_PER_MS);
    this.#waiting.writeUInt32LE(seconds, at);
    this.#waiting.writeUInt32LE(Math.min(restNs, NS_PER_SECOND - 1), at + 4);
    this.#waiting.writeUInt32LE(captured, at + 8);
    this.#waiting.writeUInt32LE(lengthBytes, at + 12);
    this.#frame.copy(this.#waiting, at + RECORD_HEADER_BYTES, 0, captured);
    this.#lengthBytes = at + RECORD_HEADER_BYTES + captured;
  }
}

/** draft-ietf-opsawg-pcap, section 4: nanoseconds, version 2.4. */
function fileHeader(linkType: number): Uint8Array {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(0xa1b23c4d, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(LONGEST_FRAME_BYTES, 16);
  header.writeUInt32LE(linkType, 20);
  return header;
}
