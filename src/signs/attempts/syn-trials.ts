import type { Confidence } from "../../engine/finding.js";

/** What became of a SYN. */
export interface SynTrial {
  readonly timeNs: number;
  /** What it asked for, bits of syn-extensions.ts. */
  readonly extensions: number;
  /** Else nothing came back until the next one. */
  readonly isAnswered: boolean;
  /** Its connection opened by the first SYN that asked for less. */
  readonly isFallback: boolean;
}

export interface SynTrialVerdict {
  readonly confidence: Confidence;
  /** SYNs without it, from the first one in vain that asked for it on. */
  readonly plainAnswered: number;
  readonly plainInVain: number;
}

/** Who falls back once has lost a SYN, and one outage befalls the SYNs of many connections: it must come again. */
const FEWEST_ROUNDS = 2;
/** Behind the first. On a path that loses a fifth of all SYNs so many come about by chance once in a thousand times. */
const SURE_ROUNDS = 3;
/** Behind a longer silence the first packet may be lost for another reason: an address is resolved anew, a link is woken up. */
const LONGEST_PAUSE_NS = 10_000_000_000;
/** Where more SYNs without it were in vain than this share of those with it, that is what happens to any SYN. */
const MOST_PLAIN_IN_VAIN = 1 / 3;

/**
 * Whether SYNs are in vain because they ask for `extensions`: none of those that do is answered from the first one in vain to the last,
 * those without are, and both in turns. Null where chance or an outage explains as much.
 */
export function judgeSynTrials(trials: readonly SynTrial[], extensions: number): SynTrialVerdict | null {
  const asks = (trial: SynTrial): boolean => (trial.extensions & extensions) === extensions;
  const isVain = (trial: SynTrial): boolean => trial.isFallback && asks(trial);
  const inOrder = [...trials].sort((a, b) => a.timeNs - b.timeNs);
  const first = inOrder.findIndex(isVain);
  const last = inOrder.findLastIndex(isVain);
  let [rounds, quickRounds, vain, plainAnswered, plainInVain] = [0, 0, 0, 0, 0];
  let openedNs = Number.NEGATIVE_INFINITY;
  // A round: one without it was answered, and one with it is in vain. The first needs none before it.
  let isBehindPlain = true;
  for (const [index, trial] of inOrder.entries()) {
    if (index < first) continue;
    if (asks(trial)) {
      if (trial.isAnswered && index < last) return null;
      if (!isVain(trial)) continue;
      vain++;
      if (isBehindPlain) rounds++;
      if (isBehindPlain && trial.timeNs - openedNs <= LONGEST_PAUSE_NS) quickRounds++;
      isBehindPlain = false;
    } else if ((trial.extensions & extensions) === 0) {
      if (!trial.isAnswered) plainInVain++;
      else {
        plainAnswered++;
        isBehindPlain = true;
        openedNs = trial.timeNs;
      }
    }
  }
  if (rounds < FEWEST_ROUNDS || plainInVain > vain * MOST_PLAIN_IN_VAIN) return null;
  const isSure = quickRounds >= SURE_ROUNDS && plainInVain === 0;
  return { confidence: isSure ? "strong" : "weak", plainAnswered, plainInVain };
}
