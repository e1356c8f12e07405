import type { Direction } from "./direction.js";

/** The third duplicate follows the first acknowledgment. RFC 5681, section 3.2. */
const ACKS_OF_TRIPLE_DUPLICATE = 4;

/** Acknowledgments of what was acknowledged `acks` times, after one more; counts duplicates in `sender`. */
export function repeated(sender: Direction, acks: number, isDuplicate: boolean): number {
  if (!isDuplicate) return 1;
  sender.duplicateAcks++;
  if (acks + 1 === ACKS_OF_TRIPLE_DUPLICATE) sender.tripleDuplicateAcks++;
  return acks + 1;
}
