import type { Segment } from "../../decode/segment.js";
import type { Evidence } from "../../engine/finding.js";
import type { Observer, RuleHooks } from "../../engine/rule.js";
import { HAS_SYN_TIMESTAMPS, HAS_WINDOW_SCALE } from "../../flows/endpoint.js";
import type { Flow } from "../../flows/flow.js";
import { FIN, RST } from "../../tcp/flags.js";
import { seqDiff } from "../../tcp/seq.js";
import { isFromOtherDistance } from "./other-distance.js";

/** No client's timer sends a SYN again so soon: what answers so shortly behind another answer answers the same SYN. Nanoseconds. */
const ONE_SYN_NS = 200_000_000;
/** Linux counts its ISNs up by one in so many nanoseconds (secure_tcp_seq), others more slowly. RFC 6528, section 3. */
const ISN_TICK_NS = 64;
/** What may lie between a number's making and its capture. Nanoseconds. */
const ISN_SLACK_NS = 2_000_000;
/** The fastest clock of timestamps in use (Linux: tcp_usec_ts), and what a cookie lags behind it (cookie_init_timestamp), and more. */
const TIMESTAMP_TICK_NS = 1000;
const TIMESTAMP_SLACK = 1000;

/** What tells the second host from the first: TTL, timestamps, what else the SYN-ACKs offer; or nothing does. */
const TRAITS = ["", "TTL", "timestamps", "options"] as const;

const SECOND_FIELDS = [
  "isJudged",
  "frame",
  "timeNs",
  "firstNs",
  "trait",
  "isOneHost",
  "isOneIsnClock",
  "ttl",
] as const;

/** Two SYN-ACKs with different ISNs in answer to one SYN. */
export interface SecondAnswer {
  readonly first: Evidence;
  readonly second: Evidence;
  readonly gapNs: number;
  /** From one distance, with timestamps of one clock and ISNs of one clock: one kernel took the SYN for two. */
  readonly isOneHost: boolean;
  /** In what they differ as answers of one host do not; empty where they could be one host's. */
  readonly trait: (typeof TRAITS)[number];
  /** The two ISNs lie so near each other as those of one clock do. */
  readonly isOneIsnClock: boolean;
  readonly ttl: number;
  readonly otherTtl: number;
}

export interface ObservedSecondAnswers extends RuleHooks {
  /** Null where a SYN was answered once, as far as it can be told. */
  of(flow: Flow): SecondAnswer | null;
}

/**
 * Watches for a second SYN-ACK to one SYN with another ISN. A listener answers each SYN with its own number once and repeats that
 * (Linux: inet_rtx_syn_ack); a SYN cookie changes only from one SYN to a later one.
 */
export const observeSecondAnswers: Observer<ObservedSecondAnswers> = (perFlow) => {
  const firsts = perFlow("frame", "seq", "tsecr");
  const seconds = perFlow(...SECOND_FIELDS);
  return {
    synAck(segment, flow) {
      const { client, server } = flow;
      if (!segment.fromServer || segment.relativeAck !== 1 || client.syns !== 1) return;
      if (segment.flags & (RST | FIN)) return;
      const first = firsts.of(flow);
      if (server.segments === 0) {
        first.frame = segment.frame;
        first.seq = segment.seq;
        first.tsecr = segment.tsecr ?? 0;
        return;
      }
      if (first.frame === 0 || segment.seq === first.seq) return;
      const own = seconds.of(flow);
      // What the flow keeps of a SYN-ACK is the first one's up to now.
      if (own.isJudged === 1) return;
      own.isJudged = 1;
      if (!isSameSyn(segment, flow, first.tsecr)) return;
      const elapsedNs = segment.timeNs - server.synNs;
      const isOneIsnClock = isOnIsnClock(seqDiff(segment.seq, first.seq), elapsedNs);
      const isOneClock = isOnTimestampClock(segment, flow, elapsedNs);
      // One host whose numbers are no clock's, or one segment that was given another number between two places of the capture.
      if (isOneClock && !isOneIsnClock) return;
      own.frame = segment.frame;
      own.timeNs = segment.timeNs;
      own.firstNs = server.synNs;
      const isOneHost = isOneClock && !isFromOtherDistance(segment.ttl, server);
      own.isOneHost = isOneHost ? 1 : 0;
      own.isOneIsnClock = isOneIsnClock ? 1 : 0;
      own.trait = isOneHost ? 0 : TRAITS.indexOf(traitOf(segment, flow));
      own.ttl = segment.ttl;
    },
    fin(_, flow) {
      // A connection that goes the way of nearly all had one answer.
      if (seconds.of(flow).frame === 0) firsts.release(flow);
    },
    of(flow) {
      const { frame, timeNs, firstNs, trait, isOneHost, isOneIsnClock, ttl } = seconds.of(flow);
      if (frame === 0) return null;
      const { id: flowId, client, server } = flow;
      // The SYN stands twice in the capture and the answers do not: it is recorded before and behind what rewrites them.
      if (client.copies > 0 && server.copies === 0) return null;
      return {
        first: { flowId, frame: firsts.of(flow).frame, timeNs: firstNs },
        second: { flowId, frame, timeNs },
        gapNs: timeNs - firstNs,
        isOneHost: isOneHost === 1,
        isOneIsnClock: isOneIsnClock === 1,
        trait: TRAITS[trait]!,
        ttl: server.ttl,
        otherTtl: ttl,
      };
    },
  };
};

/** The SYN-ACK answers the SYN that the first one, which echoes `tsecr`, answered. The capture may lack SYNs. */
function isSameSyn({ timeNs, tsecr }: Segment, { server }: Flow, firstTsecr: number): boolean {
  if (firstTsecr !== 0 && tsecr !== null) return tsecr === firstTsecr;
  return timeNs - server.synNs < ONE_SYN_NS;
}

function isOnIsnClock(ticks: number, elapsedNs: number): boolean {
  return Math.abs(seqDiff(ticks, Math.round(elapsedNs / ISN_TICK_NS))) <= ISN_SLACK_NS / ISN_TICK_NS;
}

/** Both SYN-ACKs have timestamps, which lie no further apart than the answers. */
function isOnTimestampClock({ tsval }: Segment, { server }: Flow, elapsedNs: number): boolean {
  if (tsval === null || !(server.facts & HAS_SYN_TIMESTAMPS)) return false;
  const ticks = seqDiff(tsval, server.synTsval);
  return Math.abs(ticks) <= TIMESTAMP_SLACK + Math.abs(elapsedNs) / TIMESTAMP_TICK_NS;
}

/** How they differ which come from different distances, or whose timestamps, if both have them, are not of one clock. */
function traitOf({ ttl, tsval, mss, windowScale }: Segment, { server }: Flow): SecondAnswer["trait"] {
  if (isFromOtherDistance(ttl, server)) return "TTL";
  const hadTimestamps = (server.facts & HAS_SYN_TIMESTAMPS) !== 0;
  if (tsval !== null && hadTimestamps) return "timestamps";
  const hadWindowScale = (server.facts & HAS_WINDOW_SCALE) !== 0;
  const isAlike =
    (tsval !== null) === hadTimestamps &&
    (mss ?? 0) === server.mss &&
    (windowScale !== null) === hadWindowScale;
  return isAlike ? "" : "options";
}
