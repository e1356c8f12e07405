import type { Segment } from "../../decode/segment.js";
import type { RuleContext } from "../../engine/rule.js";
import {
  causeOf,
  KEEPALIVE,
  NETWORK_DUPLICATE,
  PAUSE_NS,
  REORDERING,
  WINDOW_PROBE,
} from "../../engine/segment-labels.js";
import { isAcknowledged, isAcknowledgedBeyondFin } from "../../flows/acknowledged.js";
import type { Endpoint } from "../../flows/endpoint.js";
import type { Flow } from "../../flows/flow.js";
import { ACK, SYN } from "../../tcp/flags.js";
import { ONE_TIMER_NS } from "../segments/one-timer.js";

/** Intervals that differ by less do not grow: a timer that backs off doubles (RFC 6298, section 5.5). */
const STEADY_RATIO = 1.35;
/** Longer intervals may be equal because the timer has reached its maximum. */
const LONGEST_STEADY_NS = 10_000_000_000;
/** So many intervals in a row that do not grow are steady. */
export const STEADY_INTERVALS = 4;

/** A timer's first interval is shorter, or hardly longer where nothing is known of the path (RFC 6298, section 2.1). */
const LONGEST_FIRST_TIMER_NS = 1_200_000_000;
/** An interval divided by the one before: kernels' timers are late by some milliseconds. */
const DOUBLED_WITHIN = 0.15;

/** Fewer repetitions are a matter of single losses. */
export const FEWEST_REPEATS = 3;

/**
 * One side repeats what it has sent, again and again. Silent: meanwhile nothing of the other side is captured. In vain:
 * the other side acknowledges it each time. Times in ns since the capture's origin.
 */
export interface UnansweredRun {
  readonly kind: "silent" | "in-vain";
  readonly isServerRepeating: boolean;
  readonly repeats: number;
  /** The latest segment before it was repeated for the first time. */
  readonly startNs: number;
  readonly firstFrame: number;
  readonly firstNs: number;
  readonly lastFrame: number;
  readonly lastNs: number;
  /** The repetition before the last: it certainly was not answered. */
  readonly beforeLastNs: number;
  /** When the other side was heard again (in vain: when the sender went on, or would have repeated it once more); null when never. */
  readonly endNs: number | null;
  /** The intervals did not grow for STEADY_INTERVALS in a row. */
  readonly isSteady: boolean;
  /** The lowest relative sequence number repeated. */
  readonly fromSeq: number;
  /** Octets of the longest payload repeated; 0 where only a FIN was. */
  readonly largestBytes: number;
  /** The connection began before the capture, and nothing of the other side was captured before: it may have lasted longer. */
  readonly isBegunBefore: boolean;
  /** How many repetitions there were before the capture at least, as the growth of the intervals tells. */
  readonly unseenRepeats: number;
}

/** In all, those before the capture included. */
export function timesRepeated({ repeats, unseenRepeats }: UnansweredRun): number {
  return repeats + unseenRepeats;
}

export interface LongestPause {
  readonly lengthNs: number;
  readonly startNs: number;
  readonly count: number;
  readonly frame: number;
}

/** Fields of a run; those of one in progress have three more. */
const RUN = [
  "side",
  "repeats",
  "startNs",
  "firstFrame",
  "firstNs",
  "lastFrame",
  "lastNs",
  "beforeLastNs",
  "endNs",
  "steady",
  "fromSeq",
  "largestBytes",
  "begunBefore",
  "unseenRepeats",
] as const;
const PROGRESS = ["gapNs", "nextSeq", "repeatedTo"] as const;
type RunFields = Record<(typeof RUN | typeof PROGRESS)[number], number>;

/** Of a connection that began before the capture, unheard so far: whether one segment alone stands before its first repetition. */
const BEFORE = 1;
const BY_FIRST = 2;

const CLIENT = 1;
const SERVER = 2;

/** The longest of a flow's runs of each kind, and its longest pause, in numbers kept per flow. */
export class UnansweredRuns {
  readonly #silent: { of(flow: Flow): RunFields };
  readonly #longest: { of(flow: Flow): Record<(typeof RUN)[number], number> };
  readonly #vain: { of(flow: Flow): RunFields };
  readonly #pause: { of(flow: Flow): Record<"lengthNs" | "startNs" | "count" | "frame", number> };

  constructor(perFlow: RuleContext["perFlow"]) {
    this.#silent = perFlow(...RUN, ...PROGRESS);
    this.#longest = perFlow(...RUN);
    this.#vain = perFlow(...RUN, ...PROGRESS);
    this.#pause = perFlow("lengthNs", "startNs", "count", "frame");
  }

