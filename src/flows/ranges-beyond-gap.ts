/**
 * Ranges of octets captured beyond a gap, for the few endpoints that have any: sorted, disjoint pairs of relative
 * sequence numbers. They vanish when the gap is filled or acknowledged.
 */
const MAX_RANGES = 256;
/** Endpoints with ranges. In captures of one direction no acknowledgment ever clears them; the oldest are given up. */
const MAX_ENDPOINTS = 65536;

export class RangesBeyondGap {
  readonly #rangesOf = new Map<number, number[]>();

  /** Adds `first` to `end` (exclusive); returns how many octets of it were not there before. */
  add(key: number, first: number, end: number): number {
    const ranges = this.#rangesOf.get(key);
    if (ranges === undefined) {
      this.#rangesOf.set(key, [first, end]);
      if (this.#rangesOf.size > MAX_ENDPOINTS) this.#rangesOf.delete(this.#rangesOf.keys().next().value!);
      return end - first;
    }
    // Almost always the new range lies at or behind the last one.
    let at = ranges.length;
    while (at > 0 && ranges[at - 2]! > first) at -= 2;
    let covered = 0;
    let newFirst = first;
    let newEnd = end;
    let from = at;
    if (at > 0 && ranges[at - 1]! >= first) {
      from = at - 2;
      covered += Math.min(ranges[at - 1]!, end) - first;
      newFirst = ranges[from]!;
      newEnd = Math.max(end, ranges[at - 1]!);
    }
    let to = at;
    while (to < ranges.length && ranges[to]! <= newEnd) {
      covered += Math.max(0, Math.min(ranges[to + 1]!, end) - ranges[to]!);
      newEnd = Math.max(newEnd, ranges[to + 1]!);
      to += 2;
    }
    ranges.splice(from, to - from, newFirst, newEnd);
    // A hostile capture could open gaps without end; the lowest ranges are given up and may be counted twice.
    if (ranges.length > MAX_RANGES * 2) ranges.splice(0, 2);
    return end - first - covered;
  }

  /** `contiguousTo` moved: drops what lies below and returns the end of the range it now touches, or itself. */
  advance(key: number, contiguousTo: number): number {
    const ranges = this.#rangesOf.get(key);
    if (ranges === undefined) return contiguousTo;
    let end = contiguousTo;
    let drop = 0;
    while (drop < ranges.length && ranges[drop]! <= end) {
      end = Math.max(end, ranges[drop + 1]!);
      drop += 2;
    }
    if (drop === ranges.length) this.#rangesOf.delete(key);
    else ranges.splice(0, drop);
    return end;
  }

  /** Number of gaps between `contiguousTo` and `end`. */
  gaps(key: number, contiguousTo: number, end: number): number {
    const ranges = this.#rangesOf.get(key) ?? [];
    let count = 0;
    let at = contiguousTo;
    for (let i = 0; i < ranges.length && ranges[i]! < end; i += 2) {
      if (ranges[i]! > at) count++;
      at = Math.max(at, ranges[i + 1]!);
    }
    return at < end ? count + 1 : count;
  }

  /** True while the endpoint has ranges. */
  has(key: number): boolean {
    return this.#rangesOf.has(key);
  }

  /** Octets captured between `first` and `end`. */
  covered(key: number, first: number, end: number): number {
    const ranges = this.#rangesOf.get(key);
    if (ranges === undefined) return 0;
    let octets = 0;
    for (let i = 0; i < ranges.length && ranges[i]! < end; i += 2) {
      octets += Math.max(0, Math.min(ranges[i + 1]!, end) - Math.max(ranges[i]!, first));
    }
    return octets;
  }
}
