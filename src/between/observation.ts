/** One of a connection's ends, as flows name them. */
export type End = "client" | "server";

export const ENDS: readonly End[] = ["client", "server"];

export function otherEnd(end: End): End {
  return end === "client" ? "server" : "client";
}

/** A segment as one of two captures holds it. */
export interface ObservedSegment {
  readonly frame: number;
  /** By the clock of its capture, nanoseconds since a moment that both captures have in common. */
  readonly timeNs: number;
  readonly flags: number;
  /** Octets since the sender's, and the receiver's, ISN; of a connection that began before the capture, since where that began. */
  readonly seq: number;
  readonly ack: number | null;
  /** Octets of payload. */
  readonly length: number;
  readonly tsval: number | null;
  readonly tsecr: number | null;
  readonly ipId: number | null;
  readonly ttl: number;
  /** But for timestamps; null when none. */
  readonly options: string | null;
  /** Its sender had sent it before, as far as captured there. */
  readonly isRepeated: boolean;
}

/** A connection as one of two captures holds it. ISNs are null where the SYN is missing. */
export interface ObservedFlow {
  readonly id: number;
  readonly clientAddress: string;
  readonly clientPort: number;
  readonly serverAddress: string;
  readonly serverPort: number;
  readonly clientIsn: number | null;
  readonly serverIsn: number | null;
}

/** From its first frame to its last. */
export interface CapturedSpan {
  readonly startNs: number;
  readonly endNs: number;
}

/** What one capture holds. */
export interface Observation extends CapturedSpan {
  readonly name: string;
  /** Of its files, between which nothing is known; at least one. */
  readonly spans: readonly CapturedSpan[];
  readonly flows: readonly ObservedFlow[];
  /** What `end` sent, in the order of capture; copies are left out. */
  segmentsOf(flow: ObservedFlow, end: End): readonly ObservedSegment[];
}
