import { appendTo } from "../../engine/append-to.js";
import type { Evidence, Vantage } from "../../engine/finding.js";
import type { Listener } from "../../engine/listeners.js";
import { limitNote } from "../../engine/message-values.js";
import { spanOf } from "../../engine/time-window.js";
import { vantageOf } from "../../engine/vantage.js";
import {
  type Endpoint,
  HAS_BASE,
  HAS_SACK_PERMITTED,
  HAS_SYN_TIMESTAMPS,
  HAS_WINDOW_SCALE,
} from "../../flows/endpoint.js";
import { type Flow, IS_KNOWN_BY_SYN, IS_SELF_CONNECT, IS_SIMULTANEOUS_OPEN } from "../../flows/flow.js";
import type { FlowIdentity } from "../../flows/flow-identity.js";
import { provesPeer } from "../listeners/captured-sides.js";
import { type FlowsAtListener, FlowsByListener } from "../listeners/flows-by-listener.js";
import { type Signature, signatureOf } from "./extension-words.js";
import { GonePeers } from "./gone-peers.js";
import { type Loser, Rivals } from "./rivals.js";

/** A connection of which nothing but SYNs, their refusals, and the RST of a client that gave up was captured. */
export interface FailedAttempt extends Loser {
  readonly flowId: number;
  readonly client: string;
  readonly clientPort: number;
  readonly serverAddress: string;
  readonly port: number;
  readonly listener: Listener;
  /** Time of the last SYN; for a refused attempt of the last segment. */
  readonly endNs: number;
  readonly syns: number;
  /** The SYN's number. */
  readonly isn: number;
  /** The SYN offers neither window scale nor SACK nor timestamps; every system in use offers some of them. */
  readonly hasBareSyn: boolean;
  readonly signature: Signature | null;
  readonly syn: Evidence;
  /** The last SYN, or the RST of a client that gave up after it; for a refused attempt the first RST. */
  readonly last: Evidence;
  /** Of a refused attempt: RSTs behind the first, and the time from that to the last SYN. */
  readonly laterRsts: number;
  readonly askedOnNs: number;
  /** Of a refused attempt: TTL of the first RST. */
  readonly rstTtl: number;
  readonly vantage: Vantage;
  readonly isLoopback: boolean;
}

/** The attempts at one listener that failed. */
export type FailingListener = FlowsAtListener<FailedAttempt>;

/** One client that tried many ports or many addresses in vain. */
export interface Scan {
  readonly client: string;
  /** Most of them are those of peers that are gone. */
  readonly isForPeers: boolean;
  /** In order of appearance. */
  readonly attempts: readonly FailedAttempt[];
}

/** What one client tried in vain. */
interface Targets {
  /** How often each port of each server. */
  readonly byServer: Map<string, Map<number, number>>;
  /** It scanned them; null while nobody has asked. */
  areProbed: boolean | null;
}

/** A scanner asks a port once, or once more to be sure; who comes again, or repeats a SYN more often, wants service. */
export const MOST_PROBES = 2;
/** Nobody uses so many ports of one server: who tries more of them in vain scans, also where it asks a port more often. */
const MOST_PORTS_WANTED = 100;
/** nmap asks a port that is silent up to ten times more (--max-retries), each time from another port. */
const MOST_RETRIED_PROBES = 11;
/** Base of a side of which nothing is known but that its peer acknowledged raw number 0. */
const BASE_BEFORE_ZERO = 0xffffffff;
/** Attempts kept of a capture; a flood has millions of them. */
const MAX_ATTEMPTS = 100_000;

/** How a client's SYN failed; null when it did not, or when the capture cannot tell. */
export function failureOf(flow: Flow): "refused" | "unanswered" | null {
  const { client, server, facts } = flow;
  if (client.synFrame === 0 || server.synFrame > 0 || !(facts & IS_KNOWN_BY_SYN)) return null;
  if (facts & (IS_SELF_CONNECT | IS_SIMULTANEOUS_OPEN)) return null;
  // Who sends more than SYNs had an answer that the capture lacks.
  if (client.segments > client.syns && !hasGivenUp(flow)) return null;
  if (server.segments === 0) return "unanswered";
  return server.rstFrame > 0 && server.segments <= client.syns ? "refused" : null;
}

