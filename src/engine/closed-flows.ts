import type { Segment } from "../decode/segment.js";
import { type Flow, IS_CLOSED_BY_RST, IS_CLOSED_BY_SERVER } from "../flows/flow.js";
import { ACK } from "../tcp/flags.js";
import type { Evidence } from "./finding.js";

/** TIME-WAIT of Linux. A RST that comes later has another reason. */
const TIME_WAIT_NS = 60_000_000_000;

/** Names of the numbers per flow that a rule keeps for `noteLateReset`. */
export const LATE_RESET = ["frame", "timeNs"] as const;
export type LateReset = Record<(typeof LATE_RESET)[number], number>;

/** A connection that both ends closed by FIN. */
export interface ClosedFlow {
  readonly flowId: number;
  readonly isClosedByServer: boolean;
  /** The FIN of the end that closed first, which TIME-WAIT follows. */
  readonly fin: Evidence;
  readonly last: Evidence;
}

/** Null when it was not closed by two FINs. */
export function closedFlow(flow: Flow): ClosedFlow | null {
  const { client, server, facts } = flow;
  if (client.finFrame === 0 || server.finFrame === 0 || facts & IS_CLOSED_BY_RST) return null;
  const isClosedByServer = (facts & IS_CLOSED_BY_SERVER) !== 0;
  const closer = isClosedByServer ? server : client;
  return {
    flowId: flow.id,
    isClosedByServer,
    fin: { flowId: flow.id, frame: closer.finFrame, timeNs: closer.finNs },
    last: { flowId: flow.id, frame: flow.lastFrame, timeNs: flow.endNs },
  };
}

/**
 * For the hook `rst`: the end that closed first, and had acknowledged the other's FIN, answers what the other sends then
 * by a RST without ACK: it remembers nothing of the connection, though TIME-WAIT should. RFC 9293, section 3.10.7.4.
 */
export function noteLateReset(segment: Segment, flow: Flow, late: LateReset): void {
  if (late.frame > 0 || segment.flags & ACK || flow.facts & IS_CLOSED_BY_RST) return;
  const isServers = (flow.facts & IS_CLOSED_BY_SERVER) !== 0;
  if (segment.fromServer !== isServers) return;
  const closer = isServers ? flow.server : flow.client;
  const peer = isServers ? flow.client : flow.server;
  if (closer.finFrame === 0 || peer.finFrame === 0 || closer.ackedTo < peer.nextSeq) return;
  if (peer.lastNs <= closer.lastNs || segment.timeNs - closer.lastNs > TIME_WAIT_NS) return;
  late.frame = segment.frame;
  late.timeNs = segment.timeNs;
}
