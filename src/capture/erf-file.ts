import type { ByteWindow } from "./byte-window.js";
import type { CaptureInterface } from "./capture-source.js";
import type { FrameBatch } from "./frame-batch.js";
import type { FrameParser } from "./frame-parser.js";
import { TimeOrigin } from "./time-origin.js";

// https://www.endace.com/erf-extensible-record-format-types.pdf. A file is records and nothing else; each begins with
// its time, least significant octet first: 32 bits of fraction, then 32 of seconds; type, flags, length of the record,
// lost frames, length on the wire.
const HEADER_BYTES = 16;
const SECONDS_AT = 4;
const TYPE_AT = 8;
const TYPE_MASK = 0x7f;
const HAS_EXTENSION = 0x80;
const EXTENSION_BYTES = 8;
const RECORD_BYTES_AT = 10;
const LOST_AT = 12;
const WIRE_BYTES_AT = 14;
const TYPE_MAX = 27;
const TYPE_PADDING = 48;
/** Records of Ethernet have two octets more before the frame. */
const ETHERNET_TYPES: readonly number[] = [2, 11, 16, 20];
const ETHERNET_OFFSET_BYTES = 2;
/** LINKTYPE_ERF: the frame with its record's header. */
const LINKTYPE_ERF = 197;
const NS_PER_FRACTION = 1e9 / 2 ** 32;

/** Octets that isErf makes good use of: the first records of any usual size. */
export const ERF_LOOK_BYTES = 4096;
/** A record is longer than its frame by headers and padding, shorter where a snaplen cut it. */
const EXTRA_BYTES_MAX = 64;
/** Records that follow each other are no further apart. */
const SECONDS_APART_MAX = 86_400;

/**
 * True when the octets, a file's first, can be records: there is no magic number, so all headers among them are
 * looked at. One record alone is believed only when the file ends with it.
 */
export function isErf(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  let records = 0;
  while (bytes.length - at >= HEADER_BYTES) {
    const type = view.getUint8(at + TYPE_AT) & TYPE_MASK;
    const recordBytes = view.getUint16(at + RECORD_BYTES_AT);
    const wireBytes = view.getUint16(at + WIRE_BYTES_AT);
    const isPadding = type === TYPE_PADDING;
    if ((type === 0 || type > TYPE_MAX) && !isPadding) return false;
    if (recordBytes < HEADER_BYTES || (!isPadding && recordBytes > wireBytes + EXTRA_BYTES_MAX)) return false;
    const seconds = view.getUint32(at + SECONDS_AT, true);
    const firstSeconds = view.getUint32(SECONDS_AT, true);
    if (Math.abs(seconds - firstSeconds) > SECONDS_APART_MAX) return false;
    records++;
    at += recordBytes;
  }
  return records > 1 || (records === 1 && at === bytes.length);
}

/** Reads the records of Endace's cards. */
export class ErfParser implements FrameParser {
  readonly format = "erf";
  readonly interfaces: readonly [CaptureInterface] = [
    { linkType: LINKTYPE_ERF, name: null, snaplen: 0, dropped: 0 },
  ];
  readonly skipped = new Map<string, number>();
  frames = 0;
  damage: string | null = null;
  readonly #origin: TimeOrigin;

  constructor(originNs: bigint | undefined) {
    this.#origin = new TimeOrigin(originNs);
  }

  get originNs(): bigint | undefined {
    return this.#origin.epochNs;
  }

  parse(window: ByteWindow, batch: FrameBatch): number {
    while (batch.length < batch.capacity) {
      const { view, start: at } = window;
      const present = window.end - at;
      if (present < HEADER_BYTES) return HEADER_BYTES;
      const recordBytes = view.getUint16(at + RECORD_BYTES_AT);
      if (recordBytes < HEADER_BYTES) {
        this.damage = `frame ${this.frames + 1} claims a record of ${recordBytes} octets; the file is damaged there`;
        return 0;
      }
      if (present < recordBytes) return recordBytes;
      if ((view.getUint8(at + TYPE_AT) & TYPE_MASK) === TYPE_PADDING)
        this.skipped.set("padding record", (this.skipped.get("padding record") ?? 0) + 1);
      else this.#deliver(view, at, recordBytes, batch);
      window.start = at + recordBytes;
    }
    return 0;
  }

  finish(window: ByteWindow): void {
    if (window.end > window.start) this.damage = `the file ends in the middle of frame ${this.frames + 1}`;
  }

  #deliver(view: DataView, at: number, recordBytes: number, batch: FrameBatch): void {
    const seconds = view.getUint32(at + SECONDS_AT, true);
    // To the nearest, as others do; a second's last half nanosecond is the next one's beginning.
    const restNs = Math.round(view.getUint32(at, true) * NS_PER_FRACTION);
    this.#origin.begin(seconds, restNs);
    const own = this.interfaces[0];
    own.dropped = (own.dropped ?? 0) + view.getUint16(at + LOST_AT);
    const wireBytes = headerBytes(view, at, at + recordBytes) + view.getUint16(at + WIRE_BYTES_AT);
    this.frames++;
    const row = batch.length++;
    batch.frame[row] = this.frames;
    batch.at[row] = at;
    batch.capturedLength[row] = Math.min(recordBytes, wireBytes);
    batch.wireLength[row] = wireBytes;
    batch.timeNs[row] = this.#origin.since(seconds, restNs);
    batch.interfaceIndex[row] = 0;
  }
}

/** Octets before the frame in the record from `at` to `end`. */
function headerBytes(view: DataView, at: number, end: number): number {
  const type = view.getUint8(at + TYPE_AT);
  let bytes = HEADER_BYTES;
  let hasExtension = (type & HAS_EXTENSION) !== 0;
  while (hasExtension && at + bytes + EXTENSION_BYTES <= end) {
    hasExtension = (view.getUint8(at + bytes) & HAS_EXTENSION) !== 0;
    bytes += EXTENSION_BYTES;
  }
  return bytes + (ETHERNET_TYPES.includes(type & TYPE_MASK) ? ETHERNET_OFFSET_BYTES : 0);
}
