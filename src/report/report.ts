import type { Confidence, Finding, Severity, Vantage } from "../engine/finding.js";
import type { GateSummary } from "./gate-summary.js";

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
  /** What files of counters, sockets and routes said; null when none was given. */
  readonly kernel: KernelSummary | null;
  /** A sentence when the captures are too damaged or lossy for silence to mean anything; else null. */
  readonly unjudgeable: string | null;
  /** How the run stands against what is demanded of it; null when nobody asked. */
  readonly gate: GateSummary | null;
  /** Where timelines and findings were stored; null when nowhere. */
  readonly database: string | null;
}

export interface CaptureSummary {
  readonly source: string;
  readonly format: "pcap" | "pcapng" | "snoop" | "erf" | "tcpdump-text" | "live";
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

/** What a host's kernel said beside the captures. */
export interface KernelSummary {
  readonly files: readonly KernelFileSummary[];
  /** Listening addresses and ports that were listed. */
  readonly listeners: number;
  /** Those of them whose accept queue was full at least once, at most 100. */
  readonly fullListeners: readonly QueueSummary[];
  /** Counters of dropped handshakes and connections that grew, such as `TcpExtListenOverflows`. */
  readonly grownCounters: readonly { readonly name: string; readonly delta: number }[];
  /** Rows of connections' sockets, over all samples. */
  readonly sockets: number;
  readonly routeEvents: number;
}

export interface KernelFileSummary {
  readonly path: string;
  readonly kind: "counters" | "sockets" | "routes";
  /** What wrote it, such as `nstat`. */
  readonly formats: readonly string[];
  /** Of routes: changes. */
  readonly samples: number;
  /** On the capture's clock, ISO 8601, UTC; null when the file has no times. */
  readonly firstAt: string | null;
  readonly lastAt: string | null;
  /** Why its times may not be the capture's, a predicate; null when they are sure. */
  readonly doubt: string | null;
  readonly unknownLines: number;
}

/** The accept queue of a listener over all samples. */
export interface QueueSummary {
  /** `127.0.0.1:8080`, `*:80`. */
  readonly listener: string;
  /** `name[pid]`; null when unknown. */
  readonly process: string | null;
  readonly samples: number;
  readonly fullSamples: number;
  /** Most connections that waited, and the backlog then; null when not told. */
  readonly acceptQueue: number;
  readonly backlog: number | null;
}

export interface ReportedFinding extends Omit<Finding, "evidence"> {
  readonly id: number;
  /** Capture of the first evidence. */
  readonly source: string;
  /** `10.0.0.1:40000 -> 10.0.0.2:80` of the flow of its first evidence. */
  readonly endpoints: string;
  /** All connections to the servers of its flows, in the same capture or series. */
  readonly serverFlows: number;
  readonly evidence: readonly ReportedEvidence[];
  /** The evidence among its neighbours in the flow of the first piece of it, in the order of time. */
  readonly ladder: readonly LadderStep[];
}

/** A packet of a finding's ladder, or packets left out between two of them. */
export type LadderStep = LadderPacket | LadderGap;

export interface LadderPacket {
  readonly kind: "packet";
  /** What it proves; null for a packet that only stands beside. */
  readonly role: string | null;
  /** What the role means; empty without one. */
  readonly description: string;
  readonly source: string;
  readonly frame: number;
  readonly flowId: number;
  /** Nanoseconds since the first segment of the flow of the first evidence. */
  readonly timeNs: number;
  /** In notation, with its direction; null when timelines were not kept. */
  readonly packet: string | null;
  /** Why it was sent again, docs/causes.md; null when it was not. */
  readonly cause: string | null;
}

export interface LadderGap {
  readonly kind: "gap";
  /** Of the packet behind it. */
  readonly timeNs: number;
  readonly packets: number;
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
  /** Connections that never came about: no answer, refused, or an answer that the client did not get. */
  readonly failed: number;
  readonly retransmits: number;
  /** Segments of either end. */
  readonly segments: number;
  /** Median of its handshakes' round trips, nanoseconds; null when none was captured. */
  readonly roundTripNs: number | null;
  /** Connections with a silence of at least 1 s in which something was unacknowledged. */
  readonly stalledFlows: number;
  /** The longest such silence, nanoseconds; 0 without any. */
  readonly longestStallNs: number;
  /** Flows that a finding is about. */
  readonly flaggedFlows: number;
}
