import type { Segment } from "../../decode/segment.js";
import { listensOn } from "../../engine/accept-queue.js";
import type { Evidence } from "../../engine/finding.js";
import type { Listener } from "../../engine/listeners.js";
import { type Flow, IS_CLOSED_BY_RST, IS_CLOSED_BY_SERVER } from "../../flows/flow.js";
import type { FlowIdentity } from "../../flows/flow-identity.js";
import type { KernelObservations } from "../../kernel/observations.js";
import { ACK } from "../../tcp/flags.js";

/** TIME-WAIT of Linux. A RST that comes later has another reason. */
const TIME_WAIT_NS = 60_000_000_000;

/** Names of the numbers per flow that a rule keeps for `noteLateReset`. */
export const LATE_RESET = ["frame", "timeNs"] as const;
export type LateReset = Record<(typeof LATE_RESET)[number], number>;

/** A connection that both ends closed by FIN. */
export interface ClosedFlow {
  readonly flowId: number;
  /** The FIN of the end that closed first, which TIME-WAIT follows. */
  readonly fin: Evidence;
  readonly last: Evidence;
}

/** Connections that are listed; their number is told in full. */
const MAX_LISTED = 100_000;

/** The connections that both ends closed by FIN, by who closed first: all have numbers, the first is described. */
export class ClosedFlows {
  readonly byClient: ClosedFlowList = { count: 0, flowIds: [], first: null };
  readonly byServer: ClosedFlowList = { count: 0, flowIds: [], first: null };

  readonly #servers = new Map<Listener, FlowIdentity>();

  /** Takes the flow if it was closed so; says whether it was. */
  add(flow: Flow, identity: FlowIdentity, listener: Listener): boolean {
    const { client, server, facts } = flow;
    if (client.finFrame === 0 || server.finFrame === 0 || facts & IS_CLOSED_BY_RST) return false;
    if (!this.#servers.has(listener)) this.#servers.set(listener, identity);
    const list = facts & IS_CLOSED_BY_SERVER ? this.byServer : this.byClient;
    list.count++;
    list.first ??= describeClosed(flow);
    if (list.flowIds.length < MAX_LISTED) list.flowIds.push(flow.id);
    return true;
  }

  /**
   * The kernel that was asked listed the listeners of all of them, so it is their servers' and not their clients', and some
   * were closed by them.
   */
  areOfServersKernel({ listeners }: KernelObservations): boolean {
    for (const { serverAddress, serverPort, isLoopback } of this.#servers.values()) {
      if (isLoopback || !listeners.some((each) => listensOn(each, serverAddress, serverPort))) return false;
    }
    return this.byServer.count > 0;
  }
}

interface ClosedFlowList {
  count: number;
  /** In order of appearance, at most the first 100 000. */
  readonly flowIds: number[];
  first: ClosedFlow | null;
}

/** A flow that ClosedFlows took. */
export function describeClosed(flow: Flow): ClosedFlow {
  const { client, server, facts } = flow;
  const closer = facts & IS_CLOSED_BY_SERVER ? server : client;
  return {
    flowId: flow.id,
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
