import { FIN, SYN } from "../tcp/flags.js";
import { seqDiff } from "../tcp/seq.js";
import { judgeChecksum } from "./checksum.js";
import type { SegmentBatch } from "./segment-batch.js";
import { HAS_SACK, HAS_TIMESTAMPS } from "./segment-batch.js";
import { readSynExtensions } from "./syn-extensions.js";
import { TCP_HEADER_LENGTH_MIN } from "./tcp.js";
import { readMss, readSackBlocks, readWindowScale } from "./tcp-options.js";

/** Type, version and length of a TLS record. */
const TLS_HEADER_LENGTH = 5;
const TLS_ALERT = 21;
const TLS_APPLICATION_DATA = 23;

/** The first SACK block's edges. */
const edges = new Uint32Array(2);

/** A cursor over one row of a batch. Borrowed: valid only during the call that received it. */
export class Segment {
  #batch: SegmentBatch;
  #row = 0;

  constructor(batch: SegmentBatch) {
    this.#batch = batch;
  }

  /** Moves the cursor; returns itself. */
  at(batch: SegmentBatch, row: number): this {
    this.#batch = batch;
    this.#row = row;
    return this;
  }

  get frame(): number {
    return this.#batch.frame[this.#row]!;
  }

  /** Nanoseconds since the capture's origin. */
  get timeNs(): number {
    return this.#batch.timeNs[this.#row]!;
  }

  get fromServer(): boolean {
    return this.#batch.fromServer[this.#row] === 1;
  }

  /** True when the capture recorded this very packet before; rules do not see copies. */
  get isCopy(): boolean {
    return this.#batch.isCopy[this.#row] === 1;
  }

  /** Raw sequence number. */
  get seq(): number {
    return this.#batch.seq[this.#row]!;
  }

  /** Raw acknowledgment number; meaningless without the ACK flag. */
  get ack(): number {
    return this.#batch.ack[this.#row]!;
  }

  /** Octets since the sender's ISN, unwrapped; the first octet of data is 1. */
  get relativeSeq(): number {
    return this.#batch.relativeSeq[this.#row]!;
  }

  /** Octets since the receiver's ISN, unwrapped. */
  get relativeAck(): number {
    return this.#batch.relativeAck[this.#row]!;
  }

  /** Control bits, src/tcp/flags.ts. */
  get flags(): number {
    return this.#batch.flags[this.#row]!;
  }

  /** Window field as sent, not scaled. */
  get window(): number {
    return this.#batch.window[this.#row]!;
  }

  get payloadLength(): number {
    return this.#batch.payloadLength[this.#row]!;
  }

  /**
   * The payload is one alert of TLS, up to 1.2 or before encryption, as the last word of an end that closes; false also where the
   * capture lacks its beginning. RFC 5246, section 6.2.1.
   */
  get isTlsAlert(): boolean {
    const { bytes, payloadAt, payloadLength, payloadCaptured } = this.#batch;
    const row = this.#row;
    if (payloadCaptured[row]! < TLS_HEADER_LENGTH) return false;
    const at = payloadAt[row]!;
    const length = (bytes[at + 3]! << 8) | bytes[at + 4]!;
    return (
      bytes[at] === TLS_ALERT && bytes[at + 1] === 3 && length + TLS_HEADER_LENGTH === payloadLength[row]
    );
  }

  /** The payload begins with a record of encrypted TLS, RFC 8446, section 5.2; false also where the capture lacks its beginning. */
  get isTlsApplicationData(): boolean {
    const { bytes, payloadAt, payloadCaptured } = this.#batch;
    const row = this.#row;
    if (payloadCaptured[row]! < TLS_HEADER_LENGTH) return false;
    const at = payloadAt[row]!;
    return bytes[at] === TLS_APPLICATION_DATA && bytes[at + 1] === 3;
  }

