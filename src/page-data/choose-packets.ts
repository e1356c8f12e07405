/** Places among the packets of a flow, from 1, both included. */
export interface PacketRange {
  readonly first: number;
  readonly last: number;
}

/** Packets kept on each side of one that matters. */
const NEIGHBOURS = 8;
/** What is left of the room after the packets that matter: two thirds show the beginning, the rest the end. */
const SHARE_OF_BEGINNING = 2 / 3;

/**
 * Which packets of a flow to keep when there is no room for all: those that matter with their neighbours, the
 * beginning, and the end.
 * @param total packets of the flow
 * @param room how many may be kept, at least 1
 * @param marked places of packets that matter, the most important first
 * @returns in order, without overlap
 */
export function choosePackets(total: number, room: number, marked: readonly number[]): PacketRange[] {
  if (total <= room) return total === 0 ? [] : [{ first: 1, last: total }];
  const kept = new Set<number>();
  for (const place of marked) {
    // Half of the room is for what they grew out of and what became of it.
    if (kept.size + 2 * NEIGHBOURS + 1 > room / 2) break;
    const last = Math.min(total, place + NEIGHBOURS);
    for (let at = Math.max(1, place - NEIGHBOURS); at <= last; at++) kept.add(at);
  }
  const beginning = Math.ceil((room - kept.size) * SHARE_OF_BEGINNING);
  for (let at = 1; at <= beginning; at++) kept.add(at);
  for (let at = total; at > 0 && kept.size < room; at--) kept.add(at);
  return rangesOf(kept);
}

function rangesOf(places: ReadonlySet<number>): PacketRange[] {
  const ranges: { first: number; last: number }[] = [];
  for (const place of [...places].sort((a, b) => a - b)) {
    const open = ranges.at(-1);
    if (open !== undefined && open.last === place - 1) open.last = place;
    else ranges.push({ first: place, last: place });
  }
  return ranges;
}
