import { indexAfter } from "../../engine/first-after.js";
import type { Listener } from "../../engine/listeners.js";
import { spanOf } from "../../engine/time-window.js";
import type { DroppedSyn } from "./dropped-syns.js";
import type { HalfOpenAttempt, SynQueue } from "./syn-queues.js";

/** As few half-open attempts as losses leave of any listener's clients. */
const FEWEST_HALF_OPEN = 4;
/** So many clients in vain are no coincidence of lost packets. */
const FEWEST_WAITING = 3;
/** Of a hundred SYNs in vain so many may have been lost on the way, or the capture lacks what held the queue. */
const MOST_WITH_ROOM_PERCENT = 5;
/** Of a hundred requests in the queue a capture that lacks segments may not show so many. */
const MOST_UNSEEN_PERCENT = 10;
/** SYNs that had to be answered when there was room, and between others in vain. */
const FEWEST_ANSWERED = 3;

/** SYNs in vain at a listener while its SYN queue held as many half-open attempts as it ever did. */
export interface FullSynQueue {
  /** The most requests, half-open attempts and handshakes under way, that surely were in the queue when an attempt took its place. */
  readonly limit: number;
  /** So many or more may have been there whenever a SYN was in vain: somewhat less, for the capture may lack segments. */
  readonly known: number;
  /** Whose clients sent their SYN again, of whose SYNs in vain one at least came when the queue may have held so many. */
  readonly waiting: readonly DroppedSyn[];
  /** SYNs in vain that were not sent again, as forged ones are not. */
  readonly alone: number;
  /** SYNs in vain that came when there were fewer in the queue for sure. */
  readonly withRoom: number;
  /** What was in the queue from the first SYN in vain to the last; in order of time, and of one at least the SYN-ACK is known. */
  readonly holders: readonly HalfOpenAttempt[];
  /** SYNs that were answered between the first in vain and the last. */
  readonly between: number;
  /**
   * All attempts were seen from their beginning, and SYNs were answered as long as there was room, and when there was room again: nothing but
   * the queue explains that.
   */
  readonly isProven: boolean;
}

/**
 * Whether the SYNs in vain at a listener were dropped by its full SYN queue: it drops every SYN as long as it holds its limit, and none that
 * comes when it holds less (Linux net/ipv4/tcp_input.c, tcp_conn_request). So each of these SYNs came when as many half-open attempts may
 * have been there as were there at most. Something that drops SYNs by another measure meets them at any number. Null where the
 * number of half-open attempts does not explain it.
 */
export function findFullSynQueue(
  queue: SynQueue | undefined,
  dropped: readonly DroppedSyn[],
  listener: Listener,
): FullSynQueue | null {
  if (queue === undefined) return null;
  const { attempts, underWayNs, alone, aloneNs } = queue;
  if (dropped.length < FEWEST_WAITING || attempts.length < FEWEST_HALF_OPEN) return null;
  const begun = underWayNs.filter((_, index) => index % 2 === 0);
  const completed = underWayNs.filter((_, index) => index % 2 === 1);
  const taken = ascending(attempts, "takenNs", begun);
  const surely = ascending(attempts, "surelyNs", completed);
  const perhaps = ascending(attempts, "perhapsNs", completed);
  const attempted = ascending(attempts, "takenNs");
  const limit = mostAt(attempted, taken, surely);
  const most = mostAt(attempted, attempted, ascending(attempts, "surelyNs"));
  if (most < FEWEST_HALF_OPEN || most * 2 < limit) return null;
  const known = limit - Math.floor((limit * MOST_UNSEEN_PERCENT) / 100);
  const halfOpenEnds = ascending(attempts, "perhapsNs");
  const mayBeFull = (timeNs: number): boolean =>
    countAt(taken, perhaps, timeNs) >= known && countAt(attempted, halfOpenEnds, timeNs) * 2 >= known;

  // What was in the queue before may be gone without a word: the capture tells only from when it has seen it fill.
  const isBegunBefore = !attempts.every(wasSeenAnswered);
  const fromNs = isBegunBefore
    ? attempted.find((timeNs) => mostAt([timeNs], taken, surely) >= known)!
    : Number.NEGATIVE_INFINITY;
  const inVain = [...aloneNs, ...dropped.flatMap(timesInVain)].filter((timeNs) => timeNs >= fromNs);
  const full = inVain.filter(mayBeFull);
  const withRoom = inVain.length - full.length;
  if (withRoom * 100 > inVain.length * MOST_WITH_ROOM_PERCENT) return null;
  const waiting = dropped.filter((flow) => timesInVain(flow).some(mayBeFull));
  if (waiting.length < FEWEST_WAITING) return null;
  const { startNs, endNs } = spanOf(full.map((timeNs) => ({ startNs: timeNs, endNs: timeNs })));
  const holders = attempts
    .filter(({ takenNs, perhapsNs }) => takenNs < endNs && perhapsNs > startNs)
    .sort((a, b) => a.takenNs - b.takenNs);
  if (!holders.some(({ synAck }) => synAck !== null)) return null;
  const answered = [
    ...attempts.map(({ takenNs }) => takenNs),
    ...listener.servedNs,
    ...dropped.flatMap((flow) => (flow.isAnswered ? [flow.endNs] : [])),
  ];
  const between = answered.filter((timeNs) => timeNs > startNs && timeNs < endNs).length;
  const roomy = answered.filter((timeNs) => !mayBeFull(timeNs)).length;
  return {
    limit,
    known,
    waiting,
    alone,
    withRoom,
    holders,
    between,
    isProven: !isBegunBefore && between >= FEWEST_ANSWERED && roomy >= FEWEST_ANSWERED,
  };
}

/** How many may have been in the queue when a SYN came at `timeNs`, by when they took their places and until when they had them. */
function countAt(taken: Float64Array, left: Float64Array, timeNs: number): number {
  return indexAfter(taken, timeNs - 1) - indexAfter(left, timeNs - 1);
}

/** It was not in the queue before the capture began. */
function wasSeenAnswered({ takenNs, synAck }: HalfOpenAttempt): boolean {
  return synAck === null || synAck.timeNs === takenNs;
}

/** The times of two SYNs in vain that are kept of a flow. */
function timesInVain({ startNs, inVainNs }: DroppedSyn): number[] {
  return inVainNs > startNs ? [startNs, inVainNs] : [startNs];
}

/**
 * The most requests that were there when one of them came at `timesNs`, by when they took their places and until when they had them. Only what
 * half-open attempts found there counts: known clients may find room where others do not (tcp_peer_is_proven).
 */
function mostAt(timesNs: Iterable<number>, taken: Float64Array, left: Float64Array): number {
  let most = 0;
  for (const timeNs of timesNs)
    most = Math.max(most, indexAfter(taken, timeNs) - indexAfter(left, timeNs - 1));
  return most;
}

function ascending(
  attempts: readonly HalfOpenAttempt[],
  field: "takenNs" | "surelyNs" | "perhapsNs",
  others: readonly number[] = [],
): Float64Array {
  return Float64Array.from([...attempts.map((attempt) => attempt[field]), ...others]).sort();
}
