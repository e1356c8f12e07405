import type { RatedFinding } from "../gate/rated-finding.js";

/** What one database says of its captures, as far as it can be compared with another's: plain data. */
export interface RunSummary {
  readonly path: string;
  readonly captures: number;
  /** Connections. */
  readonly flows: number;
  /** What is wrong with its captures, a sentence each. */
  readonly damages: readonly string[];
  /** Where its captures were taken; sorted, each once. */
  readonly vantages: readonly string[];
  /** Why its captures cannot be judged, so that what was not found there may be; null when they can. */
  readonly unjudgeable: string | null;
  readonly findings: readonly RatedFinding[];
  readonly servers: readonly ServerMeasure[];
}

/** The connections to one server; ports that Linux gives to clients count as one. */
export interface ServerMeasure {
  /** `10.0.0.2:80`, `10.0.0.2:ephemeral`. */
  readonly server: string;
  readonly flows: number;
  /** Connections whose handshake completed. */
  readonly established: number;
  /**
   * Connections without an answer, refused, given up before one, or answered in vain (the answer was lost, or the
   * client reset it and one more); those of which too little was captured are neither.
   */
  readonly failed: number;
  /** Median time from the SYN to the handshake's last ACK, nanoseconds; null when no handshake was captured. */
  readonly handshakeRttNs: number | null;
  /** Connections with such a time. */
  readonly handshakes: number;
  /** Segments of both ends, and those of them that were sent again. */
  readonly segments: number;
  readonly retransmits: number;
  /** Connections that waited a second or longer for a retransmission, or whose receiver's window had to be probed. */
  readonly stalled: number;
}
