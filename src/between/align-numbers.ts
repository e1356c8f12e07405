import type { ObservedSegment } from "./observation.js";

/** So many segments tell. */
const MOST = 500;

/** What is to be added to numbers of the first capture to have those of the second. */
export interface NumberShift {
  readonly seq: number;
  readonly ack: number;
}

/**
 * Numbers count from the SYN, or from where the capture begins if that is later. What else is alike of a segment in both captures
 * tells how far apart these are; null when nothing is.
 */
export function alignNumbers(
  first: readonly ObservedSegment[],
  second: readonly ObservedSegment[],
): NumberShift | null {
  const alike = new Map<string, ObservedSegment | null>();
  for (const segment of second.slice(0, MOST)) {
    const look = lookOf(segment);
    alike.set(look, alike.has(look) ? null : segment);
  }
  const votes = new Map<string, { shift: NumberShift; count: number }>();
  for (const segment of first.slice(0, MOST)) {
    const other = alike.get(lookOf(segment));
    if (other === null || other === undefined) continue;
    const shift = { seq: other.seq - segment.seq, ack: (other.ack ?? 0) - (segment.ack ?? 0) };
    const key = `${shift.seq} ${shift.ack}`;
    const vote = votes.get(key) ?? { shift, count: 0 };
    vote.count++;
    votes.set(key, vote);
  }
  const [best] = [...votes.values()].sort((a, b) => b.count - a.count);
  return best?.shift ?? null;
}

/** Without its numbers. */
function lookOf({ flags, length, tsval, tsecr, ipId }: ObservedSegment): string {
  return `${flags} ${length} ${tsval} ${tsecr} ${ipId}`;
}
