/**
 * What the labels remember of one direction, under the names of segment-labeller.ts. Sequence numbers are raw: the
 * labels are defined on them, and 0 means "none seen", as it does in Wireshark.
 */
export interface LabelState {
  /** Time of its latest segment. */
  labelLastNs: number;
  /** Time of the segment that last raised `labelNextSeq`. */
  labelNextSeqNs: number;
  /** Highest sequence number plus length, SYN and FIN counted; 0 before anything was seen. */
  labelNextSeq: number;
  /** Up to where it was captured without a gap; 0 before anything was seen. */
  labelContiguousTo: number;
  labelLastAck: number;
  /** Duplicate ACKs in a row; NEUTRALIZED after one report of octets acknowledged but not captured. */
  labelDuplicateAcks: number;
  /** Window field as last sent plus one; 0 before anything was seen. */
  labelWindowPlusOne: number;
  /** 0 while unknown, 1 when not in use, else the shift plus 2. */
  labelScalePlusTwo: number;
  /** Labels of its latest segment. */
  labelLast: number;
  /** Raw sequence number of its first segment, of the latest SYN-ACK if that had another one. */
  labelBase: number;
  /** Bit set of the constants below. */
  labelFacts: number;
  /** Octets in the first three SACK blocks of its latest segment. */
  labelSackedBytes: number;
  /** Operations of Multipath TCP seen on the connection when it last sent. */
  labelOperations: number;
  /** Its segments not yet acknowledged, in UnackedSegments: oldest, newest (0 when none), and how many. */
  unackedOldest: number;
  unackedNewest: number;
  unackedCount: number;
  /** Lowest and highest of their numbers, counted from `labelBase`. Valid with IS_SPAN_KNOWN. */
  unackedFirst: number;
  unackedEnd: number;
}

/** `labelBase` is set. */
export const HAS_LABEL_BASE = 0x01;
/** Octets are missing before its latest data, and the peer has acknowledged nothing since. */
export const IS_FLIGHT_UNKNOWN = 0x02;
/** It sent a SYN and no ACK since: its window is not scaled yet. */
export const IS_BEFORE_FIRST_ACK = 0x04;
/** Its unacknowledged segments are not in the order of their sequence numbers, or overlap. */
export const IS_UNACKED_MIXED = 0x08;

/** Those are mixed, and `unackedFirst` and `unackedEnd` hold their span. */
export const IS_SPAN_KNOWN = 0x10;
/** One of them begins below `labelBase` and ends above: the span does not hold it. */
export const IS_SPAN_BROKEN = 0x20;
/** It sent a segment whose length is unknown. */
export const HAS_UNMEASURED = 0x40;

/** -1 as an unsigned number, which compares as more than two duplicate ACKs. */
export const NEUTRALIZED = 0xffffffff;

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
  "labelBase",
  "labelFacts",
  "labelSackedBytes",
  "labelOperations",
  "unackedOldest",
  "unackedNewest",
  "unackedCount",
  "unackedFirst",
  "unackedEnd",
] as const satisfies readonly (keyof LabelState)[];
