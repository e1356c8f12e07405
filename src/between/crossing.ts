import { appendTo } from "../engine/append-to.js";
import { FIN, SYN } from "../tcp/flags.js";
import type { Observation, ObservedSegment } from "./observation.js";
import { type Arrived, hasArrived, type PairedSegments, type Sent } from "./pair-segments.js";
import { PayloadIndex } from "./payload-index.js";
import type { Way } from "./way.js";

/** So close to the end of a capture a segment may still be on its way. Nanoseconds. */
const LATE_NS = 200_000_000;

/** What one end sent, by the capture near it, and what of it the other capture has. */
export interface Crossing {
  readonly sent: number;
  /** Payload, what was sent again included. */
  readonly sentBytes: number;
  /** Nothing of these arrived, or only a part. */
  readonly lost: readonly Sent[];
  readonly lostBytes: number;
  /** Acknowledged by the other end, and yet not in its capture: that one is lossy. */
  readonly missed: number;
  /** So near to the end of the other capture, or before its begin, that nothing can be said. */
  readonly unknown: number;
  /** Arrived once more than they were sent. */
  readonly duplicated: number;
  /** Arrived behind a segment that was sent later. */
  readonly overtaken: number;
  /** Arrived, but the capture near their sender has nothing that they may have been. */
  readonly foreign: readonly Arrived[];
  /** Within what that end did send, by number: that capture is lossy. */
  readonly unrecorded: number;
  /** How much longer than the least each took that arrived. Nanoseconds. */
  readonly delaysNs: readonly number[];
  /** Sent again although all of it arrived as what was sent before; and because something of it did not. */
  readonly needless: number;
  readonly needed: number;
}

/** Where the segments of one end were recorded. */
export interface Recorded {
  readonly near: Observation;
  readonly far: Observation;
  /** By the other capture's clock; null where no segment shows it. */
  readonly way: Way | null;
  /** Up to where the other end acknowledged, by the far capture. */
  readonly acknowledgedTo: number;
}

export function describeCrossing({ sent, arrived }: PairedSegments, recorded: Recorded): Crossing {
  const { near, far, way, acknowledgedTo } = recorded;
  const least = (timeNs: number): number => way?.leastAt(timeNs) ?? 0;
  const covered = new Coverage(arrived);
  const lost: Sent[] = [];
  const unknownOnes = new Set<Sent>();
  let [sentBytes, lostBytes, missed] = [0, 0, 0];
  for (const each of sent) {
    const { segment } = each;
    sentBytes += segment.length;
    const missingBytes = Math.max(0, segment.length - each.arrived);
    if (each.arrived > 0 && missingBytes === 0) continue;
    const expectedNs = segment.timeNs + least(segment.timeNs);
    if (!isCovered(far, expectedNs, LATE_NS)) unknownOnes.add(each);
    else if (
      segment.length > 0 &&
      segment.seq + segment.length <= acknowledgedTo &&
      !covered.hasAll(segment)
    ) {
      missed++;
      unknownOnes.add(each);
    } else {
      lost.push(each);
      lostBytes += missingBytes;
    }
  }
  return {
    sent: sent.length,
    sentBytes,
    lost,
    lostBytes,
    missed,
    unknown: unknownOnes.size - missed,
    ...describeArrivals(arrived, near, least),
    ...countRepeated(sent, (each) => unknownOnes.has(each)),
  };
}

/** The capture, or one of its files, lasted then, and for a while behind. */
function isCovered({ spans }: Observation, timeNs: number, behindNs = 0): boolean {
  return spans.some(({ startNs, endNs }) => timeNs >= startNs && timeNs <= endNs - behindNs);
}

