/** How often both sides said something of a frame, and how often only one did. */
export interface LabelAgreement {
  readonly name: string;
  both: number;
  onlyOurs: number;
  onlyTheirs: number;
}

/** Frames where at least one side gave the field a value, and those where both gave the same. */
export interface FieldAgreement {
  readonly name: string;
  compared: number;
  equal: number;
}

/** How far two answers to a capture agree. Plain data; counts of frames. */
export interface Agreement {
  readonly frames: LabelAgreement;
  /** Frames whose stream or flow also holds frames that the other side has elsewhere. */
  differentStreams: number;
  /** Frames that have exactly the same labels, often none. */
  sameLabels: number;
  /** Frames of which nothing at all differs. */
  sameFrames: number;
  readonly labels: readonly LabelAgreement[];
  readonly fields: readonly FieldAgreement[];
}

export function createAgreement(labels: readonly string[], fields: readonly string[]): Agreement {
  return {
    frames: createLabelAgreement("frames"),
    differentStreams: 0,
    sameLabels: 0,
    sameFrames: 0,
    labels: labels.map(createLabelAgreement),
    fields: fields.map((name) => ({ name, compared: 0, equal: 0 })),
  };
}

function createLabelAgreement(name: string): LabelAgreement {
  return { name, both: 0, onlyOurs: 0, onlyTheirs: 0 };
}

/** Adds the counts of `part` to `sum`, which has the same labels and fields. */
export function addAgreement(sum: Agreement, part: Agreement): void {
  addLabel(sum.frames, part.frames);
  sum.differentStreams += part.differentStreams;
  sum.sameLabels += part.sameLabels;
  sum.sameFrames += part.sameFrames;
  for (const [index, label] of sum.labels.entries()) addLabel(label, part.labels[index]!);
  for (const [index, field] of sum.fields.entries()) {
    field.compared += part.fields[index]!.compared;
    field.equal += part.fields[index]!.equal;
  }
}

function addLabel(sum: LabelAgreement, part: LabelAgreement): void {
  sum.both += part.both;
  sum.onlyOurs += part.onlyOurs;
  sum.onlyTheirs += part.onlyTheirs;
}

/** Frames that at least one side has. */
export function framesOf({ frames }: Agreement): number {
  return frames.both + frames.onlyOurs + frames.onlyTheirs;
}