  /** `segment` repeats what was sent before. */
  repeated(segment: Segment, flow: Flow): void {
    const cause = causeOf(segment.cause);
    // A connection that is played back begins again with its SYN.
    if ((segment.flags & (SYN | ACK)) === SYN) this.#vain.of(flow).side = 0;
    if (segment.flags & SYN || cause === KEEPALIVE || cause === WINDOW_PROBE) return;
    if (cause === NETWORK_DUPLICATE || cause === REORDERING) return;
    const sender = segment.fromServer ? flow.server : flow.client;
    const peer = segment.fromServer ? flow.client : flow.server;
    const side = segment.fromServer ? SERVER : CLIENT;
    const run = this.#silent.of(flow);
    const startNs = Math.max(sender.lastNs, peer.lastNs);
    if (run.side === side && peer.lastNs < run.lastNs) {
      extend(run, segment);
    } else {
      this.#keepLongest(flow, run);
      begin(run, side, segment, startNs);
      // Whoever sent no SYN in the capture had been heard before it.
      if (peer.segments === 0 && sender.syns === 0)
        run.begunBefore = isBehindFirstOnly(sender, peer) ? BY_FIRST : BEFORE;
    }
    if (isAcknowledged(peer, segment.relativeSeq + segment.seqLength))
      this.#repeatedInVain(segment, flow, side, startNs);
  }

  /** `segment` repeats what was acknowledged. Who hears acknowledgments goes on: to something new, or to repeat what follows. */
  #repeatedInVain(segment: Segment, flow: Flow, side: number, startNs: number): void {
    const [sender, peer] = segment.fromServer ? [flow.server, flow.client] : [flow.client, flow.server];
    const vain = this.#vain.of(flow);
    const end = segment.relativeSeq + segment.seqLength;
    const isNextTimer = segment.timeNs - vain.lastNs >= ONE_TIMER_NS;
    const goesOn =
      vain.side === side &&
      vain.nextSeq === sender.nextSeq &&
      peer.lastNs >= vain.lastNs &&
      !(isNextTimer && segment.relativeSeq >= vain.repeatedTo);
    if (goesOn) {
      extend(vain, segment);
      vain.endNs = 0;
      vain.repeatedTo = Math.max(vain.repeatedTo, end);
    } else if (vain.repeats < FEWEST_REPEATS) {
      begin(vain, side, segment, startNs);
      vain.nextSeq = sender.nextSeq;
      vain.repeatedTo = end;
    }
  }

  /** `segment` comes after a pause of the flow. */
  paused(segment: Segment, flow: Flow): void {
    const pause = this.#pause.of(flow);
    const lengthNs = segment.timeNs - flow.endNs;
    if (lengthNs > pause.lengthNs) {
      pause.lengthNs = lengthNs;
      pause.startNs = flow.endNs;
      pause.frame = segment.frame;
    }
    if (lengthNs >= 1e9) pause.count++;
    const side = segment.fromServer ? SERVER : CLIENT;
    const vain = this.#vain.of(flow);
    if (vain.side === side && vain.endNs === 0 && segment.cause === 0) vain.endNs = segment.timeNs;
    const run = this.#silent.of(flow);
    if (run.side === 0 || run.endNs !== 0 || run.side === side) return;
    const silent = segment.fromServer ? flow.server : flow.client;
    if (silent.lastNs < run.lastNs) run.endNs = segment.timeNs;
  }

  /** The longest run in which the other side was silent; null without one. */
  longestSilent(flow: Flow): UnansweredRun | null {
    this.#keepLongest(flow, this.#silent.of(flow));
    return toRun(this.#longest.of(flow), "silent");
  }

  /** Whether longestInVain may find one. */
  isInVain(flow: Flow): boolean {
    return this.#vain.of(flow).side !== 0;
  }

  longestInVain(flow: Flow): UnansweredRun | null {
    const vain = this.#vain.of(flow);
    const run = toRun(vain, "in-vain");
    if (run === null) return null;
    // Whoever sends anything new later has heard of the acknowledgments; that it began so without a pause is not known.
    const [sender, peer] = run.isServerRepeating ? [flow.server, flow.client] : [flow.client, flow.server];
    // Acknowledgments of octets that somebody else sent in its name arrive, and are ignored.
    if (isAcknowledgedBeyondFin(sender, peer)) return null;
    const goesOnNs = run.endNs ?? (sender.lastNs > run.lastNs + PAUSE_NS ? run.lastNs : null);
    // A sender whose timer did not expire once more had been heard by then; it may have had nothing new to send.
    return { ...run, endNs: goesOnNs === null ? null : Math.min(goesOnNs, run.lastNs + 2 * vain.gapNs) };
  }

  /** The flow's longest pause, the frame that ended it, and how many pauses of 1 s or more it has. */
  pauseOf(flow: Flow): LongestPause {
    const { lengthNs, startNs, count, frame } = this.#pause.of(flow);
    return { lengthNs, startNs, count, frame };
  }

  #keepLongest(flow: Flow, run: RunFields): void {
    if (run.side === 0) return;
    const silent = run.side === SERVER ? flow.client : flow.server;
    // Heard again without a pause before it: right after the last repetition.
    if (run.endNs === 0 && silent.lastNs >= run.lastNs) run.endNs = run.lastNs;
    const longest = this.#longest.of(flow);
    const isLonger = lengthOf(run) > lengthOf(longest) || longest.firstFrame === run.firstFrame;
    if (longest.side !== 0 && !isLonger) return;
    for (const name of RUN) longest[name] = run[name];
  }
}

