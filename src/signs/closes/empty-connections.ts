import type { Evidence } from "../../engine/finding.js";
import type { Listener } from "../../engine/listeners.js";
import { type Endpoint, HAS_ISN } from "../../flows/endpoint.js";
import {
  type Flow,
  HAS_HANDSHAKE_ACK,
  IS_CLOSED_BY_CLIENT,
  IS_CLOSED_BY_RST,
  IS_KNOWN_BY_SYN,
} from "../../flows/flow.js";
import type { FlowIdentity } from "../../flows/flow-identity.js";
import { seqDiff } from "../../tcp/seq.js";
import { type Loser, Rivals } from "../attempts/rivals.js";

/** A connection that its client closed right after the handshake, without a byte in either direction. */
export interface EmptyConnection extends Loser {
  readonly flowId: number;
  readonly startNs: number;
  readonly closedNs: number;
  readonly isReset: boolean;
  readonly syn: Evidence;
  /** The client's FIN or RST. */
  readonly close: Evidence;
  /** Connections of the same client to the same listener that exchanged data before this one began. */
  readonly exchangesBefore: number;
  /** A connection of the two that exchanged data, and lasted, was heard from both ends after this one began. */
  readonly isBesideExchange: boolean;
}

/** The empty connections of one client address to one listener; those from reserved ports apart. */
export interface ClientAndListener {
  readonly client: string;
  readonly listener: Listener;
  readonly serverAddress: string;
  /** Source ports below 1024: one privileged program's. */
  readonly isReserved: boolean;
  /** In order of appearance, at most the first 100 000. */
  readonly connections: EmptyConnection[];
  /** How many came after these. */
  leftOut: number;
  exchanges: number;
}

/** Ports below are bound by privileged programs only. */
const FIRST_UNRESERVED_PORT = 1024;
const MAX_CONNECTIONS = 100_000;
/** Client and server addresses whose tried ports are counted; a flood from forged addresses has millions. */
const MAX_TRIED = 100_000;

/** Connections that exchange data for less are over before a loop has begun. */
const SHORTEST_LASTING_NS = 1_000_000_000;
const MAX_LASTING = 20_000;

/** Until when connections were in use that began so far and last, by listener and what tells its clients apart. */
class LastingExchanges {
  readonly #byListener = new Map<Listener, Map<string, number>>();
  #count = 0;

  add(identity: FlowIdentity, listener: Listener, untilNs: number): void {
    const key = pairKey(identity);
    const knownNs = this.#byListener.get(listener)?.get(key);
    if (knownNs === undefined && this.#count++ >= MAX_LASTING) return;
    let untils = this.#byListener.get(listener);
    if (untils === undefined) {
      untils = new Map();
      this.#byListener.set(listener, untils);
    }
    untils.set(key, Math.max(knownNs ?? 0, untilNs));
  }

  /** 0 where none is known. */
  untilNs(identity: FlowIdentity, listener: Listener): number {
    return this.#byListener.get(listener)?.get(pairKey(identity)) ?? 0;
  }
}

/** Collects empty connections by client and listener while flows end, in order of appearance. */
export class EmptyConnections {
  readonly #maxLifeNs: number;
  readonly #byListener = new Map<Listener, Map<string, ClientAndListener>>();
  /** Ports that a client address tried at a server address without a byte. */
  readonly #triedPorts = new Map<string, Set<number>>();
  readonly #rivals = new Rivals();
  readonly #serving = new Set<Listener>();
  readonly #lasting = new LastingExchanges();

  /** `maxLifeNs`: longest time from the end of the handshake to the client's FIN or RST. */
  constructor(maxLifeNs: number) {
    this.#maxLifeNs = maxLifeNs;
  }

