import type { LiveStatus } from "./live-status.js";

/** What is told of a live capture, to Prometheus behind `tcptrace_`, to statsd behind `tcptrace.`; null for unknown. */
export const FIGURES = {
  frames_total: { help: "Frames read.", of: ({ frames }: LiveStatus) => frames },
  segments_total: { help: "TCP segments read.", of: ({ segments }: LiveStatus) => segments },
  flows_total: { help: "TCP connections seen.", of: ({ flows }: LiveStatus) => flows },
  flows_in_memory: { help: "Connections in memory.", of: ({ flowsInMemory }: LiveStatus) => flowsInMemory },
  flows_evicted_half_open_total: {
    help: "Half-open connections forgotten to bound memory.",
    of: ({ evicted }: LiveStatus) => evicted.halfOpen,
  },
  flows_evicted_closed_total: {
    help: "Closed connections forgotten to bound memory.",
    of: ({ evicted }: LiveStatus) => evicted.closed,
  },
  flows_evicted_open_total: {
    help: "Open connections forgotten to bound memory.",
    of: ({ evicted }: LiveStatus) => evicted.open,
  },
  dropped_frames_total: {
    help: "Frames that the kernel or the interface dropped.",
    of: ({ dropped }: LiveStatus) => dropped,
  },
  findings: { help: "Findings that stand now.", of: ({ findings }: LiveStatus) => findings },
  database_bytes: {
    help: "Octets of the database in use.",
    of: ({ databaseBytes }: LiveStatus) => databaseBytes,
  },
} as const;
export const FIGURE_NAMES = [
  "frames_total",
  "segments_total",
  "flows_total",
  "flows_in_memory",
  "flows_evicted_half_open_total",
  "flows_evicted_closed_total",
  "flows_evicted_open_total",
  "dropped_frames_total",
  "findings",
  "database_bytes",
] as const satisfies readonly (keyof typeof FIGURES)[];
