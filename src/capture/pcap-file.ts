import { MAX_RECORD_BYTES, type OctetRange } from "./byte-window.js";
import type { CaptureInterface } from "./capture-source.js";
import type { FrameBatch } from "./frame-batch.js";
import { type FrameParser, impossibleFrame } from "./frame-parser.js";
import { recordHeaderBytes, STANDARD_HEADER_BYTES } from "./pcap-record-header.js";
import { TimeOrigin } from "./time-origin.js";

/** Octets of the file header. draft-ietf-opsawg-pcap, section 4. */
export const PCAP_HEADER_BYTES = 24;

/** Magic numbers in the byte order of their file. */
const MAGIC_MICROSECONDS = 0xa1b2c3d4;
const MAGIC_NANOSECONDS = 0xa1b23c4d;
/** Alexey Kuznetzov's libpcap of 1999, whose records have longer headers. */
const MAGIC_MODIFIED = 0xa1b2cd34;

/** True when the four octets at the beginning of `bytes` are a pcap magic number in either byte order. */
export function isPcap(bytes: Uint8Array): boolean {
  return pcapByteOrder(bytes) !== null;
}

function pcapByteOrder(bytes: Uint8Array): { magic: number; isLittleEndian: boolean } | null {
  if (bytes.length < 4) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 4);
  for (const isLittleEndian of [true, false]) {
    const magic = view.getUint32(0, isLittleEndian);
    if (magic === MAGIC_MICROSECONDS || magic === MAGIC_NANOSECONDS || magic === MAGIC_MODIFIED)
      return { magic, isLittleEndian };
  }
  return null;
}

/** Reads a pcap file: draft-ietf-opsawg-pcap. Timestamps are unsigned 32-bit seconds, to the year 2106. */
export class PcapParser implements FrameParser {
  readonly format = "pcap";
  readonly interfaces: readonly CaptureInterface[];
  readonly skipped: ReadonlyMap<string, number> = new Map();
  frames = 0;
  damage: string | null = null;
  readonly #isLittleEndian: boolean;
  readonly #magic: number;
  /** Octets; 0 until the first record has been seen. */
  #recordHeaderBytes = 0;
  /** Where in a record header the two lengths stand: before version 2.3 the wire length came first. */
  readonly #capturedAt: number;
  readonly #wireAt: number;
  /** Version 2.3 was written both ways; as in libpcap, the smaller length is the captured one. */
  readonly #isOrderUnsure: boolean;
  /** Nanoseconds in one unit of the sub-second field. */
  readonly #unitNs: number;
  readonly #origin: TimeOrigin;

  /** The window begins with the whole file header, whose magic number isPcap; it is consumed. */
  constructor(window: OctetRange, originNs: bigint | undefined) {
    const at = window.start;
    const order = pcapByteOrder(window.bytes.subarray(at, window.end));
    if (order === null) throw new RangeError("the window does not begin with a pcap header");
    this.#isLittleEndian = order.isLittleEndian;
    this.#magic = order.magic;
    this.#unitNs = order.magic === MAGIC_NANOSECONDS ? 1 : 1000;
    const major = window.view.getUint16(at + 4, this.#isLittleEndian);
    const minor = window.view.getUint16(at + 6, this.#isLittleEndian);
    const isOld = major === 2 && minor < 3;
    if (isOld || order.magic === MAGIC_NANOSECONDS) this.#recordHeaderBytes = STANDARD_HEADER_BYTES;
    this.#capturedAt = isOld ? 12 : 8;
    this.#wireAt = isOld ? 8 : 12;
    this.#isOrderUnsure = major === 2 && minor === 3;
    const snaplen = window.view.getUint32(at + 16, this.#isLittleEndian);
    // The upper 16 bits hold the length of the frame check sequence, not the link type.
    const linkType = window.view.getUint32(at + 20, this.#isLittleEndian) & 0xffff;
    this.interfaces = [{ linkType, name: null, snaplen, dropped: null }];
    window.start += PCAP_HEADER_BYTES;
    this.#origin = new TimeOrigin(originNs);
  }

  get originNs(): bigint | undefined {
    return this.#origin.epochNs;
  }

  parse(window: OctetRange, batch: FrameBatch): number {
    const { view, end } = window;
    const { frame, at: frameAt, capturedLength, wireLength, timeNs, interfaceIndex, capacity } = batch;
    const isLittleEndian = this.#isLittleEndian;
    if (end - window.start < STANDARD_HEADER_BYTES) return STANDARD_HEADER_BYTES;
    if (this.#recordHeaderBytes === 0)
      this.#recordHeaderBytes = recordHeaderBytes(window, isLittleEndian, this.#magic === MAGIC_MODIFIED);
    const headerBytes = this.#recordHeaderBytes;
    const unitNs = this.#unitNs;
    const capturedAt = this.#capturedAt;
    const wireAt = this.#wireAt;
    const isOrderUnsure = this.#isOrderUnsure;
    let { frames } = this;
    let row = batch.length;
    let at = window.start;
    let neededBytes = 0;
    const origin = this.#origin;
    if (end - at >= headerBytes)
      origin.begin(view.getUint32(at, isLittleEndian), view.getUint32(at + 4, isLittleEndian) * unitNs);
    while (row < capacity) {
      if (end - at < headerBytes) {
        neededBytes = headerBytes;
        break;
      }
      let captured = view.getUint32(at + capturedAt, isLittleEndian);
      let wire = view.getUint32(at + wireAt, isLittleEndian);
      if (isOrderUnsure && captured > wire) [captured, wire] = [wire, captured];
      if (captured > MAX_RECORD_BYTES) {
        this.damage = impossibleFrame(frames + 1, captured);
        break;
      }
      const recordBytes = headerBytes + captured;
      if (end - at < recordBytes) {
        neededBytes = recordBytes;
        break;
      }
      frames++;
      frame[row] = frames;
      frameAt[row] = at + headerBytes;
      capturedLength[row] = captured;
      wireLength[row] = wire;
      timeNs[row] = origin.since(
        view.getUint32(at, isLittleEndian),
        view.getUint32(at + 4, isLittleEndian) * unitNs,
      );
      interfaceIndex[row] = 0;
      row++;
      at += recordBytes;
    }
    batch.length = row;
    this.frames = frames;
    window.start = at;
    return neededBytes;
  }

  finish(window: OctetRange): void {
    if (window.end > window.start) this.damage = `the file ends in the middle of frame ${this.frames + 1}`;
  }
}
