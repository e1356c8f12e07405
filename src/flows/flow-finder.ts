import type { IcmpError } from "../decode/icmp-error.js";
import type { SegmentBatch } from "../decode/segment-batch.js";
import { ACK, SYN } from "../tcp/flags.js";
import { type ClientVerdict, findClient } from "./client.js";
import { SEEN_ELSEWHERE } from "./copies.js";
import { type Flow, IS_CLIENT_LOWER, IS_REPLACED, IS_SELF_CONNECT, KEY_32, REUSES_PORTS } from "./flow.js";
import type { FlowStore } from "./flow-store.js";
import { noteFlipped } from "./history.js";
import { HAS_LABEL_BASE } from "./labels/label-state.js";
import { answersElsewhere, goesOnElsewhere, wasJustSentElsewhere } from "./seen-elsewhere.js";
import {
  hashTupleKey,
  IS_VERSION_6,
  KEY_WORDS,
  readQuotedTupleKey,
  readTupleKey,
  SENDER_IS_BOTH,
} from "./tuple-key.js";
import { TupleTable } from "./tuple-table.js";

/** Encapsulations among which the flow that a segment answers is looked for; a capture that has more of them is no mirror port's. */
const MAX_ENCAPSULATIONS_TRIED = 64;

/** Finds the flow of each segment by its tuple, and begins one where the tuple is new or used again. */
export class FlowFinder {
  readonly #store: FlowStore<Flow>;
  readonly #flow: Flow;
  readonly #tuples = new TupleTable();
  readonly #key = new Uint32Array(KEY_WORDS);
  /** The highest encapsulation that a flow began in. */
  #lastEncapsulation = 0;
  readonly #verdict: ClientVerdict = { isSender: true, knownBy: 0 };

  /** `flow`: the cursor that is moved to what was found. */
  constructor(store: FlowStore<Flow>, flow: Flow) {
    this.#store = store;
    this.#flow = flow;
  }

  /** Id of the flow of a marked segment, on which the cursor then stands. */
  find(batch: SegmentBatch, row: number, captureId: number): number {
    return this.#seekKnown(batch, row) ?? this.#seekOther(batch, row, captureId);
  }

