import { appendTo } from "../engine/append-to.js";
import { ACK, FIN, RST, SYN, URG } from "../tcp/flags.js";
import type { ObservedSegment } from "./observation.js";
import { PayloadIndex } from "./payload-index.js";
import type { Passage, Way } from "./way.js";

/** By so much a segment may seem to be taken before it was sent: the way is measured by others. Nanoseconds. */
const SLACK_NS = 1_000_000;
/** What is alike and was sent together arrives in order, mostly. */
const BURST_NS = 20_000_000;
/** PSH may be set where segments are put together; what is said of congestion changes on the way (RFC 3168). */
const KEPT_FLAGS = FIN | SYN | RST | ACK | URG;

/** What became of a segment behind the capture near its sender. */
export interface Sent {
  readonly segment: ObservedSegment;
  /** Octets of its payload that arrived; of one without payload 1 if it did. */
  arrived: number;
  /** Where they begin and end, one behind the other; empty where all arrived at once. */
  readonly parts: number[];
  /** What it, or its first part, arrived as; null where nothing did. */
  arrival: Arrived | null;
}

/** A segment in the capture far from its sender. */
export interface Arrived {
  readonly segment: ObservedSegment;
  /** What it, or its first octet, was sent as; null where that capture has nothing that it may have been. */
  source: Sent | null;
  /** All of it had arrived as the same segment before. */
  isDuplicate: boolean;
}

export interface PairedSegments {
  readonly sent: readonly Sent[];
  readonly arrived: readonly Arrived[];
}

/** Of segments that look like no other of theirs: when each was sent, and how much later it arrived. */
export function passagesOf(sent: readonly ObservedSegment[], arrived: readonly ObservedSegment[]): Passage[] {
  const far = singles(arrived);
  const passages: Passage[] = [];
  for (const [key, segment] of singles(sent)) {
    const other = key === null ? undefined : far.get(key);
    if (other !== undefined) passages.push({ sentNs: segment.timeNs, tookNs: other.timeNs - segment.timeNs });
  }
  return passages;
}

/** Those of which there is only one. */
function singles(segments: readonly ObservedSegment[]): Map<string, ObservedSegment> {
  const byKey = new Map<string, ObservedSegment[]>();
  for (const segment of segments) appendTo(byKey, keyOf(segment), segment);
  const alone = new Map<string, ObservedSegment>();
  for (const [key, [segment, another]] of byKey) if (another === undefined) alone.set(key, segment!);
  return alone;
}

/**
 * Tells which of the segments that one end sent arrived at the other capture, and what arrived there was sent as. Segments
 * are cut and put together on the way (TSO, GRO), so payload is followed octet by octet. Of those that are alike the latest one that
 * can have arrived in time did: what is sent again looks the same where timestamps have not moved on.
 */
export function pairSegments(
  sent: readonly ObservedSegment[],
  arrived: readonly ObservedSegment[],
  way: Way | null,
): PairedSegments {
  const nearer = sent.map((segment): Sent => ({ segment, arrived: 0, parts: [], arrival: null }));
  const farther = arrived.map((segment): Arrived => ({ segment, source: null, isDuplicate: false }));
  const bare = new Map<string, Sent[]>();
  const payload = new PayloadIndex<Sent>();
  for (const each of nearer) {
    if (each.segment.length > 0) payload.add(each);
    else appendTo(bare, keyOf(each.segment), each);
  }
  const isInTime = (one: Sent, other: Arrived): boolean =>
    way === null || one.segment.timeNs + way.leastAt(one.segment.timeNs) <= other.segment.timeNs + SLACK_NS;
  for (const each of farther) {
    if (each.segment.length > 0) followPayload(each, payload, isInTime);
    else followBare(each, bare.get(keyOf(each.segment)) ?? [], isInTime);
  }
  return { sent: nearer, arrived: farther };
}

type InTime = (sent: Sent, arrived: Arrived) => boolean;

function followBare(arrived: Arrived, alike: readonly Sent[], isInTime: InTime): void {
  const source = sameIdentification(alike, arrived) ?? firstOfLatestBurst(alike, arrived, isInTime);
  if (source === undefined) {
    const before = alike.findLast((sent) => sent.arrived > 0);
    if (before === undefined) return;
    arrived.source = before;
    arrived.isDuplicate = true;
    return;
  }
  source.arrived = 1;
  source.arrival = arrived;
  arrived.source = source;
}

/** Some systems send 0 with all that may not be fragmented. */
function sameIdentification(alike: readonly Sent[], { segment: { ipId } }: Arrived): Sent | undefined {
  return ipId ? alike.find((sent) => sent.arrived === 0 && sent.segment.ipId === ipId) : undefined;
}

/** Of those that can have arrived in time, and have not yet. */
function firstOfLatestBurst(alike: readonly Sent[], arrived: Arrived, isInTime: InTime): Sent | undefined {
  let first: Sent | undefined;
  for (let index = latestIndex(alike, arrived, isInTime); index >= 0; index--) {
    const each = alike[index]!;
    if (first !== undefined && first.segment.timeNs - each.segment.timeNs > BURST_NS) break;
    if (each.arrived === 0) first = each;
  }
  return first;
}

/** Of those in the order in which they were sent, the last that can have arrived in time; -1 where none can. */
function latestIndex(alike: readonly Sent[], arrived: Arrived, isInTime: InTime): number {
  let [low, high] = [0, alike.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isInTime(alike[middle]!, arrived)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function followPayload(arrived: Arrived, payload: PayloadIndex<Sent>, isInTime: InTime): void {
  const { segment } = arrived;
  const end = segment.seq + segment.length;
  arrived.isDuplicate = true;
  for (let at = segment.seq; at < end; ) {
    const holding = payload
      .holding(at)
      .filter((sent) => haveSameTime(sent.segment, segment) && isInTime(sent, arrived));
    const source = holding.findLast((sent) => !hasArrived(sent, at)) ?? holding.at(-1);
    if (source === undefined) break;
    const to = Math.min(end, source.segment.seq + source.segment.length);
    arrived.source ??= source;
    if (!hasArrived(source, at)) {
      take(source, at, to);
      source.arrival ??= arrived;
      arrived.isDuplicate = false;
    }
    at = to;
  }
  if (arrived.source === null) arrived.isDuplicate = false;
}

/** As far as both have timestamps. */
function haveSameTime(one: ObservedSegment, other: ObservedSegment): boolean {
  return one.tsval === null || other.tsval === null || one.tsval === other.tsval;
}

/** The octet at `at`, which it holds. */
export function hasArrived({ segment, arrived, parts }: Sent, at: number): boolean {
  if (arrived === 0 || arrived === segment.length) return arrived > 0;
  for (let index = 0; index < parts.length; index += 2)
    if (at >= parts[index]! && at < parts[index + 1]!) return true;
  return false;
}

function take(sent: Sent, from: number, to: number): void {
  sent.arrived += to - from;
  if (sent.arrived < sent.segment.length) sent.parts.push(from, to);
}

/** What nothing on the way changes, but for what carries the numbers on. */
function keyOf({ flags, seq, ack, length, tsval, tsecr }: ObservedSegment): string {
  return `${flags & KEPT_FLAGS} ${seq} ${ack} ${length} ${tsval} ${tsecr}`;
}
