import { type ByteWindow, MAX_RECORD_BYTES } from "./byte-window.js";
import { readEnhancedPackets } from "./enhanced-packets.js";
import type { FrameBatch } from "./frame-batch.js";
import { type FrameParser, impossibleFrame } from "./frame-parser.js";
import * as block from "./pcapng-blocks.js";
import {
  addDropped,
  type PcapngInterface,
  readFrameOptions,
  readInterface,
  readStatistics,
} from "./pcapng-interface.js";

/** Type and length at a block's beginning, and the length again at its end. */
const HEADER_BYTES = 8;
const TRAILER_BYTES = 4;
const MIN_BLOCK_BYTES = HEADER_BYTES + TRAILER_BYTES;
/** A section header's type, length, byte-order magic, version and section length. */
const SECTION_HEADER_BYTES = 24;
/** Interfaces that FrameBatch.interfaceIndex can tell apart. */
const MAX_INTERFACES = 0x10000;
/** In the obsolete packet block: the drop count is not known. */
const DROPS_UNKNOWN = 0xffff;

/** Reads a pcapng file: draft-ietf-opsawg-pcapng. */
export class PcapngParser implements FrameParser {
  readonly format = "pcapng";
  readonly interfaces: PcapngInterface[] = [];
  readonly skipped = new Map<string, number>();
  frames = 0;
  damage: string | null = null;
  originNs: bigint | undefined;
  #isLittleEndian = true;
  /** Index in `interfaces` of the section's interface 0. */
  #firstInterface = 0;
  /** Number of the last frame, those included that are none of ours but have a number in Wireshark. */
  #frameNumber = 0;
  /** Time of the last frame, for frames that have none. */
  #lastTimeNs = 0;
  /** Octets of a block's uninteresting rest that lie ahead, its trailing length not among them. */
  #skipBytes = 0;
  /** Length to expect next as a trailer; 0 when a block begins next. */
  #trailer = 0;

  constructor(originNs: bigint | undefined) {
    this.originNs = originNs;
  }

  parse(window: ByteWindow, batch: FrameBatch): number {
    while (batch.length < batch.capacity) {
      this.#enhancedPackets(window, batch);
      if (batch.length === batch.capacity) break;
      const neededBytes = this.#trailer === 0 ? this.#block(window, batch) : this.#rest(window);
      if (neededBytes > 0 || this.damage !== null) return neededBytes;
    }
    return 0;
  }

