import type { Piece } from "./piece.js";

const MAX_PIECES = 128;
const MAX_PIECE_BYTES = 256 * 1024;

/** Octets that all connections together may still hold back. */
export interface HoldingBudget {
  bytes: number;
}

/** Copies of pieces that wait for a gap before them to be filled, in order of sequence numbers. */
export class HeldPieces {
  readonly #budget: HoldingBudget;
  readonly #pieces: Piece[] = [];
  #bytes = 0;

  constructor(budget: HoldingBudget) {
    this.#budget = budget;
  }

  get count(): number {
    return this.#pieces.length;
  }

  /** Relative sequence number of the first; only while there is one. */
  get firstSeq(): number {
    return this.#pieces[0]!.seq;
  }

  /** False when there is no room for it. */
  add(piece: Piece): boolean {
    const { captured } = piece;
    const hasRoom = this.#pieces.length < MAX_PIECES && this.#bytes + captured <= MAX_PIECE_BYTES;
    if (!hasRoom || captured > this.#budget.bytes) return false;
    this.#bytes += captured;
    this.#budget.bytes -= captured;
    const index = this.#pieces.findIndex(({ seq }) => seq > piece.seq);
    const bytes = piece.bytes.slice(piece.at, piece.at + captured);
    this.#pieces.splice(index < 0 ? this.#pieces.length : index, 0, { ...piece, bytes, at: 0 });
    return true;
  }

  /** Takes the first one out. */
  shift(): Piece | undefined {
    const piece = this.#pieces.shift();
    if (piece === undefined) return undefined;
    this.#bytes -= piece.captured;
    this.#budget.bytes += piece.captured;
    return piece;
  }
}
