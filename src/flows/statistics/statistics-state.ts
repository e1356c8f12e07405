/**
 * What the statistics remember of one direction, copies included: what its sender has sent and how that was
 * acknowledged. Times are nanoseconds since the capture's origin, durations nanoseconds, numbers relative. A minimum
 * means nothing while the count beside it is 0.
 */
export interface StatisticsState {
  /** What segment-tracker.ts calls by these names, kept here by progress.ts; `base` is valid with SENT_HAS_BASE. */
  nextSeq: number;
  ackedTo: number;
  base: number;
  zeekState: number;
  zeekPreviousState: number;
  /** Its first data, copies apart. Valid with SENT_HAS_DATA. */
  firstDataNs: number;
  /** Its first segment with ACK behind the handshake's SYNs, RSTs apart. Valid with SENT_HAS_FIRST_ACK. */
  firstAckNs: number;
  /** Its last segment, and the longest time between two of them. */
  sentLastNs: number;
  idleMaximumNs: number;
  dataLastNs: number;
  /** Octets of payload with repetitions, and those that no earlier segment held. */
  sentBytes: number;
  freshBytes: number;
  /** Octets sent again, a SYN or FIN counting as one. */
  resentBytes: number;
  /** Where its last segment ended, and where its last FIN stood. */
  latestSeq: number;
  finSeq: number;
  /** Its last acknowledgment number, or the number of its peer's SYN after that; of a RST's nothing is kept. */
  lastAck: number;
  /** Its windows in octets, added up. */
  windowTotal: number;

  /** Samples of the round trip: of segments sent once, acknowledged exactly (Karn's algorithm). */
  rttMinimumNs: number;
  rttMaximumNs: number;
  rttSumNs: number;
  /** Squares of nanoseconds. */
  rttSquares: number;
  /** The same of its largest segments. */
  fullRttMinimumNs: number;
  fullRttMaximumNs: number;
  fullRttSumNs: number;
  fullRttSquares: number;
  /** The same of segments sent more than once, from the last transmission on. */
  ambiguousRttMinimumNs: number;
  ambiguousRttMaximumNs: number;
  ambiguousRttSumNs: number;
  ambiguousRttSquares: number;
  handshakeRttNs: number;
  /** From one transmission of a segment to the next. */
  resendMinimumNs: number;
  resendMaximumNs: number;
  resendSumNs: number;
  resendSquares: number;

  /** The first of its sent segments (sent-segments.ts), and where the last of them ends. */
  headFirst: number;
  headLast: number;
  headNs: number;
  tailLast: number;

  /** Bit set of the SENT_… constants below. */
  sentFacts: number;
  /** Raw number that is relative 0 in the list of sent segments. */
  headBase: number;
  headNext: number;
  headRepeats: number;
  headAcks: number;
  tailSlot: number;
  /** Sent segments remembered behind the first. */
  tailSegments: number;

  sentSegments: number;
  /** Its window as last sent, scaled. */
  windowLast: number;
  windowMaximum: number;
  /** The smallest but 0; 0 while there is none. */
  windowMinimum: number;
  zeroWindows: number;
  /** Segments since windows are scaled, the first of them included. */
  scaledSegments: number;
  windowShift: number;
  ackSegments: number;
  pureAcks: number;
  dataSegments: number;
  pushedSegments: number;
  segmentMaximumBytes: number;
  segmentMinimumBytes: number;
  inFlightMaximumBytes: number;
  inFlightMinimumBytes: number;
  initialWindowBytes: number;
  initialWindowSegments: number;
  /** TTL or hop limit. */
  ttlMinimum: number;
  ttlMaximum: number;
  sentSyns: number;
  /** Raw number of its first SYN. */
  firstIsn: number;
  /** SYNs whose number differs from the first one's. */
  otherIsnSyns: number;
  sentFins: number;
  sentRsts: number;
  /** MSS of its last MSS option, octets; 0 when none. */
  offeredMss: number;
  resentSegments: number;
  outOfOrderSegments: number;
  /** How far below the highest number sent an out-of-order segment began at most. */
  reorderingBytes: number;
  probeSegments: number;
  probeBytes: number;
  urgentSegments: number;
  /** The urgent pointers of segments with data, added up. */
  urgentBytes: number;
  truncatedSegments: number;
  truncatedBytes: number;
  /** Segments with a SACK option, those of them that say more than a RST, and those that report a duplicate. */
  sackSegments: number;
  sackAcks: number;
  duplicateSacks: number;
  sackBlocksMaximum: number;

  /** How its segments were acknowledged. */
  rttSamples: number;
  fullRttSamples: number;
  fullSizeBytes: number;
  ambiguousAcks: number;
  postLossAcks: number;
  cumulativelyAcked: number;
  duplicateAcks: number;
  tripleDuplicateAcks: number;
  resendTimes: number;
  resendMaximum: number;