  /** Id of the connection that an ICMP error's quoted segment belongs to: the latest of its tuple; null if none was seen. */
  findQuoted(error: IcmpError): number | null {
    readQuotedTupleKey(error, this.#key);
    const hash = hashTupleKey(this.#key);
    const tuples = this.#tuples;
    let slot = tuples.first(hash);
    for (let id = tuples.idAt(slot); id !== 0; slot = tuples.next(slot), id = tuples.idAt(slot)) {
      if (tuples.hashAt(slot) !== hash) continue;
      this.#store.glance(this.#flow, id);
      if (this.#hasKey()) return id;
    }
    return null;
  }

  /** What comes of this flow later is another flow. */
  forget(flow: Flow): void {
    const key = this.#key;
    key.set(flow.u32.subarray(flow.at32 + KEY_32, flow.at32 + KEY_32 + KEY_WORDS));
    this.#tuples.remove(hashTupleKey(key), flow.id);
    for (const other of [flow.otherKey9, flow.thirdKey9, flow.fourthKey9]) {
      if (other === 0) break;
      key[9] = other - 1;
      this.#tuples.remove(hashTupleKey(key), flow.id);
    }
  }

  /** The segment's flow in the one case that nearly all segments are: known, and the segment opens nothing. */
  #seekKnown(batch: SegmentBatch, row: number): number | undefined {
    if (batch.flags[row]! & SYN) return undefined;
    const tuples = this.#tuples;
    const hash = batch.tupleHash[row]!;
    let slot = tuples.first(hash);
    let id = tuples.idAt(slot);
    while (id !== 0 && tuples.hashAt(slot) !== hash) {
      slot = tuples.next(slot);
      id = tuples.idAt(slot);
    }
    if (id === 0) return undefined;
    const flow = this.#flow;
    if (flow.id !== id) this.#store.seek(flow, id);
    const { u32, at32 } = flow;
    const at = at32 + KEY_32;
    if (u32[at + 8] !== batch.tuplePorts[row] || u32[at] !== batch.lowerAddress[row]) return undefined;
    if (u32[at + 4] !== batch.higherAddress[row]) return undefined;
    const isVersion6 = batch.tupleOrder[row]! & IS_VERSION_6 ? 1 : 0;
    if (u32[at + 9] !== batch.encapsulation[row]! * 2 + isVersion6) return undefined;
    if (isVersion6 === 1) {
      readTupleKey(batch, row, this.#key);
      if (!this.#hasKey()) return undefined;
    }
    return flow.facts & IS_REPLACED ? undefined : id;
  }

  /** The segment's flow, which `#flow` then stands on: known, or new because the tuple is new or reused. */
  #seekOther(batch: SegmentBatch, row: number, captureId: number): number {
    const tuples = this.#tuples;
    const flow = this.#flow;
    const sender = readTupleKey(batch, row, this.#key);
    const hash = batch.tupleHash[row]!;
    let slot = tuples.first(hash);
    for (let id = tuples.idAt(slot); id !== 0; slot = tuples.next(slot), id = tuples.idAt(slot)) {
      if (tuples.hashAt(slot) !== hash) continue;
      // Where ports are used again at random, the earlier connection has long been silent: it may be on disk, and stay there.
      this.#store.glance(flow, id);
      if (!this.#hasKey()) continue;
      // Only through the other direction's encapsulation can a flow be found that was replaced.
      const isReplaced = (flow.facts & IS_REPLACED) !== 0;
      if (!isReplaced && !this.#isReuse(batch, row, sender)) {
        this.#store.seek(flow, id);
        return id;
      }
      this.#store.mark(id);
      const newId = this.#pair(batch, row, sender) ?? this.#begin(batch, row, sender, captureId);
      if ((batch.flags[row]! & (SYN | ACK)) === SYN) flow.facts |= REUSES_PORTS;
      tuples.replace(slot, newId);
      return newId;
    }
    const id = this.#pair(batch, row, sender) ?? this.#begin(batch, row, sender, captureId);
    tuples.insert(slot, hash, id);
    return id;
  }

  /**
   * A segment without a flow in its encapsulation may answer one in another: mirror ports tag one direction only,
   * tunnels are not the same both ways. Or it was recorded in another as well, or goes on what began in another. Then the
   * flow has both encapsulations. Moves `#flow` there and returns its id; undefined when there is none.
   */
  #pair(batch: SegmentBatch, row: number, sender: 0 | 1 | 2): number | undefined {
    const canTell = (batch.flags[row]! & ACK) !== 0 || batch.isCopy[row] === SEEN_ELSEWHERE;
    if (!canTell || sender === SENDER_IS_BOTH) return undefined;
    const key = this.#key;
    const own = key[9]!;
    const last = Math.min(this.#lastEncapsulation, MAX_ENCAPSULATIONS_TRIED);
    for (let encapsulation = 0; encapsulation <= last; encapsulation++) {
      key[9] = encapsulation * 2 + (own & 1);
      const id = key[9] === own ? undefined : this.#findElsewhere(batch, row, sender);
      key[9] = own;
      if (id === undefined) continue;
      this.#addEncapsulation(own);
      return id;
    }
    return undefined;
  }

  /** The flow of `#key` that the segment in `row`, which has another encapsulation, belongs to. */
  #findElsewhere(batch: SegmentBatch, row: number, sender: 0 | 1): number | undefined {
    const tuples = this.#tuples;
    const flow = this.#flow;
    const isCopy = batch.isCopy[row] === SEEN_ELSEWHERE;
    const hash = hashTupleKey(this.#key);
    let slot = tuples.first(hash);
    for (let id = tuples.idAt(slot); id !== 0; slot = tuples.next(slot), id = tuples.idAt(slot)) {
      if (tuples.hashAt(slot) !== hash) continue;
      this.#store.glance(flow, id);
      if (!this.#hasKey() || flow.facts & IS_REPLACED || flow.fourthKey9 !== 0) continue;
      const isFromClient = sender === (flow.facts & IS_CLIENT_LOWER);
      const [own, other] = isFromClient ? [flow.client, flow.server] : [flow.server, flow.client];
      const isSame = isCopy
        ? wasJustSentElsewhere(batch, row, own)
        : answersElsewhere(batch, row, other, own) || goesOnElsewhere(batch, row, own, other);
      if (!isSame) continue;
      this.#store.seek(flow, id);
      return id;
    }
    return undefined;
  }

  /** Notes one more encapsulation, `key9`, of the flow that `#flow` stands on and that has room for it. */
  #addEncapsulation(key9: number): void {
    const flow = this.#flow;
    if (flow.otherKey9 === 0) flow.otherKey9 = key9 + 1;
    else if (flow.thirdKey9 === 0) flow.thirdKey9 = key9 + 1;
    else flow.fourthKey9 = key9 + 1;
  }

  #hasKey(): boolean {
    const { u32, at32 } = this.#flow;
    const key = this.#key;
    const at = at32 + KEY_32;
    if (u32[at + 8] !== key[8] || u32[at] !== key[0] || u32[at + 4] !== key[4]) return false;
    if (u32[at + 9] !== key[9] && !this.#isOther(key[9]! + 1)) return false;
    if ((key[9]! & 1) === 0) return true;
    for (let i = 1; i < 8; i++) if (u32[at + i] !== key[i]) return false;
    return true;
  }

  #isOther(key9: number): boolean {
    const flow = this.#flow;
    return flow.otherKey9 === key9 || flow.thirdKey9 === key9 || flow.fourthKey9 === key9;
  }

  /**
   * A SYN with another ISN than the sender's begins a new connection (RFC 9293, section 3.6.1); with the same ISN
   * it is a retransmission, whatever happened in between. The first SYN of the other side is a simultaneous open.
   */
  #isReuse(batch: SegmentBatch, row: number, sender: 0 | 1 | 2): boolean {
    if ((batch.flags[row]! & (SYN | ACK)) !== SYN) return false;
    const flow = this.#flow;
    const isClient = sender === SENDER_IS_BOTH || sender === (flow.facts & IS_CLIENT_LOWER);
    const endpoint = isClient ? flow.client : flow.server;
    return (endpoint.labelFacts & HAS_LABEL_BASE) !== 0 && batch.seq[row] !== endpoint.labelBase;
  }

  #begin(batch: SegmentBatch, row: number, sender: 0 | 1 | 2, captureId: number): number {
    const flow = this.#flow;
    const id = this.#store.create(flow);
    flow.u32.set(this.#key, flow.at32 + KEY_32);
    this.#lastEncapsulation = Math.max(this.#lastEncapsulation, this.#key[9]! >>> 1);
    const verdict = this.#verdict;
    findClient(batch.flags[row]!, batch.sourcePort[row]!, batch.destinationPort[row]!, verdict);
    let facts = verdict.knownBy;
    if (sender === SENDER_IS_BOTH) facts |= IS_SELF_CONNECT | IS_CLIENT_LOWER;
    else if ((sender === 1) === verdict.isSender) facts |= IS_CLIENT_LOWER;
    flow.facts = facts;
    if (!verdict.isSender && sender !== SENDER_IS_BOTH) noteFlipped(flow);
    flow.captureId = flow.lastCaptureId = captureId;
    flow.firstFrame = flow.lastFrame = batch.frame[row]!;
    flow.startNs = flow.endNs = batch.timeNs[row]!;
    return id;
  }
}
