/** Consecutive octets of one direction of a connection. */
export interface Piece {
  bytes: Uint8Array;
  at: number;
  /** Octets present from `at` on, 0 to `length`. */
  captured: number;
  length: number;
  /** Relative sequence number of the first. */
  seq: number;
  captureId: number;
  frame: number;
  timeNs: number;
}
