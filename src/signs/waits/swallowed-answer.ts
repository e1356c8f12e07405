import type { Segment } from "../../decode/segment.js";
import { HAS_SYN_WITHOUT_ID } from "../../flows/endpoint.js";
import type { Flow } from "../../flows/flow.js";
import { packetsLostBefore } from "./lost-answer.js";

/** Fewer packets are an answer that was under way, or lost by chance. */
const FEWEST_PACKETS = 3;

/** What is kept per flow of a first answer that was sent, and of which nothing came. Frames are 0 until seen. */
export const SWALLOWED_ANSWER_FIELDS = ["seenNs", "seenFrame", "from", "octets", "packets"] as const;
export type SwallowedAnswerState = Record<(typeof SWALLOWED_ANSWER_FIELDS)[number], number>;

/**
 * Notes a segment of the server that stands behind octets which the client has not got, where nothing of the server's answer was
 * captured: mostly its acknowledgment of the client's FIN. Give it every segment
 * after a pause, and those that have tshark's label of a lost one, in order.
 */
export function noteSwallowed(
  states: { of(flow: Flow): SwallowedAnswerState },
  segment: Segment,
  flow: Flow,
): void {
  const { client, server } = flow;
  if (!segment.fromServer || segment.payloadLength > 0) return;
  if (server.payloadBytes > 0 || client.payloadBytes === 0 || client.synFrame === 0 || server.synFrame === 0)
    return;
  const octets = segment.relativeSeq - server.nextSeq;
  if (octets <= 0 || server.rstFrame > 0) return;
  const state = states.of(flow);
  if (state.seenFrame > 0) return;
  const packets = packetsLostBefore(segment, flow, segment.timeNs - client.firstDataNs);
  // It counts its packets, and has not sent the answer again and again.
  if (packets < FEWEST_PACKETS && server.facts & HAS_SYN_WITHOUT_ID && segment.ipId !== 0) return;
  state.seenNs = segment.timeNs;
  state.seenFrame = segment.frame;
  state.from = server.nextSeq;
  state.octets = octets;
  state.packets = packets;
}

/** When the flow has ended: nothing of it came later, and its client acknowledged none of it. */
export function wasSwallowed({ seenFrame, from }: SwallowedAnswerState, { client, server }: Flow): boolean {
  return seenFrame > 0 && server.payloadBytes === 0 && client.ackedTo <= from;
}
