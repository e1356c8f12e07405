import type { Segment } from "../../decode/segment.js";
import type { Evidence } from "../../engine/finding.js";
import type { Observer, RuleHooks } from "../../engine/rule.js";
import { isAcknowledged } from "../../flows/acknowledged.js";
import { type Endpoint, HAS_SYN_TIMESTAMPS } from "../../flows/endpoint.js";
import { type Flow, HAS_PROGRESS_TIMESTAMPS } from "../../flows/flow.js";
import { SYN } from "../../tcp/flags.js";
import { seqDiff } from "../../tcp/seq.js";
import { ONE_TIMER_NS } from "../segments/one-timer.js";
import { scaledWindow } from "../windows/scaled-window.js";
import { rateOf } from "./timestamp-clock.js";

/** Linux lets a timestamp be late by one tick, which may be that of a segment sent in the same one (TCP_PAWS_WINDOW). */
const TICKS_FORGIVEN = 1;
/** Fewer refusals of the same octets are a matter of chance, such as of segments that overtook each other. */
const FEWEST_REFUSALS = 3;
const USUAL_RATE_HZ = 1000;
/** What a clock may be ahead of the one that was extrapolated. Ticks. */
const SLACK_TICKS = 1000;
const CLOCK_TOLERANCE = 1.1;

/**
 * Why the receiver's answer shows that it refused what was sent again. older: it echoes a larger timestamp than the segment
 * carries. unechoed: it echoes an older one than that of the segment, which is the next that it waits for. acks: the data had
 * arrived, and the sender echoes a larger timestamp than that of the acknowledgment: it is the acknowledgment that is refused.
 */
export type Refusal = "older" | "unechoed" | "acks";
const REFUSALS: readonly (Refusal | null)[] = [null, "older", "acks", "unechoed"];
const OLDER = 1;
const ACKS = 2;
const UNECHOED = 3;

/** Octets that one side sends again, and the other answers each time without accepting what it is sent. */
export interface RefusedRepeats {
  readonly refusal: Refusal;
  readonly repeater: "client" | "server";
  readonly count: number;
  /** TSval of the first that was refused, and the larger one (unechoed: smaller one) that its refuser echoes. */
  readonly tsval: number;
  readonly echo: number;
  /**
   * What is echoed can be compared with what the capture shows: it is of the clock that the SYN was sent by, or what was echoed at
   * first is, or what was not behind any more was accepted at once.
   */
  readonly isComparable: boolean;
  /** The first that was refused, the ACK that answers it, and the last. */
  readonly first: Evidence;
  readonly answer: Evidence;
  readonly last: Evidence;
  /** When what was refused was accepted; else when it was refused last. Nanoseconds. */
  readonly endNs: number;
}

export interface RefusedTimestamps extends RuleHooks {
  /** Null where nothing was refused, or too seldom. */
  of(flow: Flow): RefusedRepeats | null;
}

const FIELDS = [
  "seq",
  "isVain",
  "tsval",
  "tsecr",
  "frame",
  "timeNs",
  "length",
  "kind",
  "count",
  "echo",
  "firstTsval",
  "firstFrame",
  "firstNs",
  "answerFrame",
  "answerNs",
  "lastTsval",
  "lastFrame",
  "lastNs",
  "awaits",
] as const;
type Fields = Record<(typeof FIELDS)[number], number>;

/**
 * Watches what is sent again and the duplicate ACKs that answer it. Who checks timestamps (PAWS, RFC 7323, section 5.3) answers
 * a segment whose TSval is behind the largest that it has accepted (TS.Recent) by an ACK, and drops it; what it echoes is
 * TS.Recent. Whoever accepts the next octets that it waits for echoes their timestamp (section 4.3).
 */
