import type { Evidence, Vantage } from "../../engine/finding.js";
import type { Listener } from "../../engine/listeners.js";
import { vantageOf } from "../../engine/vantage.js";
import { type Flow, HAS_HANDSHAKE_ACK, IS_KNOWN_BY_SYN, IS_SIMULTANEOUS_OPEN } from "../../flows/flow.js";
import type { FlowIdentity } from "../../flows/flow-identity.js";

/** Half-open flows kept of a capture; a flood has millions. */
const MAX_FLOWS = 100_000;
/** A client that wants the connection has answered the SYN-ACK by then. */
const PATIENCE_NS = 1_000_000_000;

/** A flow of which the client sent nothing but SYNs. */
export interface HalfOpenFlow {
  readonly flowId: number;
  readonly client: string;
  readonly vantage: Vantage;
  readonly startNs: number;
  readonly syn: Evidence;
  /** The server's first SYN-ACK; null when it did not answer. */
  readonly synAck: Evidence | null;
  readonly isSynAckRepeated: boolean;
}

/** A listener's half-open flows, and when the others began. */
export interface HalfOpenAtListener {
  readonly port: number;
  readonly flows: HalfOpenFlow[];
  readonly completedNs: number[];
}

/** Collects half-open flows by listener. */
export class HalfOpenFlows {
  readonly #byListener = new Map<Listener, HalfOpenAtListener>();
  #kept = 0;
  /** The capture holds other segments than SYNs: it was not filtered down to them. */
  hasOtherSegments = false;

  add(flow: Flow, identity: FlowIdentity, listener: Listener): void {
    const { client, server } = flow;
    if (client.segments > client.syns) this.hasOtherSegments = true;
    if (!(flow.facts & IS_KNOWN_BY_SYN)) return;
    let entry = this.#byListener.get(listener);
    if (entry === undefined) {
      entry = { port: identity.serverPort, flows: [], completedNs: [] };
      this.#byListener.set(listener, entry);
    }
    if (flow.facts & HAS_HANDSHAKE_ACK) entry.completedNs.push(flow.startNs);
    if (flow.facts & (HAS_HANDSHAKE_ACK | IS_SIMULTANEOUS_OPEN) || client.segments !== client.syns) return;
    const isAnswered = server.synFrame > 0 && server.segments === server.syns;
    // Who means it sends its SYN again.
    if (client.syns > 1 || (!isAnswered && server.segments > 0)) return;
    if (this.#kept++ >= MAX_FLOWS) return;
    entry.flows.push({
      flowId: flow.id,
      client: identity.clientAddress,
      vantage: vantageOf(flow, identity),
      startNs: flow.startNs,
      syn: { flowId: flow.id, frame: client.synFrame, timeNs: client.synNs },
      synAck: isAnswered ? { flowId: flow.id, frame: server.synFrame, timeNs: server.synNs } : null,
      isSynAckRepeated: server.syns > 1,
    });
  }

  /** By listener: what was left half-open long enough before `endNs`, in the order of time. */
  *all(endNs: number): IterableIterator<HalfOpenAtListener & { readonly listener: Listener }> {
    for (const [listener, { port, flows, completedNs }] of this.#byListener) {
      const old = flows.filter(({ startNs }) => endNs - startNs >= PATIENCE_NS);
      if (old.length === 0) continue;
      old.sort((a, b) => a.startNs - b.startNs);
      completedNs.sort((a, b) => a - b);
      yield { listener, port, flows: old, completedNs };
    }
  }
}

/** A stretch of `flows` that begin within one window. */
export interface Burst {
  readonly first: number;
  /** How many, from `first` on. */
  readonly count: number;
}

/** The most flows, ascending by time, that begin within `windowNs`. */
export function densestBurst(flows: readonly { readonly startNs: number }[], windowNs: number): Burst {
  let best: Burst = { first: 0, count: 0 };
  let first = 0;
  for (const [last, { startNs }] of flows.entries()) {
    while (startNs - flows[first]!.startNs > windowNs) first++;
    if (last - first + 1 > best.count) best = { first, count: last - first + 1 };
  }
  return best;
}
