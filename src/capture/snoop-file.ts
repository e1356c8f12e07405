import { type ByteWindow, MAX_RECORD_BYTES } from "./byte-window.js";
import type { CaptureInterface } from "./capture-source.js";
import type { FrameBatch } from "./frame-batch.js";
import { type FrameParser, impossibleFrame } from "./frame-parser.js";
import { TimeOrigin } from "./time-origin.js";

/** "snoop", three zeros, version, data link type. RFC 1761. */
export const SNOOP_HEADER_BYTES = 16;
const MAGIC_HIGH = 0x736e6f6f;
const MAGIC_LOW = 0x70000000;
const DATA_LINK_AT = 12;
/** Wire length, captured length, length of the record with its padding, drops so far, seconds, microseconds. */
const RECORD_HEADER_BYTES = 24;
/** Data link types of RFC 1761, of Solaris and of Shomiti's analyzers, and the LINKTYPE_ that reads the same. */
const LINK_TYPES: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [2, 6],
  [4, 1],
  [8, 10],
  [9, 0],
  [10, 1],
  [11, 6],
  [12, 1],
  [14, 0],
  [16, 122],
  [18, 123],
  [19, 1],
  [0x80000005, 226],
]);

/** True when `bytes` begin as a snoop file does. */
export function isSnoop(bytes: Uint8Array): boolean {
  if (bytes.length < 8) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  return view.getUint32(0) === MAGIC_HIGH && view.getUint32(4) === MAGIC_LOW;
}

/** LINKTYPE_ of the file whose whole header the window holds; its own number as a text when there is none. */
export function snoopLinkType(window: ByteWindow): number | string {
  const dataLink = window.view.getUint32(window.start + DATA_LINK_AT);
  return LINK_TYPES.get(dataLink) ?? String(dataLink);
}

/** Reads a snoop file, as Solaris writes it: RFC 1761, its numbers most significant octet first. */
export class SnoopParser implements FrameParser {
  readonly format = "snoop";
  readonly interfaces: readonly [CaptureInterface];
  readonly skipped: ReadonlyMap<string, number> = new Map();
  frames = 0;
  damage: string | null = null;
  readonly #origin: TimeOrigin;
  /** Padding of the last record that lies ahead. */
  #skipBytes = 0;

  /** The window holds the whole file header; it is consumed. */
  constructor(window: ByteWindow, linkType: number, originNs: bigint | undefined) {
    this.interfaces = [{ linkType, name: null, snaplen: 0, dropped: null }];
    window.start += SNOOP_HEADER_BYTES;
    this.#origin = new TimeOrigin(originNs);
  }

  get originNs(): bigint | undefined {
    return this.#origin.epochNs;
  }

  parse(window: ByteWindow, batch: FrameBatch): number {
    while (batch.length < batch.capacity) {
      const skipped = Math.min(this.#skipBytes, window.end - window.start);
      window.start += skipped;
      this.#skipBytes -= skipped;
      const present = window.end - window.start;
      if (present < RECORD_HEADER_BYTES) return RECORD_HEADER_BYTES;
      const { view, start: at } = window;
      const captured = view.getUint32(at + 4);
      const recordBytes = view.getUint32(at + 8);
      const frameEnd = RECORD_HEADER_BYTES + captured;
      if (captured > MAX_RECORD_BYTES || recordBytes < frameEnd) {
        this.damage = impossibleFrame(this.frames + 1, captured);
        return 0;
      }
      if (present < frameEnd) return frameEnd;
      this.#deliver(view, at, captured, batch);
      window.start += frameEnd;
      this.#skipBytes = recordBytes - frameEnd;
    }
    return 0;
  }

  /** A file may end in the padding of its last record. */
  finish(window: ByteWindow): void {
    const restBytes = window.end - window.start;
    if (restBytes > this.#skipBytes) this.damage = `the file ends in the middle of frame ${this.frames + 1}`;
  }

  #deliver(view: DataView, at: number, captured: number, batch: FrameBatch): void {
    const seconds = view.getUint32(at + 16);
    const restNs = view.getUint32(at + 20) * 1000;
    this.#origin.begin(seconds, restNs);
    this.interfaces[0].dropped = view.getUint32(at + 12);
    this.frames++;
    const row = batch.length++;
    batch.frame[row] = this.frames;
    batch.at[row] = at + RECORD_HEADER_BYTES;
    batch.capturedLength[row] = captured;
    batch.wireLength[row] = view.getUint32(at);
    batch.timeNs[row] = this.#origin.since(seconds, restNs);
    batch.interfaceIndex[row] = 0;
  }
}
