/**
 * tshark's labels of a segment (`tcp.analysis.*`), one bit each, with exactly the meaning they have in tshark 4.0
 * with default preferences. User's Guide, "TCP Analysis".
 */
export const RETRANSMISSION = 0x0001;
export const LOST_SEGMENT = 0x0002;
export const ACK_LOST_SEGMENT = 0x0004;
export const KEEP_ALIVE = 0x0008;
export const DUPLICATE_ACK = 0x0010;
export const ZERO_WINDOW = 0x0020;
export const ZERO_WINDOW_PROBE = 0x0040;
export const ZERO_WINDOW_PROBE_ACK = 0x0080;
export const KEEP_ALIVE_ACK = 0x0100;
export const OUT_OF_ORDER = 0x0200;
export const FAST_RETRANSMISSION = 0x0400;
export const WINDOW_UPDATE = 0x0800;
export const WINDOW_FULL = 0x1000;
export const REUSED_PORTS = 0x2000;
export const SPURIOUS_RETRANSMISSION = 0x4000;

/** The name of each label in tshark, without `tcp.analysis.`, and its bit in `segments.analysis`. */
export const LABELS = [
  { name: "retransmission", bit: RETRANSMISSION },
  { name: "lost_segment", bit: LOST_SEGMENT },
  { name: "ack_lost_segment", bit: ACK_LOST_SEGMENT },
  { name: "keep_alive", bit: KEEP_ALIVE },
  { name: "duplicate_ack", bit: DUPLICATE_ACK },
  { name: "zero_window", bit: ZERO_WINDOW },
  { name: "zero_window_probe", bit: ZERO_WINDOW_PROBE },
  { name: "zero_window_probe_ack", bit: ZERO_WINDOW_PROBE_ACK },
  { name: "keep_alive_ack", bit: KEEP_ALIVE_ACK },
  { name: "out_of_order", bit: OUT_OF_ORDER },
  { name: "fast_retransmission", bit: FAST_RETRANSMISSION },
  { name: "window_update", bit: WINDOW_UPDATE },
  { name: "window_full", bit: WINDOW_FULL },
  { name: "reused_ports", bit: REUSED_PORTS },
  { name: "spurious_retransmission", bit: SPURIOUS_RETRANSMISSION },
] as const;
