/** What the judgement of retransmissions remembers of one direction. Sequence numbers are relative; times in ns. */
export interface CauseState {
  /** When the peer last acknowledged something new, or when this side sent into silence: its timer runs from here. */
  causeProgressNs: number;
  /** End of the segment whose round trip is being timed, and when it was sent; 0 when none is. */
  causeTimedTo: number;
  causeTimedNs: number;
  /** Smoothed round trip from the capture to the peer and back, and its variation; 0 before the first. RFC 6298. */
  causeSrttNs: number;
  causeRttVarNs: number;
  /** The shortest such round trip, or answer to a retransmission; 0 before the first. */
  causeLeastRttNs: number;
  /** The latest acknowledgment that hints at a loss: a duplicate one, or one with SACK blocks beyond it. */
  causeEvidenceNs: number;
  /** Highest octet plus one that the peer reported by SACK. */
  causeSackedTo: number;
  /** While the peer has acknowledged less, the recovery that began at a timeout or by fast retransmission goes on. */
  causeRecoveryTo: number;
  /** Highest end of what was repeated. */
  causeRepeatedTo: number;
  /** Number of its newest segment in SendLog and of its newest in RepeatLog, plus one each; 0 for none. */
  causeSentNewest: number;
  causeRepeatNewest: number;
  /** Acknowledgments in a row that hint at the present loss. */
  causeDuplicateAcks: number;
  /** TSval of the first of them. Valid with HAS_EVIDENCE_TSVAL. */
  causeEvidenceTsval: number;
  /** Bit set of the constants below. */
  causeFacts: number;
}

export const CAUSE_FLOAT64_FIELDS = [
  "causeLeastRttNs",
  "causeRepeatedTo",
  "causeEvidenceNs",
  "causeSackedTo",
  "causeSrttNs",
  "causeRttVarNs",
  "causeRecoveryTo",
  "causeProgressNs",
  "causeTimedTo",
  "causeTimedNs",
] as const satisfies readonly (keyof CauseState)[];

export const CAUSE_UINT32_FIELDS = [
  "causeSentNewest",
  "causeRepeatNewest",
  "causeDuplicateAcks",
  "causeEvidenceTsval",
  "causeFacts",
] as const satisfies readonly (keyof CauseState)[];

/** The recovery up to `causeRecoveryTo` began at a timeout. */
export const IS_IN_TIMEOUT = 0x01;
/** The recovery up to `causeRecoveryTo` began by fast retransmission. */
export const IS_IN_FAST = 0x02;
/** The latest recovery began by fast retransmission. */
export const WAS_IN_FAST = 0x04;
export const HAS_EVIDENCE_TSVAL = 0x08;
/** `causeEvidenceNs` is that of a hint, and not when the direction began. */
export const HAS_EVIDENCE = 0x80;
/** With IS_IN_TIMEOUT: the timeout was but weakly known. */
export const IS_WEAK_TIMEOUT = 0x20;
/** Its last new octet probed a closed window. */
export const HAS_SENT_WINDOW_PROBE = 0x10;
/** Its last keepalive was sent after its last new octet. */
export const HAS_SENT_KEEPALIVE = 0x40;