function describeArrivals(arrived: readonly Arrived[], near: Observation, least: (timeNs: number) => number) {
  const foreign: Arrived[] = [];
  const delaysNs: number[] = [];
  let [duplicated, overtaken, unrecorded, latestNs, sentTo] = [0, 0, 0, Number.NEGATIVE_INFINITY, 0];
  for (const { source } of arrived)
    if (source !== null) sentTo = Math.max(sentTo, source.segment.seq + source.segment.length);
  for (const each of arrived) {
    const { segment, source, isDuplicate } = each;
    if (isDuplicate) duplicated++;
    else if (source === null) {
      const sentNs = segment.timeNs - least(segment.timeNs);
      if (!isCovered(near, sentNs)) continue;
      if (segment.length > 0 && segment.seq + segment.length <= sentTo) unrecorded++;
      else foreign.push(each);
    } else {
      const { timeNs } = source.segment;
      if (source.arrival === each) delaysNs.push(segment.timeNs - timeNs - least(timeNs));
      if (timeNs < latestNs) overtaken++;
      latestNs = Math.max(latestNs, timeNs);
    }
  }
  return { foreign, delaysNs, duplicated, overtaken, unrecorded };
}

/**
 * Of each that its sender repeated: whether all of it arrived as something that was sent before. What nothing is known of does not
 * count.
 */
function countRepeated(
  sent: readonly Sent[],
  isUnknown: (each: Sent) => boolean,
): { needless: number; needed: number } {
  let [needless, needed] = [0, 0];
  const before = new PayloadIndex<Sent>();
  const bare = new Map<number, Sent[]>();
  for (const each of sent) {
    const { segment } = each;
    const kind = segment.flags & (SYN | FIN);
    const isPayload = segment.length > 0;
    if (segment.isRepeated) {
      const verdict = isPayload
        ? payloadVerdict(segment, before, isUnknown)
        : bareVerdict(bare.get(kind) ?? [], isUnknown);
      if (verdict === "arrived") needless++;
      else if (verdict === "missing") needed++;
    }
    if (isPayload) before.add(each);
    else if (kind !== 0) appendTo(bare, kind, each);
  }
  return { needless, needed };
}

type Verdict = "arrived" | "missing" | "unknown";

function bareVerdict(originals: readonly Sent[], isUnknown: (each: Sent) => boolean): Verdict {
  if (originals.some(({ arrived }) => arrived > 0)) return "arrived";
  return originals.length === 0 || originals.some(isUnknown) ? "unknown" : "missing";
}

function payloadVerdict(
  { seq, length }: ObservedSegment,
  before: PayloadIndex<Sent>,
  isUnknown: (each: Sent) => boolean,
): Verdict {
  let verdict: Verdict = "arrived";
  for (let at = seq; at < seq + length; ) {
    const originals = before.holding(at);
    const [original] = originals;
    if (original === undefined) return "unknown";
    if (!originals.some((each) => hasArrived(each, at))) {
      if (originals.some(isUnknown)) return "unknown";
      verdict = "missing";
    }
    at = nextEdge(originals, at);
  }
  return verdict;
}

/** Up to there all of them have what they have at `at`. */
function nextEdge(originals: readonly Sent[], at: number): number {
  let edge = Number.POSITIVE_INFINITY;
  for (const { segment, parts } of originals)
    for (const each of [segment.seq + segment.length, ...parts]) if (each > at) edge = Math.min(edge, each);
  return edge;
}

/** The octets that arrived at all, as whatever segment. */
class Coverage {
  readonly #ranges: [from: number, to: number][] = [];

  constructor(arrived: readonly Arrived[]) {
    const ranges = arrived
      .filter(({ segment }) => segment.length > 0)
      .map(({ segment }): [number, number] => [segment.seq, segment.seq + segment.length])
      .sort(([a], [b]) => a - b);
    for (const [from, to] of ranges) {
      const last = this.#ranges.at(-1);
      if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
      else this.#ranges.push([from, to]);
    }
  }

  hasAll({ seq, length }: ObservedSegment): boolean {
    let [low, high] = [0, this.#ranges.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#ranges[middle]![1] > seq) high = middle;
      else low = middle + 1;
    }
    const range = this.#ranges[low];
    return range !== undefined && range[0] <= seq && range[1] >= seq + length;
  }
}