function lengthOf({ startNs, lastNs, endNs }: Record<"startNs" | "lastNs" | "endNs", number>): number {
  return (endNs === 0 ? lastNs : endNs) - startNs;
}

function begin(run: RunFields, side: number, segment: Segment, startNs: number): void {
  run.side = side;
  run.repeats = 1;
  run.startNs = startNs;
  run.firstFrame = run.lastFrame = segment.frame;
  run.firstNs = run.beforeLastNs = run.lastNs = segment.timeNs;
  run.endNs = run.steady = run.gapNs = run.begunBefore = run.unseenRepeats = 0;
  run.fromSeq = segment.relativeSeq;
  run.largestBytes = segment.payloadLength;
}

function extend(run: RunFields, segment: Segment): void {
  const gapNs = segment.timeNs - run.lastNs;
  if (segment.relativeSeq < run.fromSeq) run.fromSeq = segment.relativeSeq;
  if (segment.payloadLength > run.largestBytes) run.largestBytes = segment.payloadLength;
  if (gapNs < ONE_TIMER_NS) return;
  if (run.repeats === 1 && run.begunBefore === BY_FIRST)
    run.unseenRepeats = repeatsBefore(run.firstNs - run.startNs, gapNs);
  run.repeats++;
  run.lastFrame = segment.frame;
  run.beforeLastNs = run.lastNs;
  run.lastNs = segment.timeNs;
  const isSteady =
    gapNs <= LONGEST_STEADY_NS && gapNs < run.gapNs * STEADY_RATIO && run.gapNs < gapNs * STEADY_RATIO;
  if (isSteady) run.steady++;
  else if (run.steady < STEADY_INTERVALS) run.steady = 0;
  run.gapNs = gapNs;
}

/** Of the flow one segment of `sender` was captured before, and no SYN: it may have been a repetition itself. */
export function isBehindFirstOnly(sender: Endpoint, peer: Endpoint): boolean {
  return sender.segments === 1 && sender.syns === 0 && peer.segments === 0;
}

/**
 * How many repetitions there were before an interval that no timer begins with, if it is one of those that double: it had been
 * half as long before, and so on.
 */
export function repeatsBefore(intervalNs: number, nextNs: number): number {
  const growth = nextNs / intervalNs;
  const isDoubled = Math.abs(growth - 2) < DOUBLED_WITHIN;
  const isAtMost = intervalNs > LONGEST_STEADY_NS && Math.abs(growth - 1) < DOUBLED_WITHIN;
  if (intervalNs < LONGEST_FIRST_TIMER_NS || !(isDoubled || isAtMost)) return 0;
  return 1 + Math.floor(Math.log2(intervalNs / LONGEST_FIRST_TIMER_NS));
}

function toRun(run: Record<(typeof RUN)[number], number>, kind: UnansweredRun["kind"]): UnansweredRun | null {
  if (run.side === 0) return null;
  return {
    kind,
    isServerRepeating: run.side === SERVER,
    repeats: run.repeats,
    startNs: run.startNs,
    firstFrame: run.firstFrame,
    firstNs: run.firstNs,
    lastFrame: run.lastFrame,
    lastNs: run.lastNs,
    beforeLastNs: run.beforeLastNs,
    endNs: run.endNs === 0 ? null : run.endNs,
    isSteady: run.steady >= STEADY_INTERVALS,
    fromSeq: run.fromSeq,
    largestBytes: run.largestBytes,
    isBegunBefore: run.begunBefore !== 0,
    unseenRepeats: run.unseenRepeats,
  };
}
