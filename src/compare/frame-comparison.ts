import { LABELS } from "../flows/labels/label.js";
import { type Agreement, createAgreement } from "./agreement.js";
import { COMPARED_FIELDS, type FrameAnswer } from "./frame-answer.js";
import { StreamPairing } from "./stream-pairing.js";

/** A frame of which the two sides say something different; null: this side has no TCP segment there. */
export interface DifferingFrame {
  readonly frame: number;
  readonly ours: FrameAnswer | null;
  readonly theirs: FrameAnswer | null;
  /** What differs: `frame`, `tcp.stream`, `labels` or names of fields. */
  readonly differences: readonly string[];
}

/** tshark prints the initial RTT only beside something else that it has to say of a frame. */
const INITIAL_RTT = "initialRttNs";

/** Counts agreement frame by frame. Memory grows with connections, not with frames. */
export class FrameComparison {
  readonly agreement: Agreement = createAgreement(
    LABELS.map(({ name }) => name),
    COMPARED_FIELDS.map(({ name }) => name),
  );
  readonly #streams = new StreamPairing();

  /** Takes both answers of one frame, at least one of them; returns how they differ, or null. */
  add(ours: FrameAnswer | null, theirs: FrameAnswer | null): DifferingFrame | null {
    if (ours === null || theirs === null) return this.#addOneSided(ours, theirs);
    const { agreement } = this;
    agreement.frames.both++;
    const differences: string[] = [];
    if (!this.#streams.agree(ours.stream, theirs.stream)) {
      agreement.differentStreams++;
      differences.push("tcp.stream");
    }
    this.#addLabels(ours.labels, theirs.labels);
    if (ours.labels === theirs.labels) agreement.sameLabels++;
    else differences.push("labels");
    this.#addFields(ours, theirs, differences);
    if (differences.length > 0) return { frame: ours.frame, ours, theirs, differences };
    agreement.sameFrames++;
    return null;
  }

  /** All that the one side says of the frame is missing on the other. */
  #addOneSided(ours: FrameAnswer | null, theirs: FrameAnswer | null): DifferingFrame {
    const { agreement } = this;
    if (ours === null) agreement.frames.onlyTheirs++;
    else agreement.frames.onlyOurs++;
    this.#addLabels(ours?.labels ?? 0, theirs?.labels ?? 0);
    for (const [index, { key }] of COMPARED_FIELDS.entries())
      if ((ours ?? theirs)?.[key] !== 0) agreement.fields[index]!.compared++;
    return { frame: (ours ?? theirs)?.frame ?? 0, ours, theirs, differences: ["frame"] };
  }

  #addLabels(ours: number, theirs: number): void {
    if ((ours | theirs) === 0) return;
    for (const [index, { bit }] of LABELS.entries()) {
      const count = this.agreement.labels[index]!;
      if (ours & theirs & bit) count.both++;
      else if (ours & bit) count.onlyOurs++;
      else if (theirs & bit) count.onlyTheirs++;
    }
  }

  #addFields(ours: FrameAnswer, theirs: FrameAnswer, differences: string[]): void {
    for (const [index, { name, key }] of COMPARED_FIELDS.entries()) {
      if (ours[key] === 0 && theirs[key] === 0) continue;
      if (key === INITIAL_RTT && theirs[key] === 0 && !saysMore(theirs)) continue;
      const count = this.agreement.fields[index]!;
      count.compared++;
      if (ours[key] === theirs[key]) count.equal++;
      else differences.push(name);
    }
  }
}

function saysMore(theirs: FrameAnswer): boolean {
  return theirs.labels !== 0 || theirs.ackRttNs !== 0 || theirs.bytesInFlight !== 0;
}