/**
 * All that the client sent besides SYNs is its own RST, whose acknowledgment number is 0: it had received nothing that it
 * could acknowledge. A RST without ACK may be its answer to a SYN-ACK that the capture lacks (RFC 9293, section 3.5.2).
 */
function hasGivenUp({ client, server }: Flow): boolean {
  return (
    server.segments === 0 &&
    client.segments === client.syns + 1 &&
    client.rstFrame > 0 &&
    (server.facts & HAS_BASE) !== 0 &&
    server.base === BASE_BEFORE_ZERO
  );
}

/** The server sent data, or acknowledged the client's. */
function isUsed({ client, server }: Flow): boolean {
  return server.payloadBytes > 0 || (client.payloadBytes > 0 && server.ackedTo > 1);
}

/** Collects the attempts that failed in one way, by listener, and tells those that scan from those that want service. */
export class FailedAttempts {
  readonly #kind: "refused" | "unanswered";
  readonly #maxPorts: number;
  readonly #maxAddresses: number;
  readonly #byListener = new FlowsByListener<FailedAttempt>();
  readonly #byClient = new Map<string, Targets>();
  readonly #rivals = new Rivals();
  readonly #peers: GonePeers;
  /** Clients go on as if these had answered, and the capture holds nothing of theirs. */
  readonly #answeredUnseen = new Set<Listener>();
  #count = 0;
  #leftOut = 0;

  /**
   * `maxPorts`: ports of one server, and `maxAddresses`: servers, that a client may try in vain before it is a scanner.
   */
  constructor(kind: "refused" | "unanswered", maxPorts: number, maxAddresses: number) {
    this.#kind = kind;
    this.#maxPorts = maxPorts;
    this.#maxAddresses = maxAddresses;
    this.#peers = new GonePeers(maxAddresses);
  }

  add(flow: Flow, identity: FlowIdentity, listener: Listener): void {
    if (flow.server.synFrame > 0) {
      this.#peers.addAnswer(identity, flow.server.synNs);
      if (isUsed(flow)) this.#rivals.addWinner(identity, flow.startNs, flow.server.synNs);
      return;
    }
    if (flow.server.segments === 0 && provesPeer(flow.client, flow.server))
      this.#answeredUnseen.add(listener);
    const failure = failureOf(flow);
    if (failure === null) return;
    if (this.#count === MAX_ATTEMPTS) {
      this.#leftOut++;
      return;
    }
    this.#count++;
    this.#noteTarget(identity);
    this.#peers.addFailure(identity, listener, {
      startNs: flow.client.synNs,
      lastNs: flow.lastSynNs,
      isRefused: failure === "refused",
    });
    if (failure !== this.#kind) return;
    const attempt = describe(flow, identity, listener);
    this.#rivals.addLoser(identity, attempt);
    this.#byListener.add(listener, identity, attempt);
  }

  /** A sentence for the end of a message with counts of attempts; empty when all were kept. */
  get limitNote(): string {
    return limitNote(this.#count, "attempts of the capture that failed", this.#leftOut);
  }

  /**
   * Without the attempts of scanners, at peers that are gone, and those that another address of the server made good; and
   * without listeners whose answers the capture lacks altogether.
   */
  *listeners(): IterableIterator<FailingListener> {
    for (const failing of this.#byListener.all()) {
      if (this.#lacksAnswersOf(failing.listener)) continue;
      const flows = failing.flows.filter((attempt) => !attempt.hasRival && !this.#isInVain(attempt));
      if (flows.length > 0) yield { ...failing, flows };
    }
  }

  /** The clients that tried too many ports or addresses. */
  *scans(): IterableIterator<Scan> {
    const byClient = new Map<string, FailedAttempt[]>();
    for (const { flows } of this.#byListener.all()) {
      for (const attempt of flows) {
        if (!this.#isInVain(attempt)) continue;
        appendTo(byClient, attempt.client, attempt);
      }
    }
    for (const [client, attempts] of byClient) {
      attempts.sort((a, b) => a.flowId - b.flowId);
      const atPeers = attempts.filter((attempt) => this.#isAtGonePeer(attempt)).length;
      yield { client, attempts, isForPeers: atPeers * 2 > attempts.length };
    }
  }

  /** Nothing that it said was captured, no refusal either, and clients tell that it spoke. */
  #lacksAnswersOf(listener: Listener): boolean {
    return listener.answersNs.length + listener.refused === 0 && this.#answeredUnseen.has(listener);
  }

  #noteTarget({ clientAddress, serverAddress, serverPort }: FlowIdentity): void {
    let targets = this.#byClient.get(clientAddress);
    if (targets === undefined) {
      targets = { byServer: new Map(), areProbed: null };
      this.#byClient.set(clientAddress, targets);
    }
    targets.areProbed = null;
    let ports = targets.byServer.get(serverAddress);
    if (ports === undefined) {
      ports = new Map();
      targets.byServer.set(serverAddress, ports);
    }
    ports.set(serverPort, (ports.get(serverPort) ?? 0) + 1);
  }

  /** Nobody misses what it asked for. */
  #isInVain(attempt: FailedAttempt): boolean {
    return this.#isScan(attempt) || this.#isAtGonePeer(attempt);
  }

  #isAtGonePeer({ client, port, listener }: FailedAttempt): boolean {
    return this.#peers.has(client, port, listener);
  }

  #isScan({ client, serverAddress, port, listener }: FailedAttempt): boolean {
    const targets = this.#byClient.get(client)!;
    const portsThere = targets.byServer.get(serverAddress)!;
    const asked = portsThere.get(port)!;
    if (asked > MOST_PROBES) {
      const isOneOfMany = portsThere.size > MOST_PORTS_WANTED && listener.answersNs.length === 0;
      return isOneOfMany && asked <= MOST_RETRIED_PROBES;
    }
    targets.areProbed ??= this.#areProbed(targets);
    return targets.areProbed;
  }

  /** Too many ports of one server, or too many servers, were asked no more often than a scanner asks. */
  #areProbed({ byServer }: Targets): boolean {
    let addresses = 0;
    for (const ports of byServer.values()) {
      let probed = 0;
      for (const attempts of ports.values()) if (attempts <= MOST_PROBES) probed++;
      if (probed > this.#maxPorts) return true;
      if (probed > 0) addresses++;
    }
    return addresses > this.#maxAddresses;
  }
}

