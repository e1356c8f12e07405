import { type FirstCopy, HAS_TIMESTAMPS, type SegmentBatch } from "../decode/segment-batch.js";
import { ACK, FIN, SYN } from "../tcp/flags.js";
import { LatestSyns } from "./latest-syns.js";

/** A capture records one packet twice within this time; a sender never repeats one so soon with the same IP id. */
const COPY_WINDOW_NS = 2_000_000;
/** Share of copies among the frames that can tell, above which the capture is taken to record everything twice. */
const DUPLICATING_SHARE = 0.25;
/** Data without an IP id may be repeated by a fast retransmission, but not within less than a round trip. */
const DATA_COPY_WINDOW_NS = 100_000;
/**
 * A router holds a packet for no longer, nor is one longer on its way between two points whose captures were merged. The table
 * forgets sooner where many packets pass.
 */
const SECOND_PLACE_NS = 10_000_000_000;
/**
 * Where captures were merged so, half of what can tell was recorded before. Of a SYN proxy each connection has one such SYN-ACK
 * beside its SYN and the proxy's own.
 */
const SECOND_PLACE_SHARE = 0.4;
const FEWEST_AT_SECOND_PLACE = 4;
/** What isCopy tells. */
export const SEEN_BEFORE = 1;
export const SEEN_ELSEWHERE = 2;

/** Places of two slots each, which lie in one line of the cache. */
const PLACES = 1 << 12;

/**
 * Finds frames that the capture recorded twice: `-i any`, both ends of a veth, mirror ports, bridges. A copy has the
 * same IP id and the same TCP header within 2 ms. IPv6 carries no IP id, nor do Linux's SYN-ACKs and RSTs and other
 * systems' unfragmented IPv4. There the equal header decides for SYN and FIN, whose timers are longer, unless another SYN
 * came before the second SYN-ACK, and for data within 100 us; two equal pure ACKs or RSTs may be two answers, as may
 * SYN-ACKs to a SYN that was sent again, and data a fast retransmission, and are called copies only while the capture
 * doubles what can tell, or with a TTL that is one lower: before and behind a router.
 *
 * What was recorded at another place of its way, so with another TTL or on another interface, is a copy also later: where the
 * captures of both ends were merged, or a router keeps packets in a queue. Without an IP id only while the capture doubles so.
 *
 * The last frames are kept in a table in which each has one place with room for two, and gives it up to a later one; so the
 * cost is one look-up a frame whatever the number of flows. Nothing here differs from run to run, or findings would, too.
 */
export class CopyDetector {
  /** Signature and timeNs of each slot in turn. */
  readonly #slots = new Float64Array(PLACES * 4).fill(Number.NEGATIVE_INFINITY);
  /** Frame, and interface and TTL, of each slot in turn. */
  readonly #sightings = new Uint32Array(PLACES * 4);
  /** Encapsulation of each slot. */
  readonly #encapsulations = new Uint16Array(PLACES * 2);
  readonly #syns = new LatestSyns();
  #telling = 0;
  #copies = 0;
  #distantCopies = 0;
  /** The batch's first copy is one in the same encapsulation. */
  #hasFirst = false;

