import type { SegmentBatch } from "../decode/segment-batch.js";
import { RST, SYN } from "../tcp/flags.js";
import { CallLog } from "./call-log.js";
import { FlowKinds, IS_RPC, NOT_RPC, UNDECIDED } from "./flow-kinds.js";
import type { HoldingBudget } from "./held-pieces.js";
import { mayBeginCall } from "./message.js";
import type { Piece } from "./piece.js";
import { RPC_PORTS } from "./program-names.js";
import type { RpcCall } from "./rpc-call.js";
import { RpcFlow } from "./rpc-flow.js";

/** Connections looked into at a time; each takes some kilobytes. Beyond that the one looked into longest is given up. */
const MAX_FLOWS = 8192;
/** Octets held back behind gaps, over all connections. */
const MAX_HELD_BYTES = 32 * 1024 * 1024;

/**
 * Looks for ONC RPC in the payload of segments, after the flow table has filled their columns. A flow's first data
 * decides, by its port or by a record mark and a call at its beginning; another flow's segment costs one table read.
 */
export class RpcObserver {
  readonly #firstId: number;
  readonly #log = new CallLog();
  readonly #flows = new Map<number, RpcFlow>();
  readonly #budget: HoldingBudget = { bytes: MAX_HELD_BYTES };
  /** What each flow is, by its id from the first one on. */
  readonly #kinds = new FlowKinds();
  readonly #piece: Piece = {
    bytes: new Uint8Array(0),
    at: 0,
    captured: 0,
    length: 0,
    seq: 0,
    captureId: 0,
    frame: 0,
    timeNs: 0,
  };

  /** `firstId`: id of the stream's first flow. */
  constructor(firstId = 1) {
    this.#firstId = firstId;
  }

  /** `flowEnd`: one above the highest flow id in the batch. */
  observe(batch: SegmentBatch, flowEnd: number): void {
    this.#kinds.extend(flowEnd - this.#firstId);
    const { length, payloadLength, flow } = batch;
    const kinds = this.#kinds;
    const firstId = this.#firstId;
    for (let row = 0; row < length; row++) {
      if (payloadLength[row] === 0 || kinds.of(flow[row]! - firstId) === NOT_RPC) continue;
      this.#take(batch, row);
    }
  }

  /** The calls so far, in the order in which they were made. */
  get calls(): readonly RpcCall[] {
    return this.#log.calls;
  }

  /** Forgets flow `id`, once: what comes of its connection later is another flow's, replies to its calls included. */
  forget(id: number): void {
    this.#flows.get(id)?.abandon();
    this.#flows.delete(id);
    this.#kinds.forget(id - this.#firstId);
  }

  /** Everything has been read: the calls in the order in which they were made. */
  finish(): readonly RpcCall[] {
    for (const flow of this.#flows.values()) flow.finish();
    this.#flows.clear();
    return this.#log.calls;
  }

  #take(batch: SegmentBatch, row: number): void {
    if (batch.isCopy[row] === 1 || batch.flags[row]! & RST) return;
    const id = batch.flow[row]!;
    const index = id - this.#firstId;
    const kinds = this.#kinds;
    if (kinds.of(index) === UNDECIDED) kinds.set(index, this.#decide(batch, row) ? IS_RPC : NOT_RPC);
    if (kinds.of(index) === NOT_RPC) return;
    let flow = this.#flows.get(id);
    if (flow === undefined) {
      flow = new RpcFlow(id, this.#log, this.#budget);
      if (this.#flows.size === MAX_FLOWS) this.#forgetOldest();
      this.#flows.set(id, flow);
    }
    const piece = this.#piece;
    piece.bytes = batch.bytes;
    piece.at = batch.payloadAt[row]!;
    piece.captured = batch.payloadCaptured[row]!;
    piece.length = batch.payloadLength[row]!;
    // Data in a SYN begins behind the SYN's own number.
    piece.seq = batch.relativeSeq[row]! + (batch.flags[row]! & SYN ? 1 : 0);
    piece.captureId = batch.captureId;
    piece.frame = batch.frame[row]!;
    piece.timeNs = batch.timeNs[row]!;
    flow.push(batch.fromServer[row] === 1 ? 1 : 0, piece, batch.relativeAck[row]!);
    if (flow.mayBeRpc || hasRpcPort(batch, row)) return;
    this.#flows.delete(id);
    kinds.set(index, NOT_RPC);
  }

  #decide(batch: SegmentBatch, row: number): boolean {
    if (hasRpcPort(batch, row)) return true;
    const captured = batch.payloadCaptured[row]!;
    const at = batch.payloadAt[row]!;
    if (captured >= 28) return mayBeginCall(batch.bytes, at, captured, true);
    // A call split right behind its beginning; the next segment decides.
    return captured === batch.payloadLength[row] && mayBeginCall(batch.bytes, at, captured, false);
  }

  #forgetOldest(): void {
    const [oldest] = this.#flows;
    if (oldest === undefined) return;
    const [id, flow] = oldest;
    flow.abandon();
    this.#flows.delete(id);
    this.#kinds.set(id - this.#firstId, NOT_RPC);
  }
}

function hasRpcPort(batch: SegmentBatch, row: number): boolean {
  return RPC_PORTS.has(batch.destinationPort[row]!) || RPC_PORTS.has(batch.sourcePort[row]!);
}