export const observeRefusedTimestamps: Observer<RefusedTimestamps> = (perFlow) => {
  const kept = { client: perFlow(...FIELDS), server: perFlow(...FIELDS) };
  return {
    repeated(segment, flow) {
      const { tsval } = segment;
      if (tsval === null || segment.flags & SYN) return;
      const peer = segment.fromServer ? flow.client : flow.server;
      const isVain = isAcknowledged(peer, segment.relativeSeq + segment.seqLength);
      // What stands beyond a gap is no sign of anything, and is repeated alongside of what does.
      if (!isVain && segment.relativeSeq !== peer.ackedTo) return;
      const run = (segment.fromServer ? kept.server : kept.client).of(flow);
      if (run.frame === 0 || run.seq !== segment.relativeSeq || run.isVain !== Number(isVain)) {
        if (run.count >= FEWEST_REFUSALS) return;
        run.seq = segment.relativeSeq;
        run.isVain = Number(isVain);
        run.kind = run.count = 0;
      }
      run.tsval = tsval;
      run.tsecr = segment.tsecr ?? 0;
      run.frame = segment.frame;
      run.timeNs = segment.timeNs;
      run.length = segment.payloadLength;
      run.awaits = 1;
    },
    labelled(segment, flow) {
      if (segment.duplicateAckNumber === 0) return;
      const run = (segment.fromServer ? kept.client : kept.server).of(flow);
      if (run.awaits === 0) return;
      run.awaits = 0;
      const kind = kindOf(run, segment, flow);
      if (kind === null) return;
      const isChanged = kind !== run.kind || (kind === UNECHOED && segment.tsecr !== run.echo);
      if (isChanged && run.count >= FEWEST_REFUSALS) return;
      if (isChanged) run.count = 0;
      run.kind = kind;
      if (kind === 0) return;
      if (run.count > 0 && run.timeNs - run.lastNs < ONE_TIMER_NS) return;
      // Of an acknowledgment that is refused the repetition that it answers tells what its receiver has accepted.
      const refusedTsval = kind === ACKS ? segment.tsval! : run.tsval;
      if (run.count++ === 0) {
        run.firstTsval = refusedTsval;
        run.echo = kind === ACKS ? run.tsecr : segment.tsecr!;
        run.firstFrame = run.frame;
        run.firstNs = run.timeNs;
        run.answerFrame = segment.frame;
        run.answerNs = segment.timeNs;
      }
      run.lastTsval = refusedTsval;
      run.lastFrame = run.frame;
      run.lastNs = run.timeNs;
    },
    of(flow) {
      const ofClient = toRefused(kept.client.of(flow), flow, "client");
      const ofServer = toRefused(kept.server.of(flow), flow, "server");
      if (ofClient === null || ofServer === null) return ofClient ?? ofServer;
      // What is refused outright says more than what follows of it the other way.
      return REFUSALS.indexOf(ofClient.refusal) <= REFUSALS.indexOf(ofServer.refusal) ? ofClient : ofServer;
    },
  };
};

/**
 * Why the duplicate ACK shows that the latest repetition, or the ACK itself, is refused; 0 where it shows that it is not, null where
 * it tells nothing.
 */
function kindOf(run: Fields, ack: Segment, flow: Flow): number | null {
  const { tsval, tsecr } = ack;
  if (tsval === null || tsecr === null) return null;
  if (run.isVain) return run.tsecr !== 0 && seqDiff(run.tsecr, tsval) > TICKS_FORGIVEN ? ACKS : 0;
  if (ack.relativeAck !== run.seq || tsecr === 0) return null;
  const behind = seqDiff(tsecr, run.tsval);
  if (behind >= 0) return behind > TICKS_FORGIVEN ? OLDER : 0;
  const [sender, receiver] = ack.fromServer ? [flow.client, flow.server] : [flow.server, flow.client];
  // Something else may have drawn it: later segments beyond a gap, what was sent since; or there is no room.
  const isForIt = sender.lastNs === run.timeNs && !ack.hasSack && scaledWindow(flow, receiver) >= run.length;
  return isForIt ? UNECHOED : null;
}

function toRefused(run: Fields, flow: Flow, repeater: "client" | "server"): RefusedRepeats | null {
  const refusal = REFUSALS[run.kind] ?? null;
  if (run.count < FEWEST_REFUSALS || refusal === null) return null;
  const repeating = flow[repeater];
  const other = repeater === "server" ? flow.client : flow.server;
  const refused = refusal === "acks" ? other : repeating;
  const at = (frame: number, timeNs: number): Evidence => ({ flowId: flow.id, frame, timeNs });
  // The latest repetition that no refusal answered, if it was accepted.
  const isAccepted = refusal !== "acks" && run.awaits === 1 && other.ackedTo > run.seq;
  return {
    refusal,
    repeater,
    count: run.count,
    tsval: run.firstTsval,
    echo: run.echo,
    isComparable:
      isOnClock(refused, run.echo, run.firstNs, clockRateHz(run)) ||
      (refused === flow.client && isFirstEchoOnClock(flow)) ||
      (isAccepted && refusal === "older" && seqDiff(run.tsval, run.echo) >= 0),
    first: at(run.firstFrame, run.firstNs),
    answer: at(run.answerFrame, run.answerNs),
    last: at(run.lastFrame, run.lastNs),
    endNs: isAccepted ? run.timeNs : run.lastNs,
  };
}

/** Hertz, of whose segments are refused. */
function clockRateHz({ lastTsval, firstTsval, lastNs, firstNs }: Fields): number {
  return rateOf(seqDiff(lastTsval, firstTsval), lastNs - firstNs) ?? USUAL_RATE_HZ;
}

/** `value` lies between the timestamp of the side's SYN and what its clock had reached at `timeNs`. */
function isOnClock(
  { facts, synTsval, synNs }: Endpoint,
  value: number,
  timeNs: number,
  rateHz: number,
): boolean {
  if ((facts & HAS_SYN_TIMESTAMPS) === 0) return false;
  const since = seqDiff(value, synTsval);
  return since >= 0 && since <= SLACK_TICKS + (CLOCK_TOLERANCE * rateHz * (timeNs - synNs)) / 1e9;
}

/** The server's first segment behind its SYN-ACK echoes the client's own clock. */
function isFirstEchoOnClock({ facts, client, progressTsecr, progressNs }: Flow): boolean {
  return (
    (facts & HAS_PROGRESS_TIMESTAMPS) !== 0 && isOnClock(client, progressTsecr, progressNs, USUAL_RATE_HZ)
  );
}
