import type { LiveStatus } from "./live-status.js";

export interface Figure {
  readonly name: string;
  /** What it is, in a sentence. */
  readonly help: string;
  readonly of: (status: LiveStatus) => number | null;
}

/** What is told of a live capture, to Prometheus behind `tcptrace_`, to statsd behind `tcptrace.`; null for unknown. */
export const FIGURES: readonly Figure[] = [
  { name: "frames_total", help: "Frames read.", of: ({ frames }) => frames },
  { name: "segments_total", help: "TCP segments read.", of: ({ segments }) => segments },
  { name: "flows_total", help: "TCP connections seen.", of: ({ flows }) => flows },
  { name: "flows_in_memory", help: "Connections in memory.", of: ({ flowsInMemory }) => flowsInMemory },
  {
    name: "flows_evicted_half_open_total",
    help: "Half-open connections forgotten to bound memory.",
    of: ({ evicted }) => evicted.halfOpen,
  },
  {
    name: "flows_evicted_closed_total",
    help: "Closed connections forgotten to bound memory.",
    of: ({ evicted }) => evicted.closed,
  },
  {
    name: "flows_evicted_open_total",
    help: "Open connections forgotten to bound memory.",
    of: ({ evicted }) => evicted.open,
  },
  {
    name: "dropped_frames_total",
    help: "Frames that the kernel or the interface dropped.",
    of: ({ dropped }) => dropped,
  },
  { name: "findings", help: "Findings that stand now.", of: ({ findings }) => findings },
  {
    name: "database_bytes",
    help: "Octets of the database in use.",
    of: ({ databaseBytes }) => databaseBytes,
  },
];