  /** Signatures of its last eight segments, and where the next one goes. */
  signature0: number;
  signature1: number;
  signature2: number;
  signature3: number;
  signature4: number;
  signature5: number;
  signature6: number;
  signature7: number;
  signatureAt: number;
  linkDuplicates: number;
}

/** It asked for window scaling, timestamps or SACK in any segment. */
export const SENT_WINDOW_SCALE = 0x001;
export const SENT_TIMESTAMPS = 0x002;
export const SENT_SACK_PERMITTED = 0x004;
export const SENT_SACK = 0x008;
export const SENT_MSS = 0x010;
export const SENT_FAST_OPEN = 0x020;
export const SENT_MULTIPATH = 0x040;
export const SENT_AUTHENTICATION = 0x080;
export const SENT_OTHER_OPTION = 0x100;
/** The window extremes are those of scaled windows. */
export const SENT_SCALED_WINDOW = 0x200;
/** More than its SYN was acknowledged. */
export const SENT_WAS_ACKNOWLEDGED = 0x400;
/** It had octets in flight once. */
export const SENT_IN_FLIGHT = 0x800;
/** `headFirst` to `tailSegments` hold a list. */
export const SENT_HAS_SEGMENTS = 0x1000;
/** It acknowledged anything, or the peer sent a SYN: `lastAck` is valid. */
export const SENT_ACK = 0x2000;

/** Its segments since the last SYN or RST can go the short way, steady-statistics.ts. */
export const SENT_STEADILY = 0x4000;
/** `base` is set. */
export const SENT_HAS_BASE = 0x8000;
/** `firstDataNs` is set. */
export const SENT_HAS_DATA = 0x10000;
/** `firstAckNs` is set. */
export const SENT_HAS_FIRST_ACK = 0x20000;

/** The last of these and the first of STATISTICS_UINT32_FIELDS change with every segment: they share cache lines. */
export const STATISTICS_FLOAT64_FIELDS = [
  "firstDataNs",
  "firstAckNs",
  "finSeq",
  "handshakeRttNs",
  "fullRttMinimumNs",
  "fullRttMaximumNs",
  "fullRttSumNs",
  "fullRttSquares",
  "ambiguousRttMinimumNs",
  "ambiguousRttMaximumNs",
  "ambiguousRttSumNs",
  "ambiguousRttSquares",
  "resendMinimumNs",
  "resendMaximumNs",
  "resendSumNs",
  "resendSquares",
  "resentBytes",
  "rttMinimumNs",
  "rttMaximumNs",
  "rttSumNs",
  "rttSquares",
  "latestSeq",
  "headNs",
  "headFirst",
  "headLast",
  "tailLast",
  "sentLastNs",
  "idleMaximumNs",
  "truncatedBytes",
  "nextSeq",
  "ackedTo",
  "lastAck",
  "windowTotal",
  "sentBytes",
  "freshBytes",
  "dataLastNs",
] as const satisfies readonly (keyof StatisticsState)[];

export const STATISTICS_UINT32_FIELDS = [
  "sentFacts",
  "zeekState",
  "sentSegments",
  "windowLast",
  "windowMaximum",
  "windowMinimum",
  "scaledSegments",
  "windowShift",
  "ackSegments",
  "pureAcks",
  "ttlMinimum",
  "ttlMaximum",
  "headNext",
  "headAcks",
  "headRepeats",
  "tailSlot",
  "tailSegments",
  // These eight lie one behind the other: link-duplicates.ts counts on from the first.
  "signature0",
  "signature1",
  "signature2",
  "signature3",
  "signature4",
  "signature5",
  "signature6",
  "signature7",
  "signatureAt",
  "dataSegments",
  "pushedSegments",
  "segmentMaximumBytes",
  "segmentMinimumBytes",
  "inFlightMaximumBytes",
  "inFlightMinimumBytes",
  "sentSyns",
  "headBase",
  "base",
  "zeekPreviousState",
  "zeroWindows",
  "linkDuplicates",
  "rttSamples",
  "fullRttSamples",
  "fullSizeBytes",
  "cumulativelyAcked",
  "duplicateAcks",
  "initialWindowBytes",
  "initialWindowSegments",
  "firstIsn",
  "otherIsnSyns",
  "sentFins",
  "sentRsts",
  "offeredMss",
  "resentSegments",
  "outOfOrderSegments",
  "reorderingBytes",
  "probeSegments",
  "probeBytes",
  "urgentSegments",
  "urgentBytes",
  "truncatedSegments",
  "sackSegments",
  "sackAcks",
  "duplicateSacks",
  "sackBlocksMaximum",
  "ambiguousAcks",
  "postLossAcks",
  "tripleDuplicateAcks",
  "resendTimes",
  "resendMaximum",
] as const satisfies readonly (keyof StatisticsState)[];