/** Whether the listener answered anybody, and when; words that end a sentence. */
export function answerNote({ flows: attempts, listener: { answersNs } }: FailingListener): string {
  if (answersNs.length === 0) return "it answered nobody in the capture";
  const { startNs, endNs } = spanOf(attempts);
  if (answersNs.at(-1)! < startNs) return "it had answered before";
  if (answersNs[0]! > endNs) return "it answered only after that";
  const isMeanwhile = answersNs.some((timeNs) => timeNs >= startNs && timeNs <= endNs);
  return isMeanwhile ? "it answered others meanwhile" : "it answered before and after that, not meanwhile";
}

/** The client's SYN offers neither window scale nor SACK nor timestamps; every system in use offers some of them. */
export function hasBareSyn({ facts }: Endpoint): boolean {
  return (facts & (HAS_WINDOW_SCALE | HAS_SACK_PERMITTED | HAS_SYN_TIMESTAMPS)) === 0;
}

function describe(flow: Flow, identity: FlowIdentity, listener: Listener): FailedAttempt {
  const { id: flowId, client, server } = flow;
  const isRefused = server.rstFrame > 0;
  const endNs = hasGivenUp(flow) ? flow.lastSynNs : flow.endNs;
  return {
    flowId,
    client: identity.clientAddress,
    clientPort: identity.clientPort,
    serverAddress: identity.serverAddress,
    port: identity.serverPort,
    listener,
    startNs: client.synNs,
    endNs,
    lastTryNs: endNs,
    syns: client.syns,
    isn: client.base,
    hasBareSyn: hasBareSyn(client),
    signature: signatureOf(client.facts),
    syn: { flowId, frame: client.synFrame, timeNs: client.synNs },
    last: isRefused
      ? { flowId, frame: server.rstFrame, timeNs: server.rstNs }
      : { flowId, frame: flow.lastFrame, timeNs: flow.endNs },
    laterRsts: isRefused ? server.segments - 1 : 0,
    askedOnNs: isRefused ? flow.lastSynNs - server.rstNs : 0,
    rstTtl: isRefused ? server.ttl : 0,
    vantage: vantageOf(flow, identity),
    isLoopback: identity.isLoopback,
    hasRival: false,
  };
}
