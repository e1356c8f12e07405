import type { Segment } from "../decode/segment.js";
import {
  type Flow,
  IS_CLOSED_BY_CLIENT,
  IS_CLOSED_BY_SERVER,
  IS_REPLACED,
  IS_SELF_CONNECT,
  REUSES_PORTS,
} from "../flows/flow.js";
import type { FlowIdentity } from "../flows/flow-identity.js";
import type { Evidence, Vantage } from "./finding.js";
import type { Listener } from "./listeners.js";
import type { SynRepeats } from "./syn-repeats.js";
import { vantageOf } from "./vantage.js";

/** Replaced connections remembered, the latest of each tuple. */
const MAX_TUPLES = 200_000;

/**
 * challenged: the server answered the SYN with an ACK of the connection before, which the client reset. refused: it
 * answered with a RST. silent: several SYNs drew nothing.
 */
export type Reception = "challenged" | "refused" | "silent";

/** Names of the numbers per flow that a rule keeps for `noteChallengeReset`. */
export const CHALLENGE = ["frame", "timeNs"] as const;
export type Challenge = Record<(typeof CHALLENGE)[number], number>;

/** For the hook `rst`: the client resets what came instead of a SYN-ACK. RFC 9293, section 3.10.7.3. */
export function noteChallengeReset(segment: Segment, { client, server }: Flow, challenge: Challenge): void {
  if (segment.fromServer || challenge.frame > 0 || client.synFrame === 0) return;
  if (server.segments === 0 || server.synFrame > 0 || server.rstFrame > 0) return;
  challenge.frame = segment.frame;
  challenge.timeNs = segment.timeNs;
}

/** A connection from an address and port that an earlier connection to the same listener had. */
export interface ReusedTuple {
  readonly flowId: number;
  readonly reception: Reception;
  readonly vantage: Vantage;
  /** The connection before was closed by a FIN or RST, as far as captured. */
  readonly wasClosed: boolean;
  /** From the last of the connection before to the SYN. Nanoseconds. */
  readonly gapNs: number;
  readonly startNs: number;
  /** The SYN-ACK; else the last of the flow. */
  readonly endNs: number;
  readonly before: Evidence;
  readonly syn: Evidence;
  /** The client's RST, the server's RST, or the second SYN. */
  readonly answer: Evidence;
}

interface Predecessor {
  readonly last: Evidence;
  readonly wasClosed: boolean;
}

/** A listener and those of its connections that reuse a tuple. */
export interface ReusedAtListener {
  readonly listener: Listener;
  readonly port: number;
  /** How many came soon after the connection before, the accepted ones too. */
  soon: number;
  /** Those that were not simply accepted, in order of appearance. */
  readonly flows: ReusedTuple[];
}

/** Finds connections that reuse a tuple. With ports reused by the thousand nearly all are accepted: these are counted. */
export class ReusedTuples {
  readonly #maxGapNs: number;
  /** By listener, client address and client port. */
  readonly #predecessors = new Map<Listener, Map<string, Map<number, Predecessor>>>();
  #tuples = 0;
  readonly #byListener = new Map<Listener, ReusedAtListener>();

  /** `maxGapNs`: longest time since the connection before that is soon. */
  constructor(maxGapNs: number) {
    this.#maxGapNs = maxGapNs;
  }

  add(
    flow: Flow,
    identity: FlowIdentity,
    listener: Listener,
    challenge: Challenge,
    repeats: SynRepeats,
  ): void {
    if (!(flow.facts & (IS_REPLACED | REUSES_PORTS))) return;
    const ofClient = this.#predecessorsOf(identity.clientAddress, listener);
    const before = ofClient.get(identity.clientPort);
    if (flow.facts & REUSES_PORTS && before !== undefined && !(flow.facts & IS_SELF_CONNECT))
      this.#addReuse(flow, identity, listener, before, challenge, repeats);
    if (!(flow.facts & IS_REPLACED)) return;
    if (before === undefined && this.#tuples++ >= MAX_TUPLES) return;
    ofClient.set(identity.clientPort, {
      last: { flowId: flow.id, frame: flow.lastFrame, timeNs: flow.endNs },
      wasClosed: (flow.facts & (IS_CLOSED_BY_CLIENT | IS_CLOSED_BY_SERVER)) !== 0,
    });
  }

  /** Listeners with the connections that reuse a tuple, in order of appearance. */
  all(): IterableIterator<ReusedAtListener> {
    return this.#byListener.values();
  }

  #predecessorsOf(clientAddress: string, listener: Listener): Map<number, Predecessor> {
    let clients = this.#predecessors.get(listener);
    if (clients === undefined) {
      clients = new Map();
      this.#predecessors.set(listener, clients);
    }
    let ports = clients.get(clientAddress);
    if (ports === undefined) {
      ports = new Map();
      if (this.#tuples < MAX_TUPLES) clients.set(clientAddress, ports);
    }
    return ports;
  }

  #addReuse(
    flow: Flow,
    identity: FlowIdentity,
    listener: Listener,
    before: Predecessor,
    challenge: Challenge,
    repeats: SynRepeats,
  ): void {
    const { client, server } = flow;
    if (client.synFrame === 0) return;
    const at = (frame: number, timeNs: number): Evidence => ({ flowId: flow.id, frame, timeNs });
    let reception: Reception | "accepted" = "accepted";
    let answer: Evidence | null = null;
    if (challenge.frame > 0) {
      reception = "challenged";
      answer = at(challenge.frame, challenge.timeNs);
    } else if (server.synFrame === 0 && server.rstFrame > 0) {
      reception = "refused";
      answer = at(server.rstFrame, server.rstNs);
    } else if (
      repeats.count >= 2 &&
      repeats.answersFirst === 0 &&
      (server.synFrame > 0 || server.segments === 0)
    ) {
      reception = "silent";
      answer = at(repeats.firstFrame, repeats.firstNs);
    } else if (server.synFrame === 0) return;
    let entry = this.#byListener.get(listener);
    if (entry === undefined) {
      entry = { listener, port: identity.serverPort, soon: 0, flows: [] };
      this.#byListener.set(listener, entry);
    }
    const gapNs = client.synNs - before.last.timeNs;
    if (gapNs <= this.#maxGapNs) entry.soon++;
    if (reception === "accepted" || answer === null) return;
    entry.flows.push({
      flowId: flow.id,
      reception,
      vantage: vantageOf(flow, identity),
      wasClosed: before.wasClosed,
      gapNs,
      startNs: client.synNs,
      endNs: server.synFrame > 0 ? server.synNs : flow.endNs,
      before: before.last,
      syn: at(client.synFrame, client.synNs),
      answer,
    });
  }
}
