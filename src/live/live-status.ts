import type { LiveFinding } from "./known-findings.js";

/** How a live capture goes: what the status line says. Counts are since the beginning, rates over the last interval. */
export interface LiveStatus {
  /** Since the capture began. */
  readonly elapsedMs: number;
  readonly frames: number;
  readonly segments: number;
  readonly framesPerSecond: number;
  /** Connections seen, and those still in memory. */
  readonly flows: number;
  readonly flowsInMemory: number;
  /** Forgotten to bound memory. */
  readonly evicted: EvictionCounts;
  /** Frames that the kernel or the interface dropped; null when unknown. */
  readonly dropped: number | null;
  readonly findings: number;
  /** Octets of the database in use. */
  readonly databaseBytes: number;
  /** Segments and flows that `--ring` has let go. */
  readonly ringSegments: number;
  readonly ringFlows: number;
}

/** Flows forgotten to bound memory, by what they were. */
export interface EvictionCounts {
  /** Never established. */
  readonly halfOpen: number;
  readonly closed: number;
  /** Open, and silent for longest. */
  readonly open: number;
}

/** Whoever shows what happens. */
export interface LiveListener {
  onStatus(status: LiveStatus): void;
  onFinding(finding: LiveFinding): void;
  /** A finding of that id is none any more. */
  onWithdrawn(id: number): void;
  /** Something else that somebody should know, a sentence. */
  onNote(text: string): void;
}

/** What a live capture came to. */
export interface LiveSummary {
  readonly source: string;
  readonly backend: string;
  /** kernel: times are the kernel's. arrival: those of the moment at which a frame reached this program. */
  readonly timestamps: "kernel" | "arrival";
  readonly status: LiveStatus;
  readonly findings: readonly LiveFinding[];
  /** Why it ended before it was stopped; null when all is well. */
  readonly damage: string | null;
  readonly notes: readonly string[];
  /** Why silence means nothing; null when it does. */
  readonly unjudgeable: string | null;
  readonly database: string;
}
