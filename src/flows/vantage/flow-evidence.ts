import { CHECKSUM_UNFILLED, CHECKSUM_VALID, CHECKSUM_WRONG, judgeChecksum } from "../../decode/checksum.js";
import type { SegmentBatch } from "../../decode/segment-batch.js";
import { ACK, FIN, RST, SYN } from "../../tcp/flags.js";
import { SYN_SENT } from "../connection-state.js";
import {
  CONTIGUOUS_TO,
  type Endpoint,
  float64Index,
  HAS_VALID_DATA_CHECKSUM,
  HAS_WRONG_CHECKSUM,
  SEGMENTS,
  uint32Index,
} from "../endpoint.js";
import type { Flow } from "../flow.js";
import { CaptureClock, type SeenSegment } from "./capture-clock.js";

const QUICKEST_ACK_NS = float64Index("quickestAckNs");
const ACK_SAMPLES = uint32Index("ackSamples");
const UNSEEN_FROM = uint32Index("unseenFrom");
const UNSEEN_TO = uint32Index("unseenTo");

/** Segments of each direction whose checksum is looked at. */
const CHECKSUM_SAMPLES = 4;
/** An Ethernet segment without options holds 1460 octets: up to there nothing is oversized but on narrower paths. */
const LARGEST_COMMON_PAYLOAD_BYTES = 1460;
/** Payload that fits into the largest jumbo frame in use (9216 octets): beyond, no MSS needs to be known. */
const LARGEST_FRAME_PAYLOAD_BYTES = 9176;
/** Flows whose first acknowledgment of octets unseen is remembered, to be shown. */
const MAX_UNSEEN_SHOWN = 1000;
/** Where a cooked header has its packet type, before the IP header. https://www.tcpdump.org/linktypes.html */
const SLL_TYPE_BEFORE_IP = 15;
const SLL2_TYPE_BEFORE_IP = 10;
const SLL2_HEADER_BYTES = 20;
const PACKET_TYPE_MAX = 4;

/** A segment and its copy, with the index of the interface and the TTL of each. */
export interface SeenCopy {
  readonly original: SeenSegment;
  readonly copy: SeenSegment;
  readonly interfaces: readonly [number, number];
  readonly ttls: readonly [number, number];
}

/** By so much at least the TTL falls of what goes round, below that of the sender's first segment. */
const CIRCLING_HOPS = 8;

/**
 * Collects, while segments pass, what tells where a capture was taken and how far it can be trusted: per direction in
 * the flow's record (vantage-state.ts), the rest here. Everything is judged later, when flows have ended.
 */
export class FlowEvidence {
  readonly clock = new CaptureClock();
  /** Segments with payload, pure ACKs, and SYNs, copies left out. */
  dataSegments = 0;
  pureAcks = 0;
  syns = 0;
  oversizedSegments = 0;
  /** Octets of the largest payload beyond the receiver's MSS, and its segment. */
  largestOversizedBytes = 0;
  largestOversized: SeenSegment | null = null;
  /** Segments of any direction whose checksum nobody filled in, among those looked at, and the first. */
  unfilledChecksums = 0;
  validChecksums = 0;
  /** Of the valid ones those of segments with data. */
  validDataChecksums = 0;
  firstUnfilled: SeenSegment | null = null;
  copies = 0;
  /** Those whose TTL is lower by so much that no host has as many routers in it: the packet came by again and again. */
  circlingCopies = 0;
  /** Those that were recorded at another place, more than a moment after what they repeat. */
  distantCopies = 0;
  firstCopy: SeenCopy | null = null;
  readonly #unseen = new Map<number, SeenSegment>();

