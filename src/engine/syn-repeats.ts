import type { Segment } from "../decode/segment.js";
import type { Flow } from "../flows/flow.js";

/** Names of the numbers per flow that a rule keeps for `noteRepeatedSyn` and `noteAnsweredSyn`. */
export const SYN_REPEATS = ["count", "firstFrame", "firstNs", "answersFirst"] as const;

/** SYNs that a client sent again while its peer had not said a word. */
export type SynRepeats = Record<(typeof SYN_REPEATS)[number], number>;

/** For the hook `syn`. */
export function noteRepeatedSyn(segment: Segment, flow: Flow, repeats: SynRepeats): void {
  if (segment.fromServer || flow.client.synFrame === 0 || flow.server.segments > 0) return;
  if (repeats.count++ > 0) return;
  repeats.firstFrame = segment.frame;
  repeats.firstNs = segment.timeNs;
}

/** For the hook `synAck`: it echoes the timestamp of the first SYN of several, which therefore had arrived. */
export function noteAnsweredSyn(segment: Segment, flow: Flow, repeats: SynRepeats): void {
  // The client's count comes first: it is at hand, the rule's numbers lie elsewhere.
  if (
    flow.client.syns > 1 &&
    repeats.count > 0 &&
    segment.fromServer &&
    segment.tsecr === flow.client.synTsval
  )
    repeats.answersFirst = 1;
}
