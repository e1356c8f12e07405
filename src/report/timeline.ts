import type { Severity } from "../engine/finding.js";

/** One flow with all its packets: plain data. */
export interface FlowTimeline {
  readonly flow: TimelineFlow;
  /** Packets in capture order; may be iterated once. Empty when timelines were not kept. */
  readonly rows: Iterable<TimelineRow>;
  /** In capture order. */
  readonly icmpErrors: readonly TimelineIcmpError[];
  /** That this flow is part of. */
  readonly findings: readonly TimelineFinding[];
}

export interface TimelineFlow {
  readonly id: number;
  /** `10.0.0.1:40000`, `[::1]:40000`. */
  readonly client: string;
  readonly server: string;
  /** How the client was told from the server; the last two are guesses. */
  readonly clientKnownBy: "syn" | "syn-ack" | "ports" | "direction";
  /** Such as `vlan 10`; null when the segments were wrapped in nothing. */
  readonly encapsulation: string | null;
  /** Capture of its first segment. */
  readonly source: string;
  /** Nanoseconds since 1970-01-01 UTC. */
  readonly startedAtNs: bigint;
  readonly durationNs: number;
  /** Zeek's conn_state and history. */
  readonly state: string;
  readonly history: string;
  /** From the first SYN to the first SYN-ACK, and from there to the ACK that completes the handshake; null when not seen. */
  readonly synAckAfterNs: number | null;
  readonly handshakeAckAfterNs: number | null;
  readonly closedBy: "client" | "server" | null;
  readonly closeKind: "fin" | "rst" | null;
  /** Since the flow's first segment; null while open. */
  readonly closedAfterNs: number | null;
  readonly ends: { readonly client: TimelineEnd; readonly server: TimelineEnd };
}

/** What one end of a flow sent; copies do not count. */
export interface TimelineEnd {
  readonly segments: number;
  /** Octets of payload, those sent again included. */
  readonly bytes: number;
  readonly retransmits: number;
  readonly copies: number;
  /** Octets; null when the SYN was not seen or has none. */
  readonly mss: number | null;
  /** Shift; null when the SYN was not seen or has none. */
  readonly windowScale: number | null;
}

export interface TimelineRow {
  readonly source: string;
  readonly frame: number;
  /** Nanoseconds since the flow's first segment. */
  readonly timeNs: number;
  /** `->` from the client, `<-` from the server. */
  readonly direction: "->" | "<-";
  /** Such as `P. 1:6(5) ack 1 win 512 <TS val 7 ecr 3>`. */
  readonly packet: string;
  /** Relative number of its first octet, octets of payload, and acknowledgment number; that is null without ACK. */
  readonly seq: number;
  readonly length: number;
  readonly ack: number | null;
  /** It offers no window. */
  readonly isZeroWindow: boolean;
  /** The capture recorded this very packet before. */
  readonly isCopy: boolean;
  /** tshark's labels, blanks between, such as `retransmission fast_retransmission`; null when none. */
  readonly labels: string | null;
  /** Why it was sent again, docs/causes.md; null when it was not. */
  readonly cause: string | null;
  /** What it proves, as `rule/role`, blanks between; null when nothing. */
  readonly findings: string | null;
}

export interface TimelineIcmpError {
  readonly source: string;
  readonly frame: number;
  /** Nanoseconds since the flow's first segment. */
  readonly timeNs: number;
  /** Such as `port unreachable`. */
  readonly name: string;
  /** Address of the host that sent it. */
  readonly reporter: string;
  /** Octets; null when the error tells none. */
  readonly mtu: number | null;
  /** Sender of the quoted segment, `10.0.0.1:40000`. */
  readonly quotedFrom: string;
}

export interface TimelineFinding {
  readonly id: number;
  readonly ruleId: string;
  readonly severity: Severity;
  readonly message: string;
}
