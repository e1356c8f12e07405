import type { Segment } from "../../decode/segment.js";
import type { Observer, RuleHooks } from "../../engine/rule.js";
import type { Flow } from "../../flows/flow.js";
import { RST } from "../../tcp/flags.js";
import { isFromOtherDistance } from "../attempts/other-distance.js";

/** Tells flows whose server is not one host alone. */
export interface ForeignAnswers extends RuleHooks {
  /**
   * Whoever repeated the SYN-ACK, or closed, for the server is not who answered first: a load balancer or SYN proxy stands
   * before it. The distance tells (TTL), or the window, which a listener does not change (Linux: tcp_make_synack).
   */
  isForeign(flow: Flow): boolean;
}

/** Watches SYN-ACKs, FINs and what comes after a pause: there are too many of the others. */
export const observeForeignAnswers: Observer<ForeignAnswers> = (perFlow) => {
  const kept = perFlow("isForeign");
  const noteDistance = (segment: Segment, flow: Flow): void => {
    const { server } = flow;
    if (!segment.fromServer || server.segments === 0) return;
    if (isFromOtherDistance(segment.ttl, server)) kept.of(flow).isForeign = 1;
  };
  return {
    synAck(segment, flow) {
      const { server } = flow;
      // The window is the one last sent: the SYN-ACK's as long as nothing else followed.
      const isRepeat = segment.fromServer && server.syns > 0 && server.syns === server.segments;
      if (isRepeat && segment.window !== server.window) kept.of(flow).isForeign = 1;
      noteDistance(segment, flow);
    },
    fin: noteDistance,
    paused(segment, flow) {
      // A RST may have a TTL of its own (Linux: ip_send_unicast_reply).
      if ((segment.flags & RST) === 0) noteDistance(segment, flow);
    },
    isForeign: (flow) => kept.of(flow).isForeign === 1,
  };
};
