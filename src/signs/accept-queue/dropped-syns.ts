import type { Evidence, Vantage } from "../../engine/finding.js";
import type { Listener } from "../../engine/listeners.js";
import type { Observer, RuleHooks } from "../../engine/rule.js";
import { vantageOf } from "../../engine/vantage.js";
import { HAS_SYN_TIMESTAMPS } from "../../flows/endpoint.js";
import { type Flow, IS_KNOWN_BY_SYN, IS_SELF_CONNECT, IS_SIMULTANEOUS_OPEN } from "../../flows/flow.js";
import type { FlowIdentity } from "../../flows/flow-identity.js";
import { ClientSites } from "../addresses/client-sites.js";
import { givenUp, observeRepeatedSyns, type SynRepeats } from "../attempts/syn-repeats.js";
import { QueuePlaces } from "./queue-places.js";

/** Clients remembered of all listeners: a flood from forged addresses has millions. */
const MAX_CLIENTS = 100_000;

/** A flow whose SYN drew no answer until it was sent again, or none at all. */
export interface DroppedSyn {
  readonly flowId: number;
  readonly client: string;
  readonly server: string;
  readonly vantage: Vantage;
  readonly isLoopback: boolean;
  /** The first SYN. */
  readonly startNs: number;
  /** The SYN-ACK, or the last that was seen of the flow. */
  readonly endNs: number;
  readonly isAnswered: boolean;
  /** SYNs in vain: at least one when it was answered, else at least two. */
  readonly syns: number;
  readonly syn: Evidence;
  /** The second SYN. */
  readonly repeat: Evidence;
  /** The latest SYN that was in vain for sure, for another one follows. */
  readonly inVainNs: number;
  /** What the SYN that was answered does not ask for and all in vain do, bits of syn-extensions.ts. */
  readonly givenUp: number;
}

/** The SYNs in vain at one listener that answered others. */
export interface DroppedSynsAtListener {
  readonly listener: Listener;
  readonly port: number;
  /** In order of appearance; at least one. */
  readonly flows: readonly DroppedSyn[];
  /** It answered a SYN in the capture; else all are of this host, where a port without a listener refuses. */
  readonly hasAnswered: boolean;
  /** All its clients sent SYNs in vain to other networks as well: what these have in common is the clients' side. */
  readonly isClientsFault: boolean;
  /** When one of these SYNs came nothing in the capture was in the listener's accept queue. */
  readonly isQueueEmpty: boolean;
  /** What all of them gave up before they were answered, bits of syn-extensions.ts: SYNs may have been dropped for that. */
  readonly givenUp: number;
}

export interface DroppedSynsWatch extends RuleHooks {
  readonly dropped: DroppedSyns;
}

/** Two rules ask for them, and every connection has a part in what they tell. */
export const observeDroppedSyns: Observer<DroppedSynsWatch> = (perFlow) => {
  const repeats = observeRepeatedSyns(perFlow);
  const dropped = new DroppedSyns();
  return {
    dropped,
    syn: repeats.syn,
    synAck: repeats.synAck!,
    flowEnd(flow, identity, listener) {
      dropped.add(flow, identity, listener, repeats.of(flow));
    },
  };
};

/** Collects flows whose SYNs went unanswered, by listener, and which clients a listener did answer. */
export class DroppedSyns {
  readonly #byListener = new Map<Listener, { port: number; flows: DroppedSyn[] }>();
  readonly #answered = new Map<Listener, Set<string>>();
  readonly #sites = new ClientSites();
  readonly #places = new QueuePlaces();
  #clients = 0;

  add(flow: Flow, identity: FlowIdentity, listener: Listener, repeats: SynRepeats): void {
    const { client, server } = flow;
    if (server.synFrame > 0) this.#noteAnswered(identity, listener);
    this.#places.add(flow, listener);
    if (repeats.count === 0 || !(flow.facts & IS_KNOWN_BY_SYN) || client.synFrame === 0) return;
    if (flow.facts & (IS_SIMULTANEOUS_OPEN | IS_SELF_CONNECT)) return;
    // The SYN-ACK was not captured, or something else than a listener spoke.
    const isAnswered = server.synFrame > 0;
    if (!isAnswered && (server.segments > 0 || client.ackedTo > 0)) return;
    // The first SYN had arrived: its answer was slow, or lost.
    if (repeats.answersFirst === 1 && client.facts & HAS_SYN_TIMESTAMPS) return;
    let entry = this.#byListener.get(listener);
    if (entry === undefined) {
      entry = { port: identity.serverPort, flows: [] };
      this.#byListener.set(listener, entry);
    }
    this.#sites.add(identity.clientAddress, identity.serverAddress);
    entry.flows.push({
      flowId: flow.id,
      client: identity.clientAddress,
      server: identity.serverAddress,
      vantage: vantageOf(flow, identity),
      isLoopback: identity.isLoopback,
      startNs: client.synNs,
      endNs: isAnswered ? server.synNs : flow.endNs,
      isAnswered,
      syns: repeats.count + (isAnswered ? 0 : 1),
      syn: { flowId: flow.id, frame: client.synFrame, timeNs: client.synNs },
      repeat: { flowId: flow.id, frame: repeats.firstFrame, timeNs: repeats.firstNs },
      inVainNs: repeats.inVainNs,
      givenUp: isAnswered ? givenUp(repeats) : 0,
    });
  }

  /** By listener, also those of clients that it never answered. */
  *everywhere(): IterableIterator<Pick<DroppedSynsAtListener, "listener" | "port" | "flows">> {
    for (const [listener, { port, flows }] of this.#byListener) yield { listener, port, flows };
  }

  /** All of a listener, also those of clients that it never answered. */
  at(listener: Listener): readonly DroppedSyn[] {
    return this.#byListener.get(listener)?.flows ?? [];
  }

  /** When one of these SYNs came nothing in the capture was in the listener's accept queue. */
  isQueueEmpty(listener: Listener, flows: readonly DroppedSyn[]): boolean {
    return this.#places.isEmptyAtAny(
      listener,
      flows.flatMap(({ startNs, inVainNs }) => [startNs, inVainNs]),
    );
  }

  /**
   * The listeners that dropped SYNs and answered others, and those on loopback that answered nobody. A client that a listener never
   * answered, though others were, is not wanted there: a firewall drops its SYNs.
   */
  *all(): IterableIterator<DroppedSynsAtListener> {
    for (const [listener, { port, flows }] of this.#byListener) {
      const answered = this.#answered.get(listener);
      const hasAnswered = answered !== undefined;
      const wanted = flows.filter((flow) =>
        hasAnswered ? flow.isAnswered || answered.has(flow.client) : flow.isLoopback,
      );
      if (wanted.length === 0) continue;
      yield {
        listener,
        port,
        flows: wanted,
        hasAnswered,
        isClientsFault: this.#sites.isFaultOf(wanted),
        isQueueEmpty: this.isQueueEmpty(listener, wanted),
        givenUp: wanted.reduce((common, flow) => common & flow.givenUp, wanted[0]!.givenUp),
      };
    }
  }

  #noteAnswered({ clientAddress }: FlowIdentity, listener: Listener): void {
    if (this.#clients >= MAX_CLIENTS) return;
    const clients = this.#answered.get(listener);
    if (clients === undefined) this.#answered.set(listener, new Set([clientAddress]));
    else if (clients.has(clientAddress)) return;
    else clients.add(clientAddress);
    this.#clients++;
  }
}