  finish(window: ByteWindow): void {
    if (window.end > window.start || this.#trailer !== 0)
      this.damage = `the file ends in the middle of ${this.#here()}`;
  }

  /** Reads as many frames as the shortcut can. It needs an origin, which the first frame sets on the long way. */
  #enhancedPackets(window: ByteWindow, batch: FrameBatch): void {
    if (this.originNs === undefined || this.#trailer !== 0) return;
    const count = readEnhancedPackets(
      window,
      batch,
      this.#isLittleEndian,
      this.interfaces,
      this.#firstInterface,
      this.#frameNumber,
    );
    if (count === 0) return;
    this.frames += count;
    this.#frameNumber += count;
    this.#lastTimeNs = batch.timeNs[batch.length - 1]!;
  }

  /** Passes over the rest of a block of any size as it comes in. Returns the octets needed to go on. */
  #rest(window: ByteWindow): number {
    const count = Math.min(this.#skipBytes, window.end - window.start);
    window.start += count;
    this.#skipBytes -= count;
    if (this.#skipBytes > 0) return 1;
    if (window.end - window.start < TRAILER_BYTES) return TRAILER_BYTES;
    if (window.view.getUint32(window.start, this.#isLittleEndian) !== this.#trailer) this.#contradict();
    window.start += TRAILER_BYTES;
    this.#trailer = 0;
    return 0;
  }

  /** Reads the block at the window's start. Returns the octets needed to do so, 0 when done or damaged. */
  #block(window: ByteWindow, batch: FrameBatch): number {
    const { view, start: at } = window;
    const present = window.end - at;
    if (present < HEADER_BYTES) return HEADER_BYTES;
    const type = view.getUint32(at, this.#isLittleEndian);
    if (type === block.SECTION_HEADER) return this.#sectionHeader(window);
    const claimed = view.getUint32(at + 4, this.#isLittleEndian);
    if (claimed < MIN_BLOCK_BYTES)
      return this.#fail(`${this.#here()} claims ${claimed} octets, too few for a block`);
    // Writers exist that forget to count the padding; Wireshark rounds up as well.
    const length = claimed + (-claimed & 3);
    if (block.minimumBodyBytes(type) === 0) {
      const name = block.blockName(type);
      this.skipped.set(name, (this.skipped.get(name) ?? 0) + 1);
      if (block.isNumbered(name)) this.#frameNumber++;
      this.#skip(window, HEADER_BYTES, length, claimed);
      return 0;
    }
    if (length > MAX_RECORD_BYTES)
      return this.#fail(`${this.#here()} claims ${claimed} octets; the file is damaged there`);
    if (present < length) return length;
    const bodyEnd = at + length - TRAILER_BYTES;
    if (view.getUint32(bodyEnd, this.#isLittleEndian) !== claimed) return this.#contradict();
    this.#body(type, view, at + HEADER_BYTES, bodyEnd, batch);
    window.start = at + length;
    return 0;
  }

  #sectionHeader(window: ByteWindow): number {
    const { view, start: at } = window;
    if (window.end - at < SECTION_HEADER_BYTES) return SECTION_HEADER_BYTES;
    if (view.getUint32(at + 8, true) === block.BYTE_ORDER_MAGIC) this.#isLittleEndian = true;
    else if (view.getUint32(at + 8, false) === block.BYTE_ORDER_MAGIC) this.#isLittleEndian = false;
    else return this.#fail(`${this.#here()} is a section header with an unknown byte order`);
    const claimed = view.getUint32(at + 4, this.#isLittleEndian);
    const length = claimed + (-claimed & 3);
    if (length < SECTION_HEADER_BYTES + TRAILER_BYTES)
      return this.#fail(`${this.#here()} claims ${claimed} octets, too few for a section header`);
    const major = view.getUint16(at + 12, this.#isLittleEndian);
    if (major !== 1)
      return this.#fail(`${this.#here()} begins a section of version ${major}; only version 1 is known`);
    this.#firstInterface = this.interfaces.length;
    this.#skip(window, SECTION_HEADER_BYTES, length, claimed);
    return 0;
  }

  /** A block that is read, whole in the view, its body from `at` to `end`. */
  #body(type: number, view: DataView, at: number, end: number, batch: FrameBatch): void {
    if (end - at < block.minimumBodyBytes(type)) this.#fail(`${this.#here()} is too short for its type`);
    else if (type === block.ENHANCED_PACKET) this.#enhancedPacket(view, at, end, batch);
    else if (type === block.SIMPLE_PACKET) this.#simplePacket(view, at, end, batch);
    else if (type === block.OBSOLETE_PACKET) this.#obsoletePacket(view, at, end, batch);
    else if (type === block.INTERFACE_DESCRIPTION) this.#interfaceDescription(view, at, end);
    else this.#interfaceStatistics(view, at, end);
  }

  #enhancedPacket(view: DataView, at: number, end: number, batch: FrameBatch): void {
    const isLittleEndian = this.#isLittleEndian;
    const index = this.#firstInterface + view.getUint32(at, isLittleEndian);
    const captured = view.getUint32(at + 12, isLittleEndian);
    if (!this.#isSound(index, captured, end - at - 20)) return;
    const high = view.getUint32(at + 4, isLittleEndian);
    const low = view.getUint32(at + 8, isLittleEndian);
    this.#deliver(
      batch,
      index,
      at + 20,
      captured,
      view.getUint32(at + 16, isLittleEndian),
      this.#time(index, high, low),
    );
    const optionsAt = at + 20 + captured + (-captured & 3);
    if (end - optionsAt >= 4) readFrameOptions(this.interfaces[index]!, view, optionsAt, end, isLittleEndian);
  }

  /** A simple packet block has no time: it takes that of the frame before it, or 0. */
  #simplePacket(view: DataView, at: number, end: number, batch: FrameBatch): void {
    const wire = view.getUint32(at, this.#isLittleEndian);
    const snaplen = this.interfaces[this.#firstInterface]?.snaplen ?? 0;
    const captured = snaplen === 0 ? wire : Math.min(wire, snaplen);
    if (!this.#isSound(this.#firstInterface, captured, end - at - 4)) return;
    this.#deliver(batch, this.#firstInterface, at + 4, captured, wire, this.#lastTimeNs);
  }

  #obsoletePacket(view: DataView, at: number, end: number, batch: FrameBatch): void {
    const isLittleEndian = this.#isLittleEndian;
    const index = this.#firstInterface + view.getUint16(at, isLittleEndian);
    const captured = view.getUint32(at + 12, isLittleEndian);
    if (!this.#isSound(index, captured, end - at - 20)) return;
    const high = view.getUint32(at + 4, isLittleEndian);
    const low = view.getUint32(at + 8, isLittleEndian);
    this.#deliver(
      batch,
      index,
      at + 20,
      captured,
      view.getUint32(at + 16, isLittleEndian),
      this.#time(index, high, low),
    );
    const drops = view.getUint16(at + 2, isLittleEndian);
    if (drops !== DROPS_UNKNOWN) addDropped(this.interfaces[index]!, drops);
  }

  #interfaceDescription(view: DataView, at: number, end: number): void {
    if (this.interfaces.length === MAX_INTERFACES) {
      this.damage = `${this.#here()} describes one interface more than the ${MAX_INTERFACES} that are believed`;
      return;
    }
    const described = readInterface(view, at, end, this.#isLittleEndian);
    if (this.originNs !== undefined) described.clock.setOrigin(this.originNs);
    this.interfaces.push(described);
  }

  /** Statistics of an interface that was never described are passed over, as Wireshark does. */
  #interfaceStatistics(view: DataView, at: number, end: number): void {
    const target = this.interfaces[this.#firstInterface + view.getUint32(at, this.#isLittleEndian)];
    if (target !== undefined) readStatistics(target, view, at + 12, end, this.#isLittleEndian);
  }

  #isSound(index: number, captured: number, roomBytes: number): boolean {
    if (index >= this.interfaces.length)
      this.damage = `frame ${this.#frameNumber + 1} belongs to an interface that the file does not describe`;
    else if (captured > roomBytes) this.damage = impossibleFrame(this.#frameNumber + 1, captured);
    return this.damage === null;
  }

  #deliver(
    batch: FrameBatch,
    index: number,
    at: number,
    captured: number,
    wire: number,
    timeNs: number,
  ): void {
    const row = batch.length++;
    this.frames++;
    this.#frameNumber++;
    this.#lastTimeNs = timeNs;
    batch.frame[row] = this.#frameNumber;
    batch.at[row] = at;
    batch.capturedLength[row] = captured;
    batch.wireLength[row] = wire;
    batch.timeNs[row] = timeNs;
    batch.interfaceIndex[row] = index;
  }

  #time(index: number, high: number, low: number): number {
    const { clock } = this.interfaces[index]!;
    if (this.originNs === undefined) {
      this.originNs = clock.epochNs(high, low);
      for (const each of this.interfaces) each.clock.setOrigin(this.originNs);
    }
    return clock.sinceOriginNs(high, low);
  }

  /** Leaves the rest of the block to #rest. */
  #skip(window: ByteWindow, consumedBytes: number, lengthBytes: number, claimed: number): void {
    window.start += consumedBytes;
    this.#skipBytes = lengthBytes - consumedBytes - TRAILER_BYTES;
    this.#trailer = claimed;
  }

  #here(): string {
    return `the block after frame ${this.#frameNumber}`;
  }

  #contradict(): number {
    return this.#fail(
      `${this.#here()} gives two different lengths at its two ends; the file is damaged there`,
    );
  }

  /** Records the damage; 0, as no more octets are needed. */
  #fail(damage: string): 0 {
    this.damage = damage;
    return 0;
  }
}
