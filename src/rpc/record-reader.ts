import { HeldPieces, type HoldingBudget } from "./held-pieces.js";
import { CALL_HEADER_BYTES, MAX_RECORD_BYTES, mayBeginCall, messageType, xidOfReplyAt } from "./message.js";
import type { Piece } from "./piece.js";

/** Octets kept of each message: enough for credential, verifier and what names a compound. */
const MESSAGE_BYTES = 1024;

/** A record as far as it was read. Borrowed for the call that receives it. */
export interface ReadRecord {
  readonly message: Uint8Array;
  /** Octets of `message` that are valid. */
  readonly messageLength: number;
  readonly captureId: number;
  readonly frame: number;
  readonly timeNs: number;
  readonly bytes: number;
  readonly isComplete: boolean;
  readonly endSeq: number;
}

export interface RecordSink {
  /** A record ended, or no more of it will come. */
  record(record: ReadRecord): void;
  /** Octets were lost: records may have been in them. */
  lost(): void;
  /** A reply with this XID would be no surprise. */
  isAwaited(xid: number): boolean;
}

/**
 * Finds the records in one direction of a connection: record marks, fragments, records over several segments and
 * several in one. Octets of a body may be missing: they are skipped by length. Where a record mark is missing it holds
 * back what follows until the gap is filled; when it never is, it goes on at the next place that looks like a mark
 * and a message. RFC 5531, section 11.
 */
export class RecordReader {
  /** It does not know where the next record begins. */
  isLost: boolean;
  readonly #sink: RecordSink;
  readonly #held: HeldPieces;
  readonly #message = new Uint8Array(MESSAGE_BYTES);
  #nextSeq: number;
  #mark = 0;
  #markOctets = 0;
  #isLastFragment = false;
  #fragmentLeft = 0;
  /** Octets of the record so far and those that its marks promise. */
  #recordBytes = 0;
  #messageLength = 0;
  #isMessageCut = false;
  #captureId = 0;
  #frame = 0;
  #timeNs = 0;

  /** The next octet is the one at relative number `nextSeq`; when that begins no record, `isLost`. */
  constructor(sink: RecordSink, budget: HoldingBudget, nextSeq: number, isLost: boolean) {
    this.#sink = sink;
    this.#held = new HeldPieces(budget);
    this.#nextSeq = nextSeq;
    this.isLost = isLost;
  }

