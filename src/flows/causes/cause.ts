/**
 * Why a segment repeats what its sender had sent before, docs/causes.md. In `SegmentBatch.cause` one octet holds both
 * the cause and how sure it is: `cause * 4 + confidence`; 0 is a segment that repeats nothing.
 */
export const TIMEOUT = 1;
export const FAST = 2;
export const TAIL_LOSS_PROBE = 3;
export const SYN_TIMER = 4;
export const SYN_ACK_TIMER = 5;
export const REPEATED_SYN = 6;
export const KEEPALIVE = 7;
export const WINDOW_PROBE = 8;
export const NETWORK_DUPLICATE = 9;
export const REORDERING = 10;
export const CAPTURE_COPY = 11;
export const UNKNOWN = 12;

/** Name of each cause, by number. */
const NAMES = [
  "",
  "timeout",
  "fast",
  "tail-loss-probe",
  "syn-timer",
  "syn-ack-timer",
  "repeated-syn",
  "keepalive",
  "window-probe",
  "network-duplicate",
  "reordering",
  "capture-copy",
  "unknown",
] as const;
export type CauseName = Exclude<(typeof NAMES)[number], "">;

/** Nothing tells; the only confidence of UNKNOWN. */
export const NO_CONFIDENCE = 0;
export const WEAK = 1;
export const STRONG = 2;
/** Nothing else explains what the capture shows. */
export const CERTAIN = 3;

const CONFIDENCES = [null, "weak", "strong", "certain"] as const;
export type CauseConfidence = Exclude<(typeof CONFIDENCES)[number], null>;

const CONFIDENCE_BITS = 2;
const CONFIDENCE_MASK = 3;

/** The octet for a cause and its confidence. */
export function causeCode(cause: number, confidence: number): number {
  return (cause << CONFIDENCE_BITS) | confidence;
}

/** The cause within an octet. */
export function causeOf(code: number): number {
  return code >> CONFIDENCE_BITS;
}

/** Such as `timeout`; null for a segment that repeats nothing. */
export function causeName(code: number): CauseName | null {
  const name = NAMES[code >> CONFIDENCE_BITS] ?? "";
  return name === "" ? null : name;
}

/** How sure the cause is; null when the cause is unknown or there is none. */
export function causeConfidence(code: number): CauseConfidence | null {
  return CONFIDENCES[code & CONFIDENCE_MASK]!;
}

/** What proved later, or at once, that a retransmission was not needed. */
export const NO_PROOF = 0;
/** The receiver reported the octets as received twice (RFC 2883, RFC 3708). */
export const PROOF_DSACK = 1;
/** The acknowledgment echoes a timestamp older than the retransmission's (Eifel, RFC 3522). */
export const PROOF_TIMESTAMPS = 2;
/** The acknowledgment of all its octets was captured before it. */
export const PROOF_ACKNOWLEDGED = 3;

const PROOF_NAMES = [null, "dsack", "timestamps", "acknowledged"] as const;
export type ProofName = Exclude<(typeof PROOF_NAMES)[number], null>;

/** Such as `dsack`; null when nothing proves it. */
export function proofName(proof: number): ProofName | null {
  return PROOF_NAMES[proof] ?? null;
}
