import { BatchBytes } from "./batch-bytes.js";
import type { DecodeCounts } from "./decode-counts.js";
import type { DropReason, NumberedReason } from "./drop-reason.js";
import type { Encapsulations } from "./encapsulations.js";
import type { FragmentTable } from "./fragment-table.js";
import { ExtensionHeaders } from "./ipv6-extension-headers.js";
import { DONE, type Layer } from "./layer.js";

/** Larger than every offset, and still a small integer. */
const NO_LIMIT = 0x7fffffff;

/** Where the decoder stands in one frame, and what the headers passed so far have said. Reused for every frame. */
export class FrameCursor {
  bytes: Uint8Array = new Uint8Array(0);
  /** Time of the frame, nanoseconds since the capture's origin. */
  timeNs = 0;
  /** Offset of the next header. */
  at = 0;
  /** Offset after the last octet that is present and belongs to the layer at `at`; at least `at`. */
  end = 0;
  /** The same for the octets that were on the wire; at least `end`. */
  wireEnd = 0;
  /** Offset after the last octet of the frame on the wire, as recorded. */
  frameEnd = 0;
  /** The same as the length field of a link layer around `at` has it; NO_LIMIT without one. */
  linkEnd = NO_LIMIT;
  /** Offset of the innermost IP header so far. */
  ipAt = 0;
  ipVersion: 4 | 6 = 4;
  /** TTL or hop limit of that header. */
  ttl = 0;
  /** IPv4 identification of that header; 0 for IPv6. */
  ipId = 0;
  /** IS_FIRST_FRAGMENT and IS_LENGTH_FROM_FRAME of that header. */
  facts = 0;
  /** Index into `encapsulations` of what has been entered so far. */
  encapsulation = 0;
  /** Compressed payloads of this capture that are still worth the time that they take. */
  inflationsLeft = 100_000;
  /** Scratch for IPv6. */
  readonly extensionHeaders = new ExtensionHeaders();
  readonly counts: DecodeCounts;
  readonly encapsulations: Encapsulations;
  readonly fragments: FragmentTable;
  readonly #batchBytes = new BatchBytes();

  constructor(counts: DecodeCounts, encapsulations: Encapsulations, fragments: FragmentTable) {
    this.counts = counts;
    this.encapsulations = encapsulations;
    this.fragments = fragments;
  }

  /** Starts over with the chunk of a batch of frames. */
  beginBatch(chunk: Uint8Array): void {
    this.#batchBytes.begin(chunk);
    this.bytes = chunk;
  }

  /** Moves to the start of a frame. */
  begin(at: number, capturedLength: number, wireLength: number, timeNs: number): void {
    this.timeNs = timeNs;
    this.at = at;
    this.end = at + capturedLength;
    this.wireEnd = at + Math.max(wireLength, capturedLength);
    this.frameEnd = this.wireEnd;
    this.linkEnd = NO_LIMIT;
    this.encapsulation = 0;
  }

  /** Makes room for octets that no frame holds in one piece; `bytes` may be another array then, offsets stay. */
  append(lengthBytes: number): number {
    const at = this.#batchBytes.append(lengthBytes);
    this.bytes = this.#batchBytes.bytes;
    return at;
  }

  /** Octets behind the frames' chunk so far. */
  get appendedBytes(): number {
    return this.#batchBytes.appendedBytes;
  }

  /** Moves to octets that were appended, all of them there. */
  moveTo(at: number, lengthBytes: number): void {
    this.at = at;
    this.end = at + lengthBytes;
    this.wireEnd = this.end;
    this.frameEnd = this.end;
    this.linkEnd = NO_LIMIT;
  }

  /** True when at least `lengthBytes` octets from `at` on are present. */
  has(lengthBytes: number): boolean {
    return this.end - this.at >= lengthBytes;
  }

  /** Gives the frame up: counts it, once, and ends the walk. */
  drop(reason: DropReason): Layer {
    this.counts.increment(reason);
    return DONE;
  }

  /** As `drop`, for a number that has no name here. */
  dropNumbered(reason: NumberedReason, number: number): Layer {
    this.counts.incrementNumbered(reason, number);
    return DONE;
  }

  /** Adds an encapsulation to the path; `id` is 0 for kinds without one. */
  enter(kind: number, id: number): void {
    this.encapsulation = this.encapsulations.intern(this.encapsulation, kind, id);
  }

  /** Ends the layer where a link's length field says, when that is nearer than what lies around it: padding follows. */
  limit(end: number): void {
    this.linkEnd = Math.min(end, this.linkEnd);
    this.wireEnd = Math.min(end, this.wireEnd);
    this.end = Math.min(end, this.end);
  }

  /**
   * Ends a datagram where its own header says. That counts even past the end of the frame, which a tool may have cut
   * without telling, but never past a length field of the link around it.
   */
  endDatagram(end: number): void {
    this.wireEnd = Math.min(end, this.linkEnd);
    this.end = Math.min(this.end, this.wireEnd);
    this.linkEnd = NO_LIMIT;
  }
}
