import type { Report } from "../report.js";

/**
 * What the HTML report shows, as plain data: the report that every format has, and the timelines behind it. Times are
 * nanoseconds; columns of one table are equally long.
 */
export interface PageData {
  readonly report: Report;
  /** Page of each rule that found something, as Markdown of our own. */
  readonly rulePages: readonly RulePage[];
  /** Captures whose times count from one origin share an axis; at most MAX_RECORDINGS, the longest list of findings first. */
  readonly recordings: readonly Recording[];
  readonly recordingsTotal: number;
  readonly flows: FlowColumns;
  /** Flows with their packets, the most telling first; may be iterated once, and no further than there is room. */
  readonly drawnFlows: Iterable<DrawnFlow>;
}

export interface RulePage {
  readonly id: string;
  readonly markdown: string;
}

/** A capture, or a series of files, on one axis of time. All times count from `originNs`. */
export interface Recording {
  readonly sources: readonly string[];
  /** Nanoseconds since 1970-01-01 UTC, in digits: JSON has no such integers. */
  readonly originNs: string;
  readonly startNs: number;
  readonly endNs: number;
  readonly rate: RateBins;
  readonly findings: readonly { readonly id: number; readonly startNs: number; readonly endNs: number }[];
  readonly counters: readonly CounterSamples[];
  readonly queues: readonly QueueSamples[];
  readonly events: readonly RecordedEvent[];
  /** Events beyond those listed. */
  readonly eventsLeftOut: number;
}

/** What happened in equal parts of the recording's time, from `startNs` on. */
export interface RateBins {
  readonly widthNs: number;
  /** Segments and octets of payload; null when timelines were not kept. */
  readonly segments: readonly number[] | null;
  readonly bytes: readonly number[] | null;
  /** Segments of all flows; more than `segments` adds up to when the packets of some flows were not kept. */
  readonly segmentsTotal: number;
  /** Segments that were sent again. */
  readonly retransmissions: readonly number[];
}

/** A counter of the kernel's: how much it grew in the time before each sample. */
export interface CounterSamples {
  readonly name: string;
  readonly timesNs: readonly number[];
  readonly deltas: readonly number[];
}

/** The accept queue of one listener. */
export interface QueueSamples {
  /** `127.0.0.1:8080`. */
  readonly listener: string;
  readonly timesNs: readonly number[];
  /** Connections that waited. */
  readonly waiting: readonly number[];
  /** Most that may wait, but one; null when not told. */
  readonly backlog: number | null;
}

export interface RecordedEvent {
  readonly kind: "route" | "icmp";
  readonly timeNs: number;
  /** Such as `add unreachable 192.0.2.0/24`. */
  readonly text: string;
}

/** The table of flows, a column each; those with findings first, then in order of appearance. */
export interface FlowColumns {
  /** Flows in the database; the columns hold at most MAX_FLOWS of them. */
  readonly total: number;
  readonly id: readonly number[];
  /** Addresses as text, each once; `clientAddress` and `serverAddress` count into it. */
  readonly addresses: readonly string[];
  readonly clientAddress: readonly number[];
  readonly clientPort: readonly number[];
  readonly serverAddress: readonly number[];
  readonly serverPort: readonly number[];
  /** Since the origin of its recording. */
  readonly startNs: readonly number[];
  readonly durationNs: readonly number[];
  readonly segments: readonly number[];
  /** Octets of payload in both directions, those sent again included. */
  readonly bytes: readonly number[];
  readonly retransmits: readonly number[];
  /** Zeek's conn_state, each once; `state` counts into it. */
  readonly states: readonly string[];
  readonly state: readonly number[];
}

export interface DrawnFlow {
  readonly id: number;
  /** `10.0.0.1:40000`, `[::1]:40000`. */
  readonly client: string;
  readonly server: string;
  readonly source: string;
  /** Files that its packets are in; `PacketColumns.file` counts into it. */
  readonly files: readonly string[];
  /** Of its first segment: nanoseconds since 1970-01-01 UTC, in digits. */
  readonly startedAtNs: string;
  readonly durationNs: number;
  readonly encapsulation: string | null;
  readonly state: string;
  readonly history: string;
  readonly vantage: string;
  /** From the latest SYN to the first ACK; null when unknown. */
  readonly initialRttNs: number | null;
  readonly clientEnd: DrawnEnd;
  readonly serverEnd: DrawnEnd;
  readonly packets: PacketColumns;
  /** Packets in the database; `packets` may hold fewer. */
  readonly packetsTotal: number;
  /** What its packets prove, by the frame in its file. */
  readonly evidence: readonly {
    readonly findingId: number;
    readonly role: string;
    readonly file: number;
    readonly frame: number;
  }[];
  readonly icmpErrors: readonly { readonly timeNs: number; readonly text: string }[];
}

export interface DrawnEnd {
  readonly segments: number;
  readonly bytes: number;
  readonly retransmits: number;
  /** Octets; null when its SYN was not seen or has none. */
  readonly mss: number | null;
  /** Shift; null when its SYN was not seen or has none. */
  readonly windowScale: number | null;
}

/** Packets of one flow, a column each, in order of capture. Numbers are relative as in the database. */
export interface PacketColumns {
  /** Place among all packets of the flow, from 1: a step of more than 1 is a gap. */
  readonly position: readonly number[];
  readonly file: readonly number[];
  readonly frame: readonly number[];
  /** Since the flow's first segment. */
  readonly timeNs: readonly number[];
  /** 1 when the server sent it. */
  readonly fromServer: readonly number[];
  readonly flags: readonly number[];
  readonly seq: readonly number[];
  readonly ack: readonly (number | null)[];
  readonly length: readonly number[];
  /** As sent, not scaled. */
  readonly window: readonly number[];
  readonly tsval: readonly (number | null)[];
  readonly tsecr: readonly (number | null)[];
  /** Other options, each text once; null when none. */
  readonly optionTexts: readonly string[];
  readonly options: readonly (number | null)[];
  readonly isCopy: readonly number[];
  /** tshark's labels as texts such as `retransmission fast_retransmission`, each once; null when none. */
  readonly labelTexts: readonly string[];
  readonly labels: readonly (number | null)[];
  /** Why it was sent again, each text once; null when it was not. */
  readonly causeTexts: readonly string[];
  readonly cause: readonly (number | null)[];
  readonly ackRttNs: readonly (number | null)[];
  readonly bytesInFlight: readonly (number | null)[];
}

/** Rows of the flow table. */
export const MAX_FLOWS = 100_000;
/** Axes of time. */
export const MAX_RECORDINGS = 20;
/** Flows with graphs. */
export const MAX_DRAWN_FLOWS = 1000;