  add(flow: Flow, identity: FlowIdentity, listener: Listener): void {
    const { client, server } = flow;
    const hasAsked = hasSentData(client, server);
    const isAnswered = hasSentData(server, client);
    if (hasAsked || isAnswered) {
      if (hasAsked && isAnswered) this.#addExchange(flow, identity, listener);
      return;
    }
    if (!(flow.facts & IS_KNOWN_BY_SYN)) return;
    this.#addTriedPort(identity);
    const isClosed =
      (flow.facts & (HAS_HANDSHAKE_ACK | IS_CLOSED_BY_CLIENT)) === (HAS_HANDSHAKE_ACK | IS_CLOSED_BY_CLIENT);
    if (isClosed && flow.closedNs - flow.handshakeAckNs <= this.#maxLifeNs)
      this.#addEmpty(flow, identity, listener);
  }

  /** Every client and listener with an empty connection, in order of appearance. */
  *pairs(): IterableIterator<ClientAndListener> {
    for (const pairs of this.#byListener.values()) yield* pairs.values();
  }

  /** How many ports the client tried at the server's address without a byte. */
  triedPorts(client: string, server: string): number {
    return this.#triedPorts.get(`${client} ${server}`)?.size ?? 0;
  }

  /** The listener exchanged data with some client. */
  isServing(listener: Listener): boolean {
    return this.#serving.has(listener);
  }

  #addTriedPort(identity: FlowIdentity): void {
    const key = `${identity.clientAddress} ${identity.serverAddress}`;
    const ports = this.#triedPorts.get(key);
    if (ports !== undefined) ports.add(identity.serverPort);
    else if (this.#triedPorts.size < MAX_TRIED) this.#triedPorts.set(key, new Set([identity.serverPort]));
  }

  #addExchange(flow: Flow, identity: FlowIdentity, listener: Listener): void {
    const pair = this.#find(identity, listener);
    const { startNs, client, server } = flow;
    if (pair !== undefined) pair.exchanges++;
    const untilNs = Math.min(client.lastNs, server.lastNs);
    if (untilNs - startNs >= SHORTEST_LASTING_NS) this.#lasting.add(identity, listener, untilNs);
    this.#serving.add(listener);
    this.#rivals.addWinner(identity, startNs, server.synFrame > 0 ? server.synNs : startNs);
  }

  #addEmpty(flow: Flow, identity: FlowIdentity, listener: Listener): void {
    let pair = this.#find(identity, listener);
    if (pair === undefined) {
      pair = {
        client: identity.clientAddress,
        listener,
        serverAddress: identity.serverAddress,
        isReserved: identity.clientPort < FIRST_UNRESERVED_PORT,
        connections: [],
        leftOut: 0,
        exchanges: 0,
      };
      const pairs = this.#byListener.get(listener);
      if (pairs === undefined) this.#byListener.set(listener, new Map([[pairKey(identity), pair]]));
      else pairs.set(pairKey(identity), pair);
    }
    if (pair.connections.length === MAX_CONNECTIONS) {
      pair.leftOut++;
      return;
    }
    const isReset = (flow.facts & IS_CLOSED_BY_RST) !== 0;
    const closeFrame = isReset ? flow.client.rstFrame : flow.client.finFrame;
    const connection: EmptyConnection = {
      flowId: flow.id,
      startNs: flow.startNs,
      lastTryNs: flow.startNs,
      closedNs: flow.closedNs,
      isReset,
      syn: { flowId: flow.id, frame: flow.firstFrame, timeNs: flow.startNs },
      close: { flowId: flow.id, frame: closeFrame, timeNs: flow.closedNs },
      exchangesBefore: pair.exchanges,
      isBesideExchange: this.#lasting.untilNs(identity, listener) > flow.startNs,
      hasRival: false,
    };
    pair.connections.push(connection);
    this.#rivals.addLoser(identity, connection);
  }

  #find(identity: FlowIdentity, listener: Listener): ClientAndListener | undefined {
    return this.#byListener.get(listener)?.get(pairKey(identity));
  }
}

/** Relative number of what follows SYN and FIN of a side that sent no data. */
const END_WITHOUT_DATA = 2;

/** It sent payload, captured or not: a filter may have left that out, then the numbers of both sides tell. */
function hasSentData(sender: Endpoint, receiver: Endpoint): boolean {
  if (sender.payloadBytes > 0) return true;
  // An acknowledgment means nothing where the other side's first octet is not known.
  if (!(sender.facts & HAS_ISN)) return sender.nextSeq > END_WITHOUT_DATA;
  const resetAt = sender.rstFrame > 0 ? seqDiff(sender.historyRst, sender.base) : 0;
  return Math.max(sender.nextSeq, receiver.ackedTo, resetAt) > END_WITHOUT_DATA;
}

/** What tells the clients of a listener apart. */
function pairKey({ clientAddress, clientPort }: FlowIdentity): string {
  return clientPort < FIRST_UNRESERVED_PORT ? `${clientAddress} reserved` : clientAddress;
}
