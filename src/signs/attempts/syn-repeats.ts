import type { Segment } from "../../decode/segment.js";
import { SYN_AUTHENTICATION, SYN_EXTENSIONS, SYN_MD5 } from "../../decode/syn-extensions.js";
import type { Observer, RuleHooks } from "../../engine/rule.js";
import type { Flow } from "../../flows/flow.js";

/** SYNs that a client sent again while its peer had not said a word. */
export interface SynRepeats {
  readonly count: number;
  /** The first of them; 0 when there is none. */
  readonly firstFrame: number;
  readonly firstNs: number;
  /** The latest SYN that another one follows, so that it was in vain. */
  readonly inVainNs: number;
  /** 1: the SYN-ACK echoes the timestamp of the first SYN of several, which therefore had arrived. */
  readonly answersFirst: number;
  /** What the first SYN asks for and the latest does not, bits of syn-extensions.ts, and what others between them do not. */
  readonly lacks: number;
  readonly lackedBefore: number;
  /** The SYN from which on `lacks` is as it is; 0 when nothing is lacking. */
  readonly lackingFrame: number;
  readonly lackingNs: number;
}

/** Signatures are agreed upon beforehand: no client gives them up. */
const MAY_BE_GIVEN_UP = SYN_EXTENSIONS & ~(SYN_MD5 | SYN_AUTHENTICATION);

/** What all SYNs but the latest ask for and it does not. */
export function givenUp({ lacks, lackedBefore }: SynRepeats): number {
  return lacks & ~lackedBefore;
}

export interface RepeatedSyns extends RuleHooks {
  syn(segment: Segment, flow: Flow): void;
  /** Borrowed until the next call. */
  of(flow: Flow): SynRepeats;
}

export const observeRepeatedSyns: Observer<RepeatedSyns> = (perFlow) => {
  const kept = perFlow(
    "count",
    "firstFrame",
    "firstNs",
    "inVainNs",
    "answersFirst",
    "lacks",
    "lackedBefore",
    "lackingFrame",
    "lackingNs",
  );
  return {
    syn(segment, flow) {
      if (segment.fromServer || flow.client.synFrame === 0 || flow.server.segments > 0) return;
      const repeats = kept.of(flow);
      repeats.inVainNs = flow.lastSynNs;
      const lacks = flow.client.facts & MAY_BE_GIVEN_UP & ~segment.synExtensions;
      if (lacks !== repeats.lacks) {
        repeats.lackingFrame = segment.frame;
        repeats.lackingNs = segment.timeNs;
      }
      repeats.lackedBefore |= repeats.lacks;
      repeats.lacks = lacks;
      if (repeats.count++ > 0) return;
      repeats.firstFrame = segment.frame;
      repeats.firstNs = segment.timeNs;
    },
    synAck(segment, flow) {
      // The client's count comes first: it is at hand, the numbers lie elsewhere.
      if (flow.client.syns < 2 || !segment.fromServer || segment.tsecr !== flow.client.synTsval) return;
      const repeats = kept.of(flow);
      if (repeats.count > 0) repeats.answersFirst = 1;
    },
    of: (flow) => kept.of(flow),
  };
};
