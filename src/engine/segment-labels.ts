/** What rules are told of a segment: tshark's labels, and why it was sent again. Rules import nothing of flows/. */
export {
  causeOf,
  FAST,
  KEEPALIVE,
  NETWORK_DUPLICATE,
  REORDERING,
  SYN_TIMER,
  TAIL_LOSS_PROBE,
  TIMEOUT,
  WINDOW_PROBE,
} from "../flows/causes/cause.js";
export {
  ACK_LOST_SEGMENT,
  KEEP_ALIVE,
  KEEP_ALIVE_ACK,
  LOST_SEGMENT,
  RETRANSMISSION,
  WINDOW_FULL,
  ZERO_WINDOW,
} from "../flows/labels/label.js";
export { PAUSE_NS } from "../flows/segment-kind.js";
