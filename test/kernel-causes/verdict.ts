import type { Judged, Truth, Vantage } from "./compare.js";

/**
 * What the tool should call each of them. A packet that the network doubles within 2 ms looks like a copy of the capture,
 * and so does a SYN-ACK without timestamps that is sent again as soon.
 */
const RIGHT: Readonly<Record<Truth, readonly string[]>> = {
  fast: ["fast"],
  timeout: ["timeout"],
  "tail-loss-probe": ["tail-loss-probe"],
  "syn-timer": ["syn-timer"],
  "syn-ack-timer": ["syn-ack-timer"],
  "repeated-syn": ["repeated-syn", "capture-copy"],
  late: ["reordering"],
  overtaken: ["reordering"],
  doubled: ["network-duplicate", "capture-copy"],
  "sent once": [],
};
const MEASURED: readonly Truth[] = ["fast", "timeout", "tail-loss-probe"];
/** Where both wait equally long the wire cannot tell them apart, and says so by being weak. */
const ALIKE = ["timeout", "tail-loss-probe"];
const LEAST_AGREEMENT = 0.95;
const MOST_CERTAIN_AND_WRONG = 0.005;

interface Share {
  readonly part: number;
  readonly of: number;
}

export interface Verdict {
  /** Of everything, at both vantages: what is to be looked at first. */
  readonly certainAndWrong: readonly Judged[];
  /** How much agrees, for people. */
  readonly lines: readonly string[];
  /** Sentences about what is worse than it may be. */
  readonly complaints: readonly string[];
}

export function judge(judged: readonly Judged[]): Verdict {
  const measured = judged.filter(({ vantage, truth }) => vantage === "sender" && MEASURED.includes(truth));
  const agreement = { part: measured.filter(agrees).length, of: measured.length };
  const certainAndWrong = judged.filter((one) => one.ours?.confidence === "certain" && !agrees(one));
  const [atSender, atReceiver] = [shareAt("sender"), shareAt("receiver")];
  const complaints: string[] = [];
  if (agreement.of === 0) complaints.push("Nothing was sent again, so nothing was compared.");
  else if (ratio(agreement) < LEAST_AGREEMENT)
    complaints.push(`Less than ${percent(LEAST_AGREEMENT)} of the causes at the sender agree.`);
  if (ratio(atSender) > MOST_CERTAIN_AND_WRONG)
    complaints.push(`More than ${percent(MOST_CERTAIN_AND_WRONG)} at the sender are certain and wrong.`);
  const lines = [
    `${MEASURED.join(", ")} at the sender: ${shareText(agreement)} agree, at least ${percent(LEAST_AGREEMENT)} must`,
    `certain and wrong at the sender: ${shareText(atSender)}, at most ${percent(MOST_CERTAIN_AND_WRONG)} may be`,
    `certain and wrong at the receiver: ${shareText(atReceiver)}`,
  ];
  return { certainAndWrong, lines, complaints };

  function shareAt(vantage: Vantage): Share {
    const isThere = (one: Judged): boolean => one.vantage === vantage;
    return { part: certainAndWrong.filter(isThere).length, of: judged.filter(isThere).length };
  }
}

function agrees({ truth, ours }: Judged): boolean {
  if (ours === null) return false;
  if (RIGHT[truth].includes(ours.cause)) return true;
  return ours.confidence === "weak" && ALIKE.includes(truth) && ALIKE.includes(ours.cause);
}

function ratio({ part, of }: Share): number {
  return of === 0 ? 0 : part / of;
}

function shareText(share: Share): string {
  return `${share.part} of ${share.of} (${percent(ratio(share))})`;
}

function percent(value: number): string {
  return `${Number((value * 100).toFixed(2))} %`;
}