  push(piece: Piece): void {
    if (piece.seq + piece.length <= this.#nextSeq) return;
    if (piece.seq > this.#nextSeq && !this.#canSkip(piece.seq)) {
      if (this.#held.add(piece)) return;
      while (this.#held.count > 0) this.#giveUp();
      if (piece.seq + piece.length <= this.#nextSeq) return;
      this.#loseUnlessAt(piece);
    }
    this.#consume(piece);
    this.#drain();
  }

  /** The receiver has everything before `seq`: what the capture lacks of it will not come any more. */
  acknowledge(seq: number): void {
    if (this.#held.count > 0 && seq >= this.#held.firstSeq) this.#giveUp();
  }

  /** Nothing follows. */
  finish(): void {
    while (this.#held.count > 0) this.#giveUp();
    this.#deliver(false, this.#nextSeq + this.#fragmentLeft);
  }

  /** Nothing between here and `seq` need be seen: it is the rest of a fragment whose message is known. */
  #canSkip(seq: number): boolean {
    if (this.isLost) return true;
    return (
      this.#markOctets === 4 &&
      seq - this.#nextSeq <= this.#fragmentLeft &&
      (this.#isMessageCut || this.#messageLength >= CALL_HEADER_BYTES)
    );
  }

  #giveUp(): void {
    const piece = this.#held.shift();
    if (piece === undefined) return;
    this.#loseUnlessAt(piece);
    this.#consume(piece);
    this.#drain();
  }

  #loseUnlessAt(piece: Piece): void {
    if (piece.seq <= this.#nextSeq || this.#canSkip(piece.seq)) return;
    const missing = piece.seq - this.#nextSeq;
    const isComplete = this.#markOctets === 4 && this.#isLastFragment && missing >= this.#fragmentLeft;
    if (isComplete) this.#placeAt(piece);
    this.#lose(isComplete);
    this.#nextSeq = piece.seq;
  }

  #drain(): void {
    while (
      this.#held.count > 0 &&
      (this.#held.firstSeq <= this.#nextSeq || this.#canSkip(this.#held.firstSeq))
    ) {
      const piece = this.#held.shift()!;
      if (piece.seq + piece.length > this.#nextSeq) this.#consume(piece);
    }
  }

  /** Takes what is new of a piece that begins at or before the next octet, or behind a gap that can be skipped. */
  #consume(piece: Piece): void {
    const { bytes } = piece;
    const skipped = piece.seq - this.#nextSeq;
    if (skipped > 0) this.#skip(skipped, piece);
    const known = Math.max(0, -skipped);
    let at = piece.at + known;
    let left = piece.length - known;
    let captured = Math.max(0, piece.captured - known);
    this.#nextSeq = piece.seq + piece.length;
    /** Octets left of the piece where its latest record began. */
    let leftAtRecord = 0;
    while (left > 0) {
      if (this.isLost) {
        const found = this.#find(bytes, at, captured);
        if (found < 0) return;
        at += found;
        left -= found;
        captured -= found;
        this.isLost = false;
      }
      if (this.#markOctets < 4) {
        if (captured === 0) {
          this.#lose(false);
          return;
        }
        if (this.#markOctets === 0 && this.#recordBytes === 0) leftAtRecord = left;
        this.#takeMark(bytes[at]!, piece, left);
        at++;
        captured--;
        left--;
        continue;
      }
      const taken = Math.min(this.#fragmentLeft, left);
      this.#keep(bytes, at, Math.min(taken, captured), taken);
      at += taken;
      left -= taken;
      captured = Math.max(0, captured - taken);
      this.#fragmentLeft -= taken;
      if (this.#messageLength >= 8 && messageType(this.#message, this.#messageLength) === null) {
        this.#forgetMessage();
        this.#lose(false);
        // What was taken for a record began somewhere; a real one may begin behind that.
        const back = Math.max(0, leftAtRecord - 1 - left);
        at -= back;
        left += back;
        captured = Math.max(0, piece.captured - (at - piece.at));
        leftAtRecord = 0;
        continue;
      }
      if (this.#fragmentLeft === 0) this.#endFragment(piece, left);
    }
  }

  #skip(octets: number, piece: Piece): void {
    if (this.isLost) return;
    this.#isMessageCut = true;
    this.#fragmentLeft -= octets;
    if (this.#fragmentLeft === 0) this.#endFragment(piece, piece.length);
  }

  #takeMark(octet: number, piece: Piece, left: number): void {
    if (this.#markOctets === 0 && this.#recordBytes === 0) this.#placeAt(piece);
    this.#mark = ((this.#mark << 8) | octet) >>> 0;
    if (++this.#markOctets < 4) return;
    this.#isLastFragment = this.#mark >= 0x80000000;
    this.#fragmentLeft = this.#mark & 0x7fffffff;
    this.#recordBytes += 4 + this.#fragmentLeft;
    if (this.#recordBytes > MAX_RECORD_BYTES) this.#lose(false);
    else if (this.#fragmentLeft === 0) this.#endFragment(piece, left - 1);
  }

  /** Keeps the beginning of the message: `captured` of `taken` octets are there. */
  #keep(bytes: Uint8Array, at: number, captured: number, taken: number): void {
    if (this.#isMessageCut) return;
    const wanted = Math.min(taken, MESSAGE_BYTES - this.#messageLength);
    const there = Math.min(wanted, captured);
    if (there > 0) this.#message.set(bytes.subarray(at, at + there), this.#messageLength);
    this.#messageLength += there;
    if (there < wanted) this.#isMessageCut = true;
  }

  /** `left`: octets of the piece behind the fragment. */
  #endFragment(piece: Piece, left: number): void {
    this.#markOctets = 0;
    if (!this.#isLastFragment) return;
    this.#placeAt(piece);
    this.#deliver(true, piece.seq + piece.length - left);
  }

  #placeAt({ captureId, frame, timeNs }: Piece): void {
    this.#captureId = captureId;
    this.#frame = frame;
    this.#timeNs = timeNs;
  }

  #lose(isComplete: boolean): void {
    this.#deliver(isComplete, this.#nextSeq + this.#fragmentLeft);
    this.isLost = true;
    this.#sink.lost();
  }

  #forgetMessage(): void {
    this.#messageLength = 0;
    this.#isMessageCut = false;
  }

  /** Passes the record on, and is ready for the next. */
  #deliver(isComplete: boolean, endSeq: number): void {
    const messageLength = this.#messageLength;
    const bytes = this.#recordBytes;
    const isCut = this.#isMessageCut;
    this.#forgetMessage();
    this.#recordBytes = 0;
    this.#markOctets = 0;
    this.#fragmentLeft = 0;
    if (messageLength < 8) {
      // It may have been any message.
      if (isCut) this.#sink.lost();
      return;
    }
    this.#sink.record({
      message: this.#message,
      messageLength,
      captureId: this.#captureId,
      frame: this.#frame,
      timeNs: this.#timeNs,
      bytes,
      isComplete,
      endSeq,
    });
  }

  /** Offset of the first place that looks like a record mark and a message; -1 when there is none. */
  #find(bytes: Uint8Array, at: number, captured: number): number {
    for (let offset = 0; offset < captured; offset++) {
      if (mayBeginCall(bytes, at + offset, captured - offset, true)) return offset;
      const xid = xidOfReplyAt(bytes, at + offset, captured - offset);
      if (xid >= 0 && this.#sink.isAwaited(xid)) return offset;
    }
    return -1;
  }
}
