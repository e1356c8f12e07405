import type { Evidence, Vantage } from "../../engine/finding.js";
import type { Listener } from "../../engine/listeners.js";
import { vantageOf } from "../../engine/vantage.js";
import { type Flow, HAS_HANDSHAKE_ACK, IS_KNOWN_BY_SYN, IS_SIMULTANEOUS_OPEN } from "../../flows/flow.js";
import type { FlowIdentity } from "../../flows/flow-identity.js";
import { isNoSource } from "../addresses/no-source.js";

/** Half-open flows kept of a capture; a flood has millions, and the rest are counted. */
const MAX_FLOWS = 100_000;
/** A client that wants the connection has answered the SYN-ACK by then. */
const PATIENCE_NS = 1_000_000_000;

/** A flow of which the client sent nothing but SYNs. */
export interface HalfOpenFlow {
  readonly flowId: number;
  readonly client: string;
  /** Nobody can have the client's address. */
  readonly isForged: boolean;
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
  /** When those began that are not kept, the later ones. */
  readonly moreNs: number[];
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
    if (flow.facts & HAS_HANDSHAKE_ACK) this.#at(listener, identity).completedNs.push(flow.startNs);
    if (flow.facts & (HAS_HANDSHAKE_ACK | IS_SIMULTANEOUS_OPEN) || client.segments !== client.syns) return;
    const isAnswered = server.synFrame > 0 && server.segments === server.syns;
    // Who means it sends its SYN again.
    if (client.syns > 1 || (!isAnswered && server.segments > 0)) return;
    const entry = this.#at(listener, identity);
    if (this.#kept === MAX_FLOWS) {
      entry.moreNs.push(flow.startNs);
      return;
    }
    this.#kept++;
    entry.flows.push({
      flowId: flow.id,
      client: identity.clientAddress,
      isForged: !identity.isLoopback && isNoSource(identity.clientAddress),
      vantage: vantageOf(flow, identity),
      startNs: flow.startNs,
      syn: { flowId: flow.id, frame: client.synFrame, timeNs: client.synNs },
      synAck: isAnswered ? { flowId: flow.id, frame: server.synFrame, timeNs: server.synNs } : null,
      isSynAckRepeated: server.syns > 1,
    });
  }

  #at(listener: Listener, identity: FlowIdentity): HalfOpenAtListener {
    let entry = this.#byListener.get(listener);
    if (entry === undefined) {
      entry = { port: identity.serverPort, flows: [], moreNs: [], completedNs: [] };
      this.#byListener.set(listener, entry);
    }
    return entry;
  }

  /** By listener: what was left half-open long enough before `endNs`, in the order of time. */
  *all(endNs: number): IterableIterator<HalfOpenAtListener & { readonly listener: Listener }> {
    const isOld = (startNs: number) => endNs - startNs >= PATIENCE_NS;
    for (const [listener, { port, flows, moreNs, completedNs }] of this.#byListener) {
      const old = flows.filter(({ startNs }) => isOld(startNs));
      if (old.length === 0) continue;
      old.sort((a, b) => a.startNs - b.startNs);
      completedNs.sort((a, b) => a - b);
      yield { listener, port, flows: old, moreNs: moreNs.filter(isOld), completedNs };
    }
  }
}

/** A stretch of times within one window. */
export interface Burst {
  readonly first: number;
  /** How many, from `first` on. */
  readonly count: number;
}

/** The most of `timesNs`, ascending, within `windowNs`. */
export function densestBurst(timesNs: readonly number[], windowNs: number): Burst {
  let best: Burst = { first: 0, count: 0 };
  let first = 0;
  for (const [last, timeNs] of timesNs.entries()) {
    while (timeNs - timesNs[first]! > windowNs) first++;
    if (last - first + 1 > best.count) best = { first, count: last - first + 1 };
  }
  return best;
}
