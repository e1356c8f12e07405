import type { Evidence, Vantage } from "../../engine/finding.js";
import type { Listener } from "../../engine/listeners.js";
import { vantageOf } from "../../engine/vantage.js";
import {
  type Flow,
  HAS_HANDSHAKE_ACK,
  HAS_PROGRESS,
  HAS_SYN_DATA,
  IS_SELF_CONNECT,
  IS_SIMULTANEOUS_OPEN,
} from "../../flows/flow.js";
import type { FlowIdentity } from "../../flows/flow-identity.js";
import { type FlowsAtListener, FlowsByListener } from "../listeners/flows-by-listener.js";

/** Beyond the round trip, what a host may take to answer an ACK with a RST: no timer is involved. */
const PATIENCE_NS = 50_000_000;

/** A connection whose handshake was answered by a RST without ACK. */
export interface AbortedHandshake {
  readonly flowId: number;
  readonly vantage: Vantage;
  readonly isLoopback: boolean;
  /** The RST came before any data of the client's: it answers nothing but the handshake's ACK. */
  readonly isBeforeData: boolean;
  /** The ACK that completes the handshake. */
  readonly startNs: number;
  /** The RST. */
  readonly endNs: number;
  readonly synAck: Evidence;
  readonly ack: Evidence;
  readonly rst: Evidence;
}

/** The aborted handshakes of one listener. */
export type AbortsAtListener = FlowsAtListener<AbortedHandshake>;

/** Collects connections that were reset as soon as their handshake was complete, by listener. */
export class AbortedHandshakes {
  readonly #byKind = {
    reset: new FlowsByListener<AbortedHandshake>(),
    behindCookie: new FlowsByListener<AbortedHandshake>(),
  };

  add(flow: Flow, identity: FlowIdentity, listener: Listener): void {
    if (!isAborted(flow)) return;
    const { client, server } = flow;
    this.#byKind[isBehindCookie(flow) ? "behindCookie" : "reset"].add(listener, identity, {
      flowId: flow.id,
      vantage: vantageOf(flow, identity),
      isLoopback: identity.isLoopback,
      isBeforeData: client.firstDataFrame === 0 || client.firstDataNs > server.rstNs,
      startNs: flow.handshakeAckNs,
      endNs: server.rstNs,
      synAck: { flowId: flow.id, frame: server.synFrame, timeNs: server.synNs },
      ack: { flowId: flow.id, frame: flow.handshakeAckFrame, timeNs: flow.handshakeAckNs },
      rst: { flowId: flow.id, frame: server.rstFrame, timeNs: server.rstNs },
    });
  }

  /**
   * In order of appearance. behindCookie: the ACK and the first data drew no RST, all that followed did; a cookie was in
   * order, and there was no room.
   */
  all(kind: "reset" | "behindCookie"): IterableIterator<AbortsAtListener> {
    return this.#byKind[kind].all();
  }
}

/** Nothing of the server lies between its SYN-ACK and its RST, and nothing of either was sent again. */
function isAborted(flow: Flow): boolean {
  const { client, server, facts } = flow;
  if (flow.bareRstFrame === 0 || server.rstFrame !== flow.bareRstFrame) return false;
  if (!(facts & HAS_HANDSHAKE_ACK) || server.synFrame === 0 || client.synFrame === 0) return false;
  if (facts & (HAS_PROGRESS | HAS_SYN_DATA | IS_SELF_CONNECT | IS_SIMULTANEOUS_OPEN)) return false;
  if (flow.repeats > 0 || flow.firstDataRepeats > 0 || server.syns !== 1 || client.rstFrame > 0) return false;
  const roundTripNs = Math.max(0, flow.handshakeAckNs - client.synNs);
  return server.rstNs - flow.handshakeAckNs <= roundTripNs + PATIENCE_NS;
}

/**
 * What stands right behind the client's ISN carries the cookie, and is dropped where the accept queue is full (Linux:
 * tcp_get_cookie_sock); what comes later does not, and belongs to no connection.
 */
function isBehindCookie({ client, server }: Flow): boolean {
  const sent = client.segments - client.syns;
  const hasMore = client.firstDataFrame > 0 && client.nextSeq - 1 > client.firstDataLength;
  return hasMore && client.finFrame === 0 && server.segments - server.syns === sent - 2;
}
