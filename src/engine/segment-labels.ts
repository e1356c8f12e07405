/** What rules are told of a segment: tshark's labels, and why it was sent again. Rules import nothing of flows/. */
export {
  CERTAIN,
  causeOf,
  FAST,
  KEEPALIVE,
  NETWORK_DUPLICATE,
  REORDERING,
  REPEATED_SYN,
  SYN_ACK_TIMER,
  SYN_TIMER,
  TAIL_LOSS_PROBE,
  TIMEOUT,
  UNKNOWN,
  WINDOW_PROBE,
} from "../flows/causes/cause.js";
export {
  ACK_LOST_SEGMENT,
  DUPLICATE_ACK,
  FAST_RETRANSMISSION,
  KEEP_ALIVE,
  KEEP_ALIVE_ACK,
  LOST_SEGMENT,
  OUT_OF_ORDER,
  RETRANSMISSION,
  REUSED_PORTS,
  SPURIOUS_RETRANSMISSION,
  WINDOW_FULL,
  WINDOW_UPDATE,
  ZERO_WINDOW,
  ZERO_WINDOW_PROBE,
  ZERO_WINDOW_PROBE_ACK,
} from "../flows/labels/label.js";
export { PAUSE_NS } from "../flows/segment-kind.js";