  /** SEG.LEN: payload plus one each for SYN and FIN. RFC 9293, section 3.4. */
  get seqLength(): number {
    const flags = this.flags;
    return this.payloadLength + (flags & SYN ? 1 : 0) + (flags & FIN ? 1 : 0);
  }

  get ttl(): number {
    return this.#batch.ttl[this.#row]!;
  }

  /** What decode/checksum.ts says of its checksum, CHECKSUM_…: summed on demand, so ask seldom. */
  get checksum(): 0 | 1 | 2 | 3 {
    return judgeChecksum(this.#batch, this.#row);
  }

  /** IPv4 identification; 0 for IPv6. */
  get ipId(): number {
    return this.#batch.ipId[this.#row]!;
  }

  /** TSval of the timestamps option; null when absent. RFC 7323. */
  get tsval(): number | null {
    const batch = this.#batch;
    return batch.facts[this.#row]! & HAS_TIMESTAMPS ? batch.tsval[this.#row]! : null;
  }

  /** TSecr of the timestamps option; null when absent. RFC 7323. */
  get tsecr(): number | null {
    const batch = this.#batch;
    return batch.facts[this.#row]! & HAS_TIMESTAMPS ? batch.tsecr[this.#row]! : null;
  }

  /** Whether it carries SACK blocks. RFC 2018. */
  get hasSack(): boolean {
    return (this.#batch.facts[this.#row]! & HAS_SACK) !== 0;
  }

  /**
   * Raw number of the first octet that it reports as received twice (D-SACK): its first SACK block lies below its
   * acknowledgment. Null without such a report. Parsed on demand. RFC 2883, section 4.
   */
  get receivedTwice(): number | null {
    if (!this.hasSack) return null;
    const batch = this.#batch;
    const row = this.#row;
    const optionsAt = batch.tcpAt[row]! + TCP_HEADER_LENGTH_MIN;
    if (readSackBlocks(batch.bytes, optionsAt, batch.optionsLength[row]!, edges) === 0) return null;
    return seqDiff(edges[1]!, this.ack) <= 0 ? edges[0]! : null;
  }

  /** tshark's labels, as bits of flows/labels/label.ts. */
  get analysis(): number {
    return this.#batch.analysis[this.#row]!;
  }

  /** Which duplicate ACK in a row it is, from 1; 0 when none. */
  get duplicateAckNumber(): number {
    return this.#batch.duplicateAckNumber[this.#row]!;
  }

  /** Octets sent and not yet acknowledged after it; 0 when unknown, or without payload. */
  get bytesInFlight(): number {
    return this.#batch.bytesInFlight[this.#row]!;
  }

  /** Nanoseconds since the segment that it acknowledges; 0 when it acknowledges nothing new. */
  get ackRttNs(): number {
    return this.#batch.ackRttNs[this.#row]!;
  }

  /** Why it was sent again, an octet of flows/causes/cause.ts; 0 when it was not. */
  get cause(): number {
    return this.#batch.cause[this.#row]!;
  }

  /** Maximum segment size in octets; null when absent. Parsed on demand. RFC 9293, section 3.7.1. */
  get mss(): number | null {
    const batch = this.#batch;
    return readMss(batch.bytes, batch.tcpAt[this.#row]! + 20, batch.optionsLength[this.#row]!);
  }

  /** Window scale shift as sent, 0 to 255; null when absent. Parsed on demand. RFC 7323, section 2.2. */
  get windowScale(): number | null {
    const batch = this.#batch;
    return readWindowScale(batch.bytes, batch.tcpAt[this.#row]! + 20, batch.optionsLength[this.#row]!);
  }

  /** Of a SYN: what it asks for, as bits of syn-extensions.ts. Parsed on demand. */
  get synExtensions(): number {
    const { bytes, tcpAt, optionsLength } = this.#batch;
    const row = this.#row;
    return readSynExtensions(bytes, tcpAt[row]! + 20, optionsLength[row]!, this.flags, this.payloadLength);
  }
}
