import type { Evidence } from "../../engine/finding.js";
import type { Listener } from "../../engine/listeners.js";
import { TypicalTime } from "../../engine/typical-time.js";
import { SPEAKS_SSH } from "../../flows/endpoint.js";
import { type Flow, IS_KNOWN_BY_SYN, IS_KNOWN_BY_SYN_ACK } from "../../flows/flow.js";
import type { FlowIdentity } from "../../flows/flow-identity.js";
import { hasNearTerminator } from "../attempts/near-terminator.js";
import { type Sufferer, type Suffering, suffererOf } from "../listeners/listener-incidents.js";
import { areCrossing } from "./crossing-messages.js";
import { hasLateKeepaliveAnswers, type KeepaliveAnswerState } from "./keepalive-answers.js";
import {
  firstAnswerNs,
  hasNoTurns,
  type LostAnswerState,
  type ServerWaitState,
  type ServerWaits,
  unansweredUntilNs,
  waitsOf,
} from "./server-waits.js";
import { type SwallowedAnswerState, wasSwallowed } from "./swallowed-answer.js";

/** Waits kept of one listener: what more there are would say the same. */
const MAX_WAITS = 100_000;
/** So many first answers tell what is usual. */
export const MANY_ANSWERS = 3;
/** A client that spends this share of its connection in several waits is meant to wait. */
const WAITING_SHARE = 0.8;
const WAITING_TIMES = 2;

/** Listeners on so many different ports are the hosts of a peer-to-peer network, each of which has chosen its own. */
const MANY_PEERS = 12;
const FIRST_UNPRIVILEGED_PORT = 1024;
/** A peer is not asked as often as a server. */
const MOST_FLOWS_OF_PEER = 2;

/** Remote shells: SSH, telnet, rlogin, rsh. */
const SHELL_PORTS: ReadonlySet<number> = new Set([22, 23, 513, 514]);

export type WaitRole = "before" | "answer";

/** A flow that waited for its server, or still does: then `endNs` is Infinity while the connection is open. */
export interface WaitedFlow extends Sufferer, Suffering<WaitRole> {
  readonly clientAddress: string;
  readonly serverAddress: string;
  /** How many of its waits were as long as the longest. */
  readonly asLong: number;
  /** It did little else than to wait, several times. */
  readonly isMeantToWait: boolean;
  /** The client goes on without answers: what was waited for may be none. */
  readonly hasNoTurns: boolean;
  /** What ended its waits was what its client had sent before, octet for octet as short: both may send that of themselves. */
  readonly isAlike: boolean;
  /** The longest wait was for the server's first data, a greeting left out. */
  readonly isFirstAnswer: boolean;
  /** Something near the client acknowledges in the server's name. */
  readonly hasNearTerminator: boolean;
  /** Something near the client hides how far away the server is. */
  readonly hasNearAccelerator: boolean;
}

/** What is known of the answers of one listener. */
export interface WaitedListener {
  readonly listener: Listener;
  readonly port: number;
  /** First answers of its flows. */
  readonly usual: TypicalTime;
  readonly waits: WaitedFlow[];
  /** Flows whose one request has no answer. */
  readonly unanswered: WaitedFlow[];
  /** Flows that waited for an answer which was lost when it was sent first. */
  readonly lost: LostAnswer[];
  /** Flows that never got the answer that the server had sent. */
  readonly swallowed: SwallowedAnswer[];
}

/**
 * It followed after other answers on a connection of which there are few: whether what the client had sent asked for an answer, and how
 * long such a one takes, is not known.
 */
export function isLone({ isFirstAnswer }: WaitedFlow, { usual }: WaitedListener): boolean {
  return usual.count < MANY_ANSWERS && !isFirstAnswer;
}

/** A wait for an answer that was sent again. */
export interface LostAnswer extends WaitedFlow {
  /** Of the server's packets meanwhile. */
  readonly packets: number;
}