  /**
   * SEEN_BEFORE when row `row`, a segment of the tuple with hash `tuple` (the same in every run, whatever it is wrapped in),
   * sent by end `order` of it, is a copy of a frame seen up to 2 ms before, or at another place up to 10 s before; SEEN_ELSEWHERE when that one was wrapped in
   * something else, so that it is a copy only if both are of one connection; else 0. The batch keeps the first one in it.
   */
  whereSeen(batch: SegmentBatch, row: number, tuple: number, order: number): number {
    const flags = batch.flags[row]!;
    const length = batch.payloadLength[row]!;
    const ipId = batch.ipId[row]!;
    // The columns of a row without timestamps hold what an earlier batch left there.
    const timestamps = batch.facts[row]! & HAS_TIMESTAMPS ? batch.tsval[row]! ^ (batch.tsecr[row]! << 7) : 0;
    // Five products that do not wait for each other, then two that mix them differently: 53 bits tell frames apart.
    const seqPart = Math.imul(batch.seq[row]! ^ (tuple << 2), 0x9e3779b1);
    const ackPart = Math.imul(batch.ack[row]! ^ (length << 12), 0x85ebca6b);
    const timePart = Math.imul(timestamps, 0xc2b2ae35);
    const kindPart = Math.imul((flags << 5) | (order << 3) | (batch.facts[row]! & 7), 0x165667b1);
    const idPart = Math.imul((ipId << 16) | batch.window[row]!, 0x27d4eb2f);
    const first = seqPart ^ ackPart ^ timePart ^ kindPart ^ idPart;
    const second =
      (seqPart >>> 7) ^ (ackPart >>> 11) ^ (timePart >>> 5) ^ (kindPart >>> 9) ^ (idPart >>> 3) ^ tuple;
    const low = Math.imul(first ^ (first >>> 15), 0x2c1b3c6d) >>> 0;
    const high = Math.imul(second ^ (second >>> 12), 0x297a2d39) >>> 11;
    const signature = high * 0x100000000 + low;
    const timeNs = batch.timeNs[row]!;
    const at = this.#slotOf(signature, ((low ^ (low >>> 13)) & (PLACES - 1)) * 4);
    const isEqual = this.#slots[at] === signature;
    const ageNs = Math.abs(timeNs - this.#slots[at + 1]!);
    const isRecent =
      isEqual && ageNs <= COPY_WINDOW_NS && !this.#answersAnother(flags, tuple, this.#slots[at + 1]!);
    const encapsulation = batch.encapsulation[row]!;
    const isElsewhere = this.#encapsulations[at >>> 1] !== encapsulation;
    const isTelling = ipId !== 0 || ((flags & (SYN | FIN)) !== 0 && !this.#isExpectedAgain(flags, tuple));
    if (isTelling) this.#telling++;
    let isCopy = isRecent;
    if (!isRecent && isEqual && !isElsewhere && this.#isAtSecondPlace(batch, row, at, ageNs)) {
      if (isTelling) this.#distantCopies++;
      // What the first place recorded stays: it may be sent again, with the same header, and come by both.
      if (ipId !== 0 || this.#isMerged()) {
        batch.distantCopies++;
        batch.firstCopy ??= this.#original(row, at);
        return SEEN_BEFORE;
      }
    }
    if (isRecent) {
      if (isTelling) this.#copies++;
      else if (length === 0 || ageNs > DATA_COPY_WINDOW_NS)
        isCopy = this.#isForwarded(batch, row, at) || this.#copies > this.#telling * DUPLICATING_SHARE;
      if (isCopy && (batch.firstCopy === null || (!this.#hasFirst && !isElsewhere))) {
        this.#hasFirst = !isElsewhere;
        batch.firstCopy = this.#original(row, at);
      }
    }
    this.#slots[at] = signature;
    this.#slots[at + 1] = timeNs;
    this.#sightings[at] = batch.frame[row]!;
    this.#sightings[at + 1] = placeOf(batch, row);
    this.#encapsulations[at >>> 1] = encapsulation;
    if (isCopy) return isElsewhere ? SEEN_ELSEWHERE : SEEN_BEFORE;
    if ((flags & (SYN | ACK)) === SYN) this.#syns.note(tuple, batch.seq[row]!, batch.ttl[row]!, timeNs);
    return 0;
  }

  /** A SYN-ACK equal to the one sent at `timeNs`: a listener sends it by its timer, and once more for each SYN that it gets. */
  #answersAnother(flags: number, tuple: number, timeNs: number): boolean {
    return (flags & (SYN | ACK)) === (SYN | ACK) && this.#syns.hasSince(tuple, timeNs);
  }

  /** Both answers to a SYN that was sent again may be on their way at once, the other one being that of the listener's timer. */
  #isExpectedAgain(flags: number, tuple: number): boolean {
    return (flags & (SYN | ACK)) === (SYN | ACK) && this.#syns.isRepeated(tuple);
  }

  /** The slot of the place at `at` that has the signature; else the one that was written longer ago. */
  #slotOf(signature: number, at: number): number {
    const slots = this.#slots;
    if (slots[at] === signature) return at;
    return slots[at + 2] === signature || slots[at + 3]! < slots[at + 1]! ? at + 2 : at;
  }

  /** Recorded behind another number of routers than the frame in the slot, or, if its IP id tells that it is the same, on another interface. */
  #isAtSecondPlace(batch: SegmentBatch, row: number, at: number, ageNs: number): boolean {
    if (ageNs > SECOND_PLACE_NS) return false;
    const place = this.#sightings[at + 1]!;
    return batch.ipId[row] === 0 ? (place & 0xff) !== batch.ttl[row] : place !== placeOf(batch, row);
  }

  /** Recorded behind one router more than the frame in the slot: what its sender says again passes as many as the first did. */
  #isForwarded(batch: SegmentBatch, row: number, at: number): boolean {
    return (this.#sightings[at + 1]! & 0xff) === batch.ttl[row]! + 1;
  }

  #isMerged(): boolean {
    const distant = this.#distantCopies;
    return distant >= FEWEST_AT_SECOND_PLACE && distant > this.#telling * SECOND_PLACE_SHARE;
  }

  #original(row: number, at: number): FirstCopy {
    const place = this.#sightings[at + 1]!;
    return {
      row,
      originalNs: this.#slots[at + 1]!,
      originalFrame: this.#sightings[at]!,
      originalInterface: place >>> 8,
      originalTtl: place & 0xff,
    };
  }
}

/** Interface and TTL. */
function placeOf(batch: SegmentBatch, row: number): number {
  return (batch.interfaceIndex[row]! << 8) | batch.ttl[row]!;
}
