import type { Segment } from "../../decode/segment.js";
import type { RuleContext } from "../../engine/rule.js";
import {
  causeOf,
  KEEPALIVE,
  NETWORK_DUPLICATE,
  REORDERING,
  WINDOW_PROBE,
} from "../../engine/segment-labels.js";
import { type Endpoint, HAS_SYN_TIMESTAMPS } from "../../flows/endpoint.js";
import type { Flow } from "../../flows/flow.js";
import { SYN } from "../../tcp/flags.js";
import { seqDiff } from "../../tcp/seq.js";

/** Less is what paths with much traffic do all the time. */
export const SHORTEST_DELAY_NS = 200_000_000;
/** A path that always takes so long does not hold back. */
const USUAL_FACTOR = 3;
/** TSval's usual tick, RFC 7323, section 5.4: a slower clock makes delays look shorter, a quicker one is not understood. */
const TICK_NS = 1_000_000;
const FASTEST_CLOCK = 1.1;

/** The octets that one side repeats at present, and what the other has said of them. */
const EPISODE = [
  "repeats",
  "seq",
  "tsval",
  "frame",
  "timeNs",
  "firstArrived",
  "reports",
  "reportFrame",
  "reportNs",
] as const;
/** The longest delay of a flow, and when such were seen to last. */
const WORST = [
  "kind",
  "fromServer",
  "delayNs",
  "frame",
  "timeNs",
  "proofFrame",
  "proofNs",
  "sentApartNs",
  "startNs",
  "endNs",
] as const;
type Episode = Record<(typeof EPISODE)[number], number>;
type Worst = Record<(typeof WORST)[number], number>;

const ANSWERED_LATE = 1;
const CAPTURED_LATE = 2;

/** What proves that something was not lost but held back for a while. Times in ns since the capture's origin. */
export interface HeldBack {
  /** answered: beyond the capture, as seen from the sender; captured: between the sender and the capture. */
  readonly kind: "answered" | "captured";
  /** The server sent it. */
  readonly isServers: boolean;
  readonly delayNs: number;
  /** A repetition. */
  readonly frame: number;
  readonly timeNs: number;
  /** The D-SACK that answers it; where it was captured late another repetition, sent `sentApartNs` later by its TSval. */
  readonly proofFrame: number;
  readonly proofNs: number;
  readonly sentApartNs: number;
  /** From the first repetition that was held back to the last proof. */
  readonly startNs: number;
  readonly endNs: number;
}

/** Tells per flow whether something was held back. */
export interface HeldBackWatch {
  /** Hooks of that name. */
  repeated(segment: Segment, flow: Flow): void;
  labelled(segment: Segment, flow: Flow): void;
  paused(segment: Segment, flow: Flow): void;
  /** The longest delay; null where none is proven. */
  of(flow: Flow): HeldBack | null;
}

/**
 * Watches for what a queue or a paused host held back. Each repetition that arrives draws a D-SACK at once (RFC 2883, section
 * 5). The one that answers the first repetition echoes its TSval, where what was sent before that had arrived as well, or there
 * are as many as repetitions: how late it comes is how long the two were on their way. Where the way back had lost the others, the last one would come alone.
 */
export function observeHeldBack(perFlow: RuleContext["perFlow"]): HeldBackWatch {
  const clients = perFlow(...EPISODE);
  const servers = perFlow(...EPISODE);
  const worsts = perFlow(...WORST);
  const answered = (segment: Segment, flow: Flow): void => {
    if (!segment.hasSack) return;
    const episode = (segment.fromServer ? clients : servers).of(flow);
    if (episode.repeats > 0 && segment.receivedTwice === episode.seq)
      noteReport(episode, worsts.of(flow), segment);
  };
  return {
    repeated(segment, flow) {
      if (segment.flags & SYN || segment.payloadLength === 0) return;
      const cause = causeOf(segment.cause);
      if (cause === KEEPALIVE || cause === WINDOW_PROBE) return;
      if (cause === NETWORK_DUPLICATE || cause === REORDERING) return;
      const episode = (segment.fromServer ? servers : clients).of(flow);
      if (episode.repeats > 0 && episode.seq === segment.seq) {
        episode.repeats++;
        noteLateCapture(episode, worsts.of(flow), segment, segment.fromServer ? flow.server : flow.client);
      } else {
        begin(episode, segment);
      }
    },
    // Without the first answer the first report acknowledges something new: it has no label, but a pause before it.
    labelled: answered,
    paused(segment, flow) {
      noteFirstAnswer((segment.fromServer ? clients : servers).of(flow), segment);
      if (segment.analysis === 0) answered(segment, flow);
    },
    of(flow) {
      const worst = worsts.of(flow);
      if (worst.kind === 0) return null;
      const peer = worst.fromServer ? flow.client : flow.server;
      if (peer.ackSamples > 0 && worst.delayNs < USUAL_FACTOR * peer.quickestAckNs) return null;
      const { delayNs, frame, timeNs, proofFrame, proofNs, sentApartNs, startNs, endNs } = worst;
      const kind = worst.kind === ANSWERED_LATE ? "answered" : "captured";
      const isServers = worst.fromServer === 1;
      return { kind, isServers, delayNs, frame, timeNs, proofFrame, proofNs, sentApartNs, startNs, endNs };
    },
  };
}

