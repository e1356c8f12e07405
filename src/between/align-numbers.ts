import type { ObservedSegment } from "./observation.js";

/** So many segments tell, and so few may be alike by chance. */
const MOST = 500;
const LEAST = 2;

/** What is to be added to numbers of the first capture to have those of the second. */
export interface NumberShift {
  readonly seq: number;
  readonly ack: number;
}

/**
 * Numbers count from the SYN, or from where the capture begins if that is later. What else is alike of a segment in both captures
 * tells how far apart these are; null when too little is.
 */
export function alignNumbers(
  first: readonly ObservedSegment[],
  second: readonly ObservedSegment[],
): NumberShift | null {
  const [firsts, seconds] = [onlyOnes(first), onlyOnes(second)];
  const votes = new Map<string, { shift: NumberShift; count: number }>();
  let compared = 0;
  for (const [look, segment] of firsts) {
    const other = seconds.get(look);
    if (other === undefined) continue;
    const shift = { seq: other.seq - segment.seq, ack: (other.ack ?? 0) - (segment.ack ?? 0) };
    const key = `${shift.seq} ${shift.ack}`;
    const vote = votes.get(key) ?? { shift, count: 0 };
    vote.count++;
    votes.set(key, vote);
    if (++compared === MOST) break;
  }
  const [best, next] = [...votes.values()].sort((a, b) => b.count - a.count);
  if (best === undefined || best.count < LEAST || best.count < 2 * (next?.count ?? 0)) return null;
  return best.shift;
}

/** Of those that look alike none, by what they look like without their numbers. */
function onlyOnes(segments: readonly ObservedSegment[]): Map<string, ObservedSegment> {
  const byLook = new Map<string, ObservedSegment | null>();
  for (const segment of segments) {
    const look = lookOf(segment);
    byLook.set(look, byLook.has(look) ? null : segment);
  }
  return new Map([...byLook].filter((entry): entry is [string, ObservedSegment] => entry[1] !== null));
}

function lookOf({ flags, length, tsval, tsecr, ipId }: ObservedSegment): string {
  return `${flags} ${length} ${tsval} ${tsecr} ${ipId}`;
}