  /** Takes one segment that is no copy, before the flow is updated with it. */
  note(flow: Flow, batch: SegmentBatch, row: number): void {
    const isFromServer = batch.fromServer[row] === 1;
    const endpoint = isFromServer ? flow.server : flow.client;
    const peer = isFromServer ? flow.client : flow.server;
    const { f64, u32, at64, at32 } = endpoint;
    const flags = batch.flags[row]!;
    const payloadLength = batch.payloadLength[row]!;
    this.clock.note(batch.timeNs[row]!, flow.id, batch.frame[row]!);
    if (this.clock.backwardSteps > 0) this.#noteBack(flow, batch.timeNs[row]!);
    if (u32[at32 + SEGMENTS]! < CHECKSUM_SAMPLES) this.#sample(flow, endpoint, batch, row);

    if (payloadLength > 0) {
      this.dataSegments++;
      if (payloadLength > LARGEST_COMMON_PAYLOAD_BYTES) this.#noteLarge(flow, endpoint, peer, batch, row);
      if (u32[at32 + UNSEEN_TO] !== u32[at32 + UNSEEN_FROM]) this.#noteLate(flow, endpoint, batch, row);
    } else if ((flags & (SYN | FIN | RST)) === 0) {
      this.pureAcks++;
    } else if (flags & SYN) {
      this.syns++;
    }
    const ackRttNs = batch.ackRttNs[row]!;
    if (ackRttNs > 0) {
      const samples = u32[at32 + ACK_SAMPLES]!;
      if (samples === 0 || ackRttNs < f64[at64 + QUICKEST_ACK_NS]!) f64[at64 + QUICKEST_ACK_NS] = ackRttNs;
      u32[at32 + ACK_SAMPLES] = samples + 1;
    }
    if (flags & ACK && batch.relativeAck[row]! > f64[peer.at64 + CONTIGUOUS_TO]! && (flags & RST) === 0)
      this.#noteUnseen(flow, endpoint, peer, batch, row);
  }

  /** Takes one segment that the capture recorded before. */
  noteCopy(flow: Flow, batch: SegmentBatch, row: number): void {
    this.copies++;
    const { ttl } = batch.fromServer[row] === 1 ? flow.server : flow.client;
    if (batch.ttl[row]! + CIRCLING_HOPS <= ttl) this.circlingCopies++;
    const first = batch.firstCopy;
    if (this.firstCopy !== null || first?.row !== row) return;
    this.firstCopy = {
      original: { flowId: flow.id, frame: first.originalFrame, timeNs: first.originalNs },
      copy: seen(flow, batch, row),
      interfaces: [first.originalInterface, batch.interfaceIndex[row]!],
      ttls: [first.originalTtl, batch.ttl[row]!],
    };
  }

  /** The first acknowledgment of octets of the flow that were not captured at all; null when it is not kept. */
  firstUnseen(flowId: number): SeenSegment | null {
    return this.#unseen.get(flowId) ?? null;
  }

  /** That of the first of `flowIds` for which it is kept. */
  firstUnseenOf(flowIds: readonly number[]): SeenSegment | null {
    for (const flowId of flowIds) {
      const unseen = this.#unseen.get(flowId);
      if (unseen !== undefined) return unseen;
    }
    return null;
  }

