/**
 * What one side, tshark or this tool, says of one TCP frame. Numbers are as in the header, not relative; 0 stands
 * for a value that was not given.
 */
export interface FrameAnswer {
  /** Number in the file, from 1. */
  readonly frame: number;
  /** The connection, by a number that means something to this side only. */
  readonly stream: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly seq: number;
  readonly ack: number;
  /** Octets of payload. */
  readonly payloadLength: number;
  /** Control bits, src/tcp/flags.ts. */
  readonly flags: number;
  /** Bits of src/flows/labels/label.ts. */
  readonly labels: number;
  /** Bits of src/flows/labels/completeness.ts, of what came before this frame. */
  readonly completeness: number;
  readonly initialRttNs: number;
  readonly ackRttNs: number;
  readonly bytesInFlight: number;
  readonly duplicateAckNumber: number;
  readonly rtoNs: number;
}

/** A field that both sides fill, and how tshark 4.0 calls it. */
export interface ComparedField {
  readonly name: string;
  readonly key: Exclude<keyof FrameAnswer, "frame" | "stream" | "labels">;
  readonly unit: "number" | "flags" | "nanoseconds";
}

/** Every field but the frame's number, its stream and its labels, which are compared in ways of their own. */
export const COMPARED_FIELDS: readonly ComparedField[] = [
  { name: "tcp.srcport", key: "sourcePort", unit: "number" },
  { name: "tcp.dstport", key: "destinationPort", unit: "number" },
  { name: "tcp.seq_raw", key: "seq", unit: "number" },
  { name: "tcp.ack_raw", key: "ack", unit: "number" },
  { name: "tcp.len", key: "payloadLength", unit: "number" },
  { name: "tcp.flags", key: "flags", unit: "flags" },
  { name: "tcp.completeness", key: "completeness", unit: "number" },
  { name: "tcp.analysis.initial_rtt", key: "initialRttNs", unit: "nanoseconds" },
  { name: "tcp.analysis.ack_rtt", key: "ackRttNs", unit: "nanoseconds" },
  { name: "tcp.analysis.bytes_in_flight", key: "bytesInFlight", unit: "number" },
  { name: "tcp.analysis.duplicate_ack_num", key: "duplicateAckNumber", unit: "number" },
  { name: "tcp.analysis.rto", key: "rtoNs", unit: "nanoseconds" },
];
