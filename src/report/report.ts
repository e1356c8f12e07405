import type { Confidence, Finding, Severity, Vantage } from "../engine/finding.js";

/** Everything a reporter may know: plain data, no database, no console. */
export interface Report {
  /** Of this program. */
  readonly version: string;
  readonly captures: readonly CaptureSummary[];
  /** The rules that ran, in the order of the rule list. */
  readonly rules: readonly {
    readonly id: string;
    readonly summary: string;
    readonly severity: Severity;
    readonly docs: string;
  }[];
  /** Worst first: by severity, then confidence, then number of flows. */
  readonly findings: readonly ReportedFinding[];
  /** Connections in all captures. */
  readonly flows: number;
  readonly segments: number;
  /** Servers with flagged flows first, then those with the most flows, at most 100; a server of two captures comes twice. */
  readonly servers: readonly ServerSummary[];
  /** How many servers there are in all. */
  readonly serverCount: number;
  /** A sentence when the captures are too damaged or lossy for silence to mean anything; else null. */
  readonly unjudgeable: string | null;
  /** Where timelines and findings were stored; null when nowhere. */
  readonly database: string | null;
}

export interface CaptureSummary {
  readonly source: string;
  readonly format: "pcap" | "pcapng" | "snoop" | "erf" | "tcpdump-text";
  readonly compression: string | null;
  /** Of its first interface, such as `ETHERNET`. */
  readonly linkType: string;
  readonly frames: number;
  readonly tcpFrames: number;
  /** ICMP errors that quote a TCP segment: `frames` is `tcpFrames`, these, and all of `notTcp`. */
  readonly icmpErrors: number;
  /** Frames of which a snaplen kept only the beginning. */
  readonly truncatedFrames: number;
  /** Frames that the capturing system saw and lost; null when unknown. */
  readonly droppedFrames: number | null;
  /** ISO 8601, UTC; null without frames. */
  readonly startedAt: string | null;
  readonly durationNs: number;
  /** What is wrong with the file; null when it is whole. */
  readonly damage: string | null;
  /** What the input does not tell and a reader must know, a sentence each without its full stop. */
  readonly notes: readonly string[];
  /** Where it was taken, and how sure that is; null when unknown. */
  readonly vantage: { readonly name: Vantage; readonly confidence: Confidence } | null;
  /** Rules about the quality of a capture that spoke of it or its series, such as `capture-lossy`. */
  readonly flaws: readonly string[];
  /** Frames that are no TCP segment, by name, most frequent first. */
  readonly notTcp: readonly { readonly name: string; readonly frames: number }[];
}

export interface ReportedFinding extends Omit<Finding, "evidence"> {
  readonly id: number;
  /** Capture of the first evidence. */
  readonly source: string;
  /** `10.0.0.1:40000 -> 10.0.0.2:80` of the first flow. */
  readonly endpoints: string;
  readonly evidence: readonly ReportedEvidence[];
}

export interface ReportedEvidence {
  readonly role: string;
  readonly description: string;
  readonly source: string;
  readonly frame: number;
  readonly flowId: number;
  /** Nanoseconds since the flow's first segment. */
  readonly flowTimeNs: number;
  /** The packet in notation, with its direction; null when timelines were not kept. */
  readonly packet: string | null;
}

export interface ServerSummary {
  /** `10.0.0.2:80`. */
  readonly server: string;
  readonly flows: number;
  readonly closedNormally: number;
  readonly reset: number;
  /** Connections that never came about: no answer, or refused. */
  readonly failed: number;
  readonly retransmits: number;
  /** Flows that a finding is about. */
  readonly flaggedFlows: number;
}
