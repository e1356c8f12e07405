import type { Segment } from "../../decode/segment.js";
import { acceptsNothing } from "../../engine/accepts-nothing.js";
import type { Observer, RuleHooks } from "../../engine/rule.js";
import type { Flow } from "../../flows/flow.js";
import { SYN } from "../../tcp/flags.js";

/** Sooner behind a SYN-ACK, a SYN was on its way when that came: no common timer is shorter (RFC 6298, section 2.1: 1 s). */
const SOONEST_NS = 500_000_000;

/** SYNs that a client sent although a SYN-ACK had answered it long before. Frames are 0 when there is none. */
export interface SynsBehindAnswer {
  readonly count: number;
  /** The SYN-ACK before the first of them: a server that was sent a RST chooses another number for the next. */
  readonly answerFrame: number;
  readonly answerNs: number;
  readonly firstFrame: number;
  readonly firstNs: number;
  readonly lastFrame: number;
  readonly lastNs: number;
  /** 1: what the client sent then echoes the timestamp of the first SYN-ACK, which was not lost but late. */
  readonly hasFirst: number;
}

export interface UnheardAnswers extends RuleHooks {
  /** Borrowed until the next call. */
  of(flow: Flow): SynsBehindAnswer;
}

/** Watches SYNs alone: who has got a SYN-ACK and accepts it never sends one again (RFC 9293, section 3.10.7.3). */
export const observeUnheardAnswers: Observer<UnheardAnswers> = (perFlow) => {
  const kept = perFlow(
    "count",
    "answerFrame",
    "answerNs",
    "firstFrame",
    "firstNs",
    "lastFrame",
    "lastNs",
    "hasFirst",
  );
  return {
    syn(segment: Segment, flow: Flow) {
      const { client, server } = flow;
      if (server.synFrame === 0 || !acceptsNothing(client)) return;
      // What acknowledges another number than the SYN's answers nothing; a client that got it resets it.
      if (client.rstFrame === 0 && (server.ackedTo < 1 || server.ackedTo > client.nextSeq)) return;
      if (segment.timeNs - server.synNs < SOONEST_NS) return;
      const syns = kept.of(flow);
      syns.lastFrame = segment.frame;
      syns.lastNs = segment.timeNs;
      if (syns.count++ > 0) return;
      syns.answerFrame = server.synFrame;
      syns.answerNs = server.synNs;
      syns.firstFrame = segment.frame;
      syns.firstNs = segment.timeNs;
    },
    // What comes sooner after the last SYN-ACK answers that one: the way is too short for another.
    paused(segment, flow) {
      const { client, server } = flow;
      if (client.syns < 2 || segment.fromServer || segment.tsecr !== server.synTsval) return;
      // A SYN echoes nothing: its 0 is that of a server without timestamps.
      if (segment.flags & SYN) return;
      kept.of(flow).hasFirst = 1;
    },
    of: (flow) => kept.of(flow),
  };
};