  #noteBack({ id, client, server }: Flow, timeNs: number): void {
    let lastNs = client.segments > 0 ? client.lastNs : Number.NEGATIVE_INFINITY;
    if (server.segments > 0 && server.lastNs > lastNs) lastNs = server.lastNs;
    if (timeNs < lastNs) this.clock.noteWithinFlow(timeNs, lastNs, id);
  }

  #sample(flow: Flow, endpoint: Endpoint, batch: SegmentBatch, row: number): void {
    if (endpoint.segments === 0) {
      endpoint.capturedFrom = Math.min(Math.max(0, batch.relativeSeq[row]!), 0xffffffff);
      if (batch.encapsulation[row] === 0) endpoint.packetTypes = packetTypesOf(batch, row);
    }
    const verdict = judgeChecksum(batch, row);
    if (verdict === CHECKSUM_VALID) {
      endpoint.validChecksums++;
      this.validChecksums++;
      if (batch.payloadLength[row]! > 0) {
        endpoint.facts |= HAS_VALID_DATA_CHECKSUM;
        this.validDataChecksums++;
      }
    } else if (
      verdict === CHECKSUM_WRONG &&
      (batch.payloadLength[row]! > 0 || batch.flags[row]! & (SYN | FIN))
    ) {
      endpoint.facts |= HAS_WRONG_CHECKSUM;
    } else if (verdict === CHECKSUM_UNFILLED) {
      endpoint.unfilledChecksums++;
      this.unfilledChecksums++;
      this.firstUnfilled ??= seen(flow, batch, row);
    }
  }

  #noteLarge(flow: Flow, endpoint: Endpoint, peer: Endpoint, batch: SegmentBatch, row: number): void {
    const payloadLength = batch.payloadLength[row]!;
    if (payloadLength <= (peer.mss > 0 ? peer.mss : LARGEST_FRAME_PAYLOAD_BYTES)) return;
    endpoint.oversizedSegments++;
    this.oversizedSegments++;
    if (payloadLength <= this.largestOversizedBytes) return;
    this.largestOversizedBytes = payloadLength;
    this.largestOversized = seen(flow, batch, row);
  }

  /** Data that its receiver has acknowledged before: the capture put it behind, or it was sent again in vain. */
  #noteLate(flow: Flow, endpoint: Endpoint, batch: SegmentBatch, row: number): void {
    const length = batch.payloadLength[row]!;
    const first = batch.relativeSeq[row]!;
    const unseenLength = (endpoint.unseenTo - endpoint.unseenFrom) >>> 0;
    const offset = (first - endpoint.unseenFrom) >>> 0;
    if (offset + length > unseenLength) return;
    endpoint.lateBytes += length;
    if (offset === 0) endpoint.unseenFrom = (endpoint.unseenFrom + length) >>> 0;
    else if (offset + length === unseenLength) endpoint.unseenTo = (first % 0x100000000) >>> 0;
    if (endpoint.unseenFrom === endpoint.unseenTo) this.#unseen.delete(flow.id);
  }

  #noteUnseen(flow: Flow, endpoint: Endpoint, peer: Endpoint, batch: SegmentBatch, row: number): void {
    const relativeAck = batch.relativeAck[row]!;
    // An answer to an older connection's octets says nothing of this one, and one direction alone shows no gap.
    if (relativeAck <= endpoint.ackedTo || peer.segments === 0 || peer.zeekState === SYN_SENT) return;
    const from = Math.max(peer.contiguousTo, peer.capturedFrom);
    if (relativeAck <= from) return;
    // Where one direction is recorded late, acknowledgment upon acknowledgment comes before what it is for.
    const goesOn = peer.unseenTo !== peer.unseenFrom && peer.unseenTo === from >>> 0;
    if (!goesOn) peer.unseenFrom = from >>> 0;
    peer.unseenTo = relativeAck >>> 0;
    if (!this.#unseen.has(flow.id) && this.#unseen.size < MAX_UNSEEN_SHOWN)
      this.#unseen.set(flow.id, seen(flow, batch, row));
  }
}

function seen(flow: Flow, batch: SegmentBatch, row: number): SeenSegment {
  return { flowId: flow.id, frame: batch.frame[row]!, timeNs: batch.timeNs[row]! };
}

/** See VantageState.packetTypes: what the link's header would say if it were SLL or SLL2. */
function packetTypesOf(batch: SegmentBatch, row: number): number {
  const ipAt = batch.ipAt[row]!;
  if (ipAt < SLL2_HEADER_BYTES) return 0;
  const sll = batch.bytes[ipAt - SLL_TYPE_BEFORE_IP]!;
  const sll2 = batch.bytes[ipAt - SLL2_TYPE_BEFORE_IP]!;
  return (sll <= PACKET_TYPE_MAX ? sll + 1 : 0) | (sll2 <= PACKET_TYPE_MAX ? (sll2 + 1) << 8 : 0);
}
