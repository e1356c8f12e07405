import type { CallLog } from "./call-log.js";
import type { HoldingBudget } from "./held-pieces.js";
import { CALL, messageType, readCall, readMinorVersion, readReplyStatus, readXid } from "./message.js";
import type { Piece } from "./piece.js";
import { isCompound } from "./program-names.js";
import { type ReadRecord, RecordReader } from "./record-reader.js";
import type { RpcCall } from "./rpc-call.js";

/** Calls of one direction that wait for a reply at a time; beyond that the oldest is given up. */
const MAX_PENDING = 4096;

/** One direction of a connection that carries RPC. */
interface Direction {
  /** Where its first octet was not the stream's, it begins lost. */
  reader: RecordReader | null;
  /** Its calls without a reply, by XID. */
  readonly pending: Map<number, RpcCall>;
  calls: number;
  /** Calls with a lower ordinal may have been answered by octets that the capture lacks. */
  doubtfulBelow: number;
}

/** A connection that carries RPC: calls and replies of both directions. */
export class RpcFlow {
  readonly #flowId: number;
  readonly #log: CallLog;
  readonly #budget: HoldingBudget;
  readonly #directions: readonly [Direction, Direction] = [
    { reader: null, pending: new Map(), calls: 0, doubtfulBelow: 0 },
    { reader: null, pending: new Map(), calls: 0, doubtfulBelow: 0 },
  ];
  /** A message was understood. */
  isProven = false;

  constructor(flowId: number, log: CallLog, budget: HoldingBudget) {
    this.#flowId = flowId;
    this.#log = log;
    this.#budget = budget;
  }

  /** `relativeAck`: what the segment acknowledges of the other direction. */
  push(fromServer: 0 | 1, piece: Piece, relativeAck: number): void {
    this.#directions[fromServer === 1 ? 0 : 1].reader?.acknowledge(relativeAck);
    const direction = this.#directions[fromServer];
    direction.reader ??= this.#open(fromServer, piece.seq);
    direction.reader.push(piece);
  }

  /** False when what looked like RPC turned out to be none. */
  get mayBeRpc(): boolean {
    return this.isProven || this.#directions.every(({ reader }) => reader === null || !reader.isLost);
  }

  /** No more is looked at, though the connection may go on: a reply may come unseen. What waits goes to the log. */
  abandon(): void {
    for (const direction of this.#directions) direction.doubtfulBelow = direction.calls;
    this.finish();
  }

  /** The flow has ended; what waits goes to the log. */
  finish(): void {
    for (const { reader } of this.#directions) reader?.finish();
    for (const fromServer of [0, 1] as const) {
      const direction = this.#directions[fromServer];
      if (this.#directions[fromServer === 1 ? 0 : 1].reader?.isLost)
        direction.doubtfulBelow = direction.calls;
      for (const call of direction.pending.values()) this.#giveUp(call, direction);
      direction.pending.clear();
    }
  }

  #open(fromServer: 0 | 1, seq: number): RecordReader {
    const own = this.#directions[fromServer];
    const other = this.#directions[fromServer === 1 ? 0 : 1];
    const sink = {
      record: (record: ReadRecord) => {
        const isCall = messageType(record.message, record.messageLength) === CALL;
        if (isCall) this.#takeCall(record, fromServer, own);
        else this.#takeReply(record, other.pending);
      },
      lost: () => {
        other.doubtfulBelow = other.calls;
      },
      isAwaited: (xid: number) => other.pending.has(xid),
    };
    // The first octet of a stream has the relative number 1.
    return new RecordReader(sink, this.#budget, seq, seq !== 1);
  }

  #takeCall(record: ReadRecord, fromServer: 0 | 1, own: Direction): void {
    const { message, messageLength, captureId, frame, timeNs, bytes, isComplete, endSeq } = record;
    const header = readCall(message, messageLength);
    if (header === null) return;
    this.isProven = true;
    const { xid, program, version, procedure, credential, argumentsAt } = header;
    const { pending } = own;
    const before = pending.get(xid);
    const isRepeat = before?.program === program && before.procedure === procedure;
    const call: RpcCall = {
      flowId: this.#flowId,
      isFromServer: fromServer === 1,
      ...{ xid, program, version, procedure, credential },
      minorVersion: isCompound(program, version, procedure)
        ? readMinorVersion(message, messageLength, argumentsAt)
        : null,
      ...{ captureId, frame, timeNs, bytes, isComplete, endSeq },
      repeats: isRepeat ? before : null,
      transmission: isRepeat ? before.transmission + 1 : 1,
      ordinal: own.calls++,
      reply: null,
      mayHaveReply: false,
    };
    if (before !== undefined && !isRepeat) {
      this.#giveUp(before, own);
    } else if (before === undefined && pending.size >= MAX_PENDING) {
      const [oldest] = pending.values();
      own.doubtfulBelow = Math.max(own.doubtfulBelow, oldest!.ordinal + 1);
      this.#giveUp(oldest!, own);
      pending.delete(oldest!.xid);
    }
    pending.set(xid, call);
    this.#log.add(call);
  }

  /** Nothing that is still to come is taken for an answer to it. */
  #giveUp(call: RpcCall, { doubtfulBelow }: Direction): void {
    for (let each: RpcCall | null = call; each !== null; each = each.repeats)
      each.mayHaveReply = each.ordinal < doubtfulBelow;
    this.#log.keepUnanswered(call);
  }

  #takeReply(record: ReadRecord, awaited: Map<number, RpcCall>): void {
    const { message, messageLength, captureId, frame, timeNs, bytes, isComplete } = record;
    const xid = readXid(message);
    const call = awaited.get(xid);
    if (call === undefined) return;
    this.isProven = true;
    const status = readReplyStatus(message, messageLength);
    const reply = { captureId, frame, timeNs, bytes, isComplete, status };
    // One answer is enough for all transmissions of a call.
    for (let each: RpcCall | null = call; each !== null; each = each.repeats) each.reply = reply;
    awaited.delete(xid);
  }
}
