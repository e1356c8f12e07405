import type { SegmentBatch } from "../decode/segment-batch.js";
import { FIN, RST, SYN } from "../tcp/flags.js";

/** A capture records one packet twice within this time; a sender never repeats one so soon with the same IP id. */
const COPY_WINDOW_NS = 2_000_000;
/** Share of copies among the frames that can tell, above which the capture is taken to record everything twice. */
const DUPLICATING_SHARE = 0.25;
const SLOTS = 1 << 15;

/**
 * Finds frames that the capture recorded twice: `-i any`, both ends of a veth, mirror ports, bridges. A copy has the
 * same IP id and the same TCP header within 2 ms. IPv6 and Linux's SYN-ACKs and RSTs carry no IP id: there the
 * equal header decides, except for pure ACKs, where two equal ones may be two duplicate ACKs: they are called copies
 * only while the capture doubles everything else.
 *
 * The last frames are kept in a direct-mapped table, so the cost is one look-up a frame whatever the number of flows.
 */
export class CopyDetector {
  readonly #signatures = new Uint32Array(SLOTS);
  readonly #timesNs = new Float64Array(SLOTS).fill(Number.NEGATIVE_INFINITY);
  #telling = 0;
  #copies = 0;

  /** True when row `row`, a segment of flow `flowId`, is a copy of a frame seen up to 2 ms before. */
  isCopy(batch: SegmentBatch, row: number, flowId: number, fromServer: number): boolean {
    const flags = batch.flags[row]!;
    const length = batch.payloadLength[row]!;
    const ipId = batch.ipId[row]!;
    let hash = Math.imul(flowId * 2 + fromServer, 0x9e3779b1);
    hash = Math.imul((hash ^ (hash >>> 15) ^ batch.seq[row]!) | 0, 0x85ebca6b);
    hash = Math.imul((hash ^ (hash >>> 13) ^ batch.ack[row]!) | 0, 0xc2b2ae35);
    hash = Math.imul((hash ^ (hash >>> 16) ^ ((ipId << 16) | batch.window[row]!)) | 0, 0x27d4eb2f);
    hash = Math.imul(
      (hash ^ (hash >>> 15) ^ ((length << 12) | (flags << 3) | (batch.facts[row]! & 7))) | 0,
      0x9e3779b1,
    );
    hash = Math.imul((hash ^ (hash >>> 14) ^ batch.tsval[row]! ^ (batch.tsecr[row]! << 7)) | 0, 0x85ebca6b);
    const signature = (hash ^ (hash >>> 16)) >>> 0;
    const slot = signature & (SLOTS - 1);

    const timeNs = batch.timeNs[row]!;
    const isEqual = this.#signatures[slot] === signature;
    const ageNs = timeNs - this.#timesNs[slot]!;
    this.#signatures[slot] = signature;
    this.#timesNs[slot] = timeNs;
    const isRecent = isEqual && ageNs <= COPY_WINDOW_NS && ageNs >= -COPY_WINDOW_NS;

    const canTell = ipId !== 0 || length > 0 || (flags & (SYN | FIN | RST)) !== 0;
    if (!canTell) return isRecent && this.#copies > this.#telling * DUPLICATING_SHARE;
    this.#telling++;
    if (isRecent) this.#copies++;
    return isRecent;
  }
}