function begin(episode: Episode, segment: Segment): void {
  episode.repeats = 1;
  episode.seq = segment.seq;
  // One more, for 0 is none.
  episode.tsval = (segment.tsval ?? -1) + 1;
  episode.frame = segment.frame;
  episode.timeNs = segment.timeNs;
  episode.firstArrived = 0;
  episode.reports = 0;
}

/** Acknowledges the octets with the time of an earlier transmission than the first repetition: so that one arrived in vain. */
function noteFirstAnswer(episode: Episode, segment: Segment): void {
  if (episode.repeats === 0 || episode.reports > 0 || episode.tsval === 0 || segment.tsecr === null) return;
  const isOlder = seqDiff(segment.tsecr, episode.tsval - 1) < 0;
  if (isOlder && seqDiff(segment.ack, episode.seq) > 0) episode.firstArrived = 1;
}

/** `segment` reports the repeated octets as received twice. */
function noteReport(episode: Episode, worst: Worst, segment: Segment): void {
  episode.reports++;
  const isFirst = episode.reports === 1;
  if (isFirst) {
    episode.reportFrame = segment.frame;
    episode.reportNs = segment.timeNs;
  }
  const isEchoed = isFirst && segment.tsecr !== null && segment.tsecr + 1 === episode.tsval;
  // A repetition that was needed is echoed, too, until something else comes that was.
  const echoesFirst = isEchoed && episode.firstArrived === 1;
  if (!echoesFirst && episode.reports !== episode.repeats) return;
  const { reportFrame, reportNs } = episode;
  const delayNs = reportNs - episode.timeNs;
  noteDelay(episode, worst, ANSWERED_LATE, !segment.fromServer, delayNs, reportFrame, reportNs, 0);
}

/** `segment` repeats once more what `sender` repeated before. */
function noteLateCapture(episode: Episode, worst: Worst, segment: Segment, sender: Endpoint): void {
  const { tsval } = segment;
  if (tsval === null || episode.tsval === 0 || !(sender.facts & HAS_SYN_TIMESTAMPS)) return;
  const first = episode.tsval - 1;
  // Something on the way, or another host in the sender's place, wrote a clock of its own.
  if (seqDiff(first, sender.synTsval) < 0) return;
  const sinceSynNs = segment.timeNs - sender.synNs;
  if (seqDiff(tsval, sender.synTsval) * TICK_NS > FASTEST_CLOCK * sinceSynNs + SHORTEST_DELAY_NS) return;
  const sentApartNs = seqDiff(tsval, first) * TICK_NS;
  const delayNs = sentApartNs - (segment.timeNs - episode.timeNs);
  const { frame, timeNs } = segment;
  noteDelay(episode, worst, CAPTURED_LATE, segment.fromServer, delayNs, frame, timeNs, sentApartNs);
}

function noteDelay(
  episode: Episode,
  worst: Worst,
  kind: number,
  fromServer: boolean,
  delayNs: number,
  proofFrame: number,
  proofNs: number,
  sentApartNs: number,
): void {
  if (delayNs < SHORTEST_DELAY_NS) return;
  worst.startNs = worst.kind === 0 ? episode.timeNs : Math.min(worst.startNs, episode.timeNs);
  worst.endNs = worst.kind === 0 ? proofNs : Math.max(worst.endNs, proofNs);
  if (delayNs <= worst.delayNs) return;
  worst.kind = kind;
  worst.fromServer = fromServer ? 1 : 0;
  worst.delayNs = delayNs;
  worst.frame = episode.frame;
  worst.timeNs = episode.timeNs;
  worst.proofFrame = proofFrame;
  worst.proofNs = proofNs;
  worst.sentApartNs = sentApartNs;
}
