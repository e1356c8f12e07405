/** What the labels (segment-labeller.ts) remember of one direction, in Wireshark's terms. Raw sequence numbers. */
export interface LabelState {
  /** Time of its latest segment. */
  labelLastNs: number;
  /** Time of the segment that last raised `labelNextSeq`. */
  labelNextSeqNs: number;
  /** Highest sequence number plus length, SYN and FIN counted; 0 before anything was seen. */
  labelNextSeq: number;
  /** Up to where it was captured without a gap: beyond, an acknowledgment is of octets unseen. 0 before anything was seen. */
  labelContiguousTo: number;
  labelLastAck: number;
  /** Duplicate ACKs in a row; 4294967295 neutralizes one report of octets acknowledged unseen. */
  labelDuplicateAcks: number;
  /** Window field as last sent plus one; 0 before anything was seen. */
  labelWindowPlusOne: number;
  /** 0 while unknown, 1 when not in use, else the shift plus 2. */
  labelScalePlusTwo: number;
  /** Labels of its latest segment. */
  labelLast: number;
  /** Bit set of the constants below. */
  labelFacts: number;
  /** Octets within the SACK blocks of its latest segment, the first three blocks. */
  labelSackedBytes: number;
  /** Indexes into UnackedSegments of its oldest and newest segment not yet acknowledged, and how many there are. */
  unackedOldest: number;
  unackedNewest: number;
  unackedCount: number;
}

export const LABEL_FLOAT64_FIELDS = [
  "labelLastNs",
  "labelNextSeqNs",
] as const satisfies readonly (keyof LabelState)[];

export const LABEL_UINT32_FIELDS = [
  "labelNextSeq",
  "labelContiguousTo",
  "labelLastAck",
  "labelDuplicateAcks",
  "labelWindowPlusOne",
  "labelScalePlusTwo",
  "labelLast",
  "labelFacts",
  "labelSackedBytes",
  "unackedOldest",
  "unackedNewest",
  "unackedCount",
] as const satisfies readonly (keyof LabelState)[];