/** An answer that was sent and never came. */
export interface SwallowedAnswer extends LostAnswer {
  readonly octets: number;
}

/** What is kept per flow: its waits, and how its keepalives were answered. */
export type WaitState = ServerWaitState & KeepaliveAnswerState;

/** Collects by listener how long its answers took: what is usual there, and the flows that waited. */
export class WaitedFlows {
  readonly #byListener = new Map<Listener, WaitedListener>();

  add(
    flow: Flow,
    identity: FlowIdentity,
    listener: Listener,
    kept: WaitState,
    lostAnswer: LostAnswerState,
    swallowed: SwallowedAnswerState,
  ): void {
    // Who is the server is a guess in a capture that begins in mid-stream, and after all it may be the one that asks.
    if ((flow.facts & (IS_KNOWN_BY_SYN | IS_KNOWN_BY_SYN_ACK)) === 0) return;
    if (isShell(flow, identity)) return;
    const answerNs = firstAnswerNs(flow);
    if (answerNs !== null) this.#of(listener, identity).usual.add(answerNs);
    if (kept.pushes === 0 && (kept.waits > 0 || kept.lastWordTo > 0)) {
      const own = waitsOf(kept, flow);
      if (own.waits > 0 && !areCrossing(kept.alike, own.waits, flow.client))
        this.#addWait(flow, identity, listener, kept, own);
    }
    if (lostAnswer.waitNs > 0) {
      const { lost } = this.#of(listener, identity);
      if (lost.length < MAX_WAITS) lost.push(lostOf(flow, identity, listener, kept, lostAnswer));
    }
    if (wasSwallowed(swallowed, flow)) {
      const own = this.#of(listener, identity).swallowed;
      if (own.length < MAX_WAITS) own.push(swallowedOf(flow, identity, listener, kept, swallowed));
    }
    const untilNs = unansweredUntilNs(flow);
    if (untilNs === null) return;
    const { unanswered } = this.#of(listener, identity);
    if (unanswered.length < MAX_WAITS) unanswered.push(unansweredOf(flow, identity, listener, kept, untilNs));
  }

  #addWait(flow: Flow, identity: FlowIdentity, listener: Listener, kept: WaitState, own: ServerWaits): void {
    const { waits } = this.#of(listener, identity);
    if (waits.length < MAX_WAITS) waits.push(waitOf(flow, identity, listener, kept, own));
  }

  /** All but the hosts of a peer-to-peer network: they answer when they like, and nobody can ask them to hurry. */
  listeners(): WaitedListener[] {
    const all = [...this.#byListener.values()];
    const peers = all.filter(
      ({ listener, port }) => port >= FIRST_UNPRIVILEGED_PORT && listener.flows <= MOST_FLOWS_OF_PEER,
    );
    if (new Set(peers.map(({ port }) => port)).size < MANY_PEERS) return all;
    const left = new Set(peers);
    return all.filter((each) => !left.has(each));
  }

  #of(listener: Listener, { serverPort }: FlowIdentity): WaitedListener {
    let entry = this.#byListener.get(listener);
    if (entry === undefined) {
      const usual = new TypicalTime();
      entry = { listener, port: serverPort, usual, waits: [], unanswered: [], lost: [], swallowed: [] };
      this.#byListener.set(listener, entry);
    }
    return entry;
  }
}

/** Its server answers when the command that was typed has something to say. */
function isShell({ server }: Flow, { serverPort }: FlowIdentity): boolean {
  return SHELL_PORTS.has(serverPort) || (server.facts & SPEAKS_SSH) !== 0;
}

function waiterOf(flow: Flow, identity: FlowIdentity, listener: Listener) {
  const { clientAddress, serverAddress } = identity;
  return { ...suffererOf(flow, identity, listener), clientAddress, serverAddress };
}

