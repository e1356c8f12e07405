import type { Evidence } from "../../engine/finding.js";
import { type Endpoint, HAS_ISN } from "../../flows/endpoint.js";
import type { Flow } from "../../flows/flow.js";

/** Counts of flows, and the first of them. */
export interface FlowsAlike {
  flows: number;
  first: Evidence | null;
}

/**
 * Counts what a capture holds of its flows, to tell a filter from a loss: flows of which only one direction was
 * captured, though what it says proves the other; and flows without any payload, though their numbers prove some.
 */
export class CapturedSides {
  readonly all: FlowsAlike = { flows: 0, first: null };
  /** Flows with both ends, or whose one end shows more than an attempt: those without an answer are one-sided by nature. */
  judged = 0;
  readonly oneWay: FlowsAlike = { flows: 0, first: null };
  /** Flows whose numbers prove payload. */
  transferring = 0;
  readonly hollow: FlowsAlike = { flows: 0, first: null };

  add(flow: Flow): void {
    const { client, server } = flow;
    note(this.all, flow);
    const isOneWay =
      (client.segments === 0 && provesPeer(server, client) && !isInVain(server)) ||
      (server.segments === 0 && provesPeer(client, server) && !isInVain(client));
    // An attempt that was answered shows both directions, too.
    const isTwoWay = client.segments > 0 && server.segments > 0;
    if (isOneWay || isTwoWay) this.judged++;
    if (isOneWay) note(this.oneWay, flow);
    const hasPayload = client.payloadBytes + server.payloadBytes > 0;
    if (!hasPayload && !provesPayload(client, server) && !provesPayload(server, client)) return;
    this.transferring++;
    if (!hasPayload) note(this.hollow, flow);
  }
}

/** What `endpoint` sent says that its peer has spoken: it goes on with the connection, or acknowledges octets of it. */
export function provesPeer(endpoint: Endpoint, peer: Endpoint): boolean {
  return endpoint.ackedTo > 1 || (endpoint.payloadBytes > 0 && (peer.facts !== 0 || endpoint.syns === 0));
}

/** All that was captured of it is one segment, again and again: nothing tells that anything came back. */
function isInVain({ segments, retransmits, ackedTo }: Endpoint): boolean {
  return retransmits > 0 && segments === retransmits + 1 && ackedTo <= 1;
}

/** The sender's numbers moved by more than SYN and FIN. Without its ISN they may be guessed wrongly. */
function provesPayload(sender: Endpoint, receiver: Endpoint): boolean {
  return (sender.facts & HAS_ISN) !== 0 && Math.max(sender.nextSeq, receiver.ackedTo) > 2;
}

function note(alike: FlowsAlike, flow: Flow): void {
  alike.flows++;
  alike.first ??= { flowId: flow.id, frame: flow.firstFrame, timeNs: flow.startNs };
}