function waitOf(
  flow: Flow,
  identity: FlowIdentity,
  listener: Listener,
  kept: WaitState,
  own: ServerWaits,
): WaitedFlow {
  const sufferer = waiterOf(flow, identity, listener);
  const at = (frame: number, timeNs: number): Evidence => ({ flowId: flow.id, frame, timeNs });
  const { waits, asLong, totalNs, worstNs, beforeNs, beforeFrame, answerNs, answerFrame } = own;
  return {
    ...sufferer,
    side: "server",
    count: waits,
    asLong,
    totalNs,
    worstNs,
    evidence: { before: at(beforeFrame, beforeNs), answer: at(answerFrame, answerNs) },
    startNs: answerNs - worstNs,
    endNs: answerNs,
    hasNoTurns: hasNoTurns(kept),
    isFirstAnswer: answerFrame === flow.server.firstDataFrame || answerNs === flow.greetedAnswerNs,
    hasNearTerminator: hasNearTerminator(flow, sufferer.vantage),
    hasNearAccelerator: hasLateKeepaliveAnswers(kept, flow, sufferer.vantage),
    isMeantToWait: waits >= WAITING_TIMES && totalNs >= WAITING_SHARE * (flow.endNs - flow.startNs),
    isAlike: kept.alike >= waits,
  };
}

function unansweredOf(
  flow: Flow,
  identity: FlowIdentity,
  listener: Listener,
  kept: WaitState,
  untilNs: number,
): WaitedFlow {
  const { id, client, lastFrame, endNs } = flow;
  const before = { flowId: id, frame: client.firstDataFrame, timeNs: client.firstDataNs };
  return onlyWaitOf(flow, identity, listener, kept, {
    before,
    answer: { flowId: id, frame: lastFrame, timeNs: endNs },
    untilNs,
  });
}

function lostOf(
  flow: Flow,
  identity: FlowIdentity,
  listener: Listener,
  kept: WaitState,
  { packets, beforeNs, beforeFrame, answerNs, answerFrame }: LostAnswerState,
): LostAnswer {
  const wait = onlyWaitOf(flow, identity, listener, kept, {
    before: { flowId: flow.id, frame: beforeFrame, timeNs: beforeNs },
    answer: { flowId: flow.id, frame: answerFrame, timeNs: answerNs },
    untilNs: answerNs,
  });
  return { ...wait, packets };
}

function swallowedOf(
  flow: Flow,
  identity: FlowIdentity,
  listener: Listener,
  kept: WaitState,
  { seenNs, seenFrame, octets, packets }: SwallowedAnswerState,
): SwallowedAnswer {
  const { id, client } = flow;
  const wait = onlyWaitOf(flow, identity, listener, kept, {
    before: { flowId: id, frame: client.firstDataFrame, timeNs: client.firstDataNs },
    answer: { flowId: id, frame: seenFrame, timeNs: seenNs },
    untilNs: seenNs,
  });
  return { ...wait, octets, packets };
}

/** A wait for the server's first word. */
export interface OnlyWait {
  /** The wait begins with it. */
  readonly before: Evidence;
  readonly answer: Evidence;
  readonly untilNs: number;
}

export function onlyWaitOf(
  flow: Flow,
  identity: FlowIdentity,
  listener: Listener,
  kept: WaitState,
  { before, answer, untilNs }: OnlyWait,
): WaitedFlow {
  const sufferer = waiterOf(flow, identity, listener);
  const waitedNs = untilNs - before.timeNs;
  return {
    ...sufferer,
    side: "server",
    count: 1,
    totalNs: waitedNs,
    worstNs: waitedNs,
    evidence: { before, answer },
    startNs: before.timeNs,
    endNs: untilNs,
    asLong: 1,
    isMeantToWait: false,
    hasNoTurns: false,
    isAlike: false,
    isFirstAnswer: true,
    hasNearTerminator: hasNearTerminator(flow, sufferer.vantage),
    hasNearAccelerator: hasLateKeepaliveAnswers(kept, flow, sufferer.vantage),
  };
}
