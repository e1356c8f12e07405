import type { Flow } from "../flows/flow.js";
import { HAS_PROGRESS } from "../flows/flow.js";
import type { FlowIdentity } from "../flows/flow-identity.js";
import type { TimeWindow } from "./accept-queue.js";
import { ClientSites } from "./client-sites.js";
import type { Confidence, Evidence, Vantage } from "./finding.js";
import { firstAfter } from "./first-after.js";
import { type FlowsAtListener, FlowsByListener } from "./flows-by-listener.js";
import type { ForeignAnswers } from "./foreign-answers.js";
import { findHandshakeStall, type HandshakeStall } from "./handshake-stall.js";
import type { Listener } from "./listeners.js";
import { listenerValues, seconds } from "./message-values.js";
import { vantageOf } from "./vantage.js";

/**
 * A listener repeats an unanswered SYN-ACK after 1 s (tcp_timeout_init, RFC 6298 section 5.7), after 3 s if it is older
 * (RFC 1122, section 4.2.3.1). One that stays silent for longer holds no state of the connection.
 */
const SYN_ACK_TIMER_NS = 1_200_000_000;
/** A timer of the listener's own may be late by so much. */
const TIMER_SLACK = 1.2;
/** Data that came sooner came before any timer of the SYN-ACK's could have expired. */
const PROMPT_DATA_NS = 500_000_000;

/** So many stalls at one listener at the same time are no coincidence of lost packets. */
const COINCIDENCE_FLOWS = 3;

/**
 * The three rules about a dropped handshake are one state machine; each reports its own kind, the most specific that
 * holds.
 */
export type StallKind = "syn-ack-repeated" | "cookie" | "unproven";

/** One flow that hung at its listener. */
export interface StalledFlow {
  readonly flowId: number;
  readonly client: string;
  readonly stall: HandshakeStall;
  readonly vantage: Vantage;
  readonly isLoopback: boolean;
  /** More than one host spoke for the server, see foreign-answers.ts: its accept queue is not the first to suspect. */
  readonly isForeign: boolean;
  readonly startNs: number;
  /** End of the stall, or the last that was seen of the flow. */
  readonly endNs: number;
  readonly synAck: Evidence;
  readonly handshakeAck: Evidence;
  readonly firstData: Evidence;
  readonly firstRetransmission: Evidence;
  readonly lastRetransmission: Evidence;
  readonly repeatedSynAck: Evidence;
  readonly retransmissions: number;
  readonly repeats: number;
}

/** The stalls of one kind at one listener. */
export interface StalledListener extends FlowsAtListener<StalledFlow> {
  /** Those of every kind: they are one incident and bear each other out. */
  readonly allFlows: readonly StalledFlow[];
  /** All its clients stall at servers of other networks as well: what these have in common is the clients' side. */
  readonly isClientsFault: boolean;
}

/** Collects flows whose handshake the server dropped, by listener: one incident, one finding. */
export class StalledListeners {
  readonly #byListener = new FlowsByListener<StalledFlow>();
  readonly #foreign: ForeignAnswers;
  readonly #sites = new ClientSites();

  /** `foreign` must be watched, too: it is what `context.observe(observeForeignAnswers)` gave. */
  constructor(foreign: ForeignAnswers) {
    this.#foreign = foreign;
  }

  add(flow: Flow, identity: FlowIdentity, listener: Listener): void {
    const stall = findHandshakeStall(flow);
    if (stall === null) return;
    const isForeign = this.#foreign.isForeign(flow);
    this.#byListener.add(listener, identity, describe(flow, identity, stall, isForeign));
    this.#sites.add(identity.clientAddress, identity.serverAddress);
  }

  /** Every stall at `listener`; null when there is none. */
  at(listener: Listener): StalledListener | null {
    const stalled = this.#byListener.at(listener);
    if (stalled === undefined) return null;
    const { flows } = stalled;
    return { ...stalled, allFlows: flows, isClientsFault: this.#sites.isFaultOf(flows) };
  }

  /** The listeners at which a flow stalled in the way `kind`. */
  *of(kind: StallKind): IterableIterator<StalledListener> {
    for (const { listener, port, flows: allFlows } of this.#byListener.all()) {
      const timerNs = synAckTimerNs(allFlows);
      const flows = allFlows.filter((flow) => kindOf(flow, listener, timerNs) === kind);
      if (flows.length === 0) continue;
      yield { listener, port, flows, allFlows, isClientsFault: this.#sites.isFaultOf(allFlows) };
    }
  }
}

/** After what time at most the listener repeats its SYN-ACKs, as far as it did. Nanoseconds. */
function synAckTimerNs(flows: readonly StalledFlow[]): number {
  let shortestNs = Number.POSITIVE_INFINITY;
  for (const { stall, synAck, firstData, repeatedSynAck } of flows) {
    if (!stall.hasRepeatedSynAck || firstData.timeNs - synAck.timeNs > PROMPT_DATA_NS) continue;
    shortestNs = Math.min(shortestNs, repeatedSynAck.timeNs - synAck.timeNs);
  }
  return Math.max(SYN_ACK_TIMER_NS, shortestNs === Number.POSITIVE_INFINITY ? 0 : shortestNs * TIMER_SLACK);
}

function kindOf({ stall }: StalledFlow, listener: Listener, timerNs: number): StallKind {
  if (stall.hasRepeatedSynAck) return "syn-ack-repeated";
  return stall.silentNs > timerNs || stall.hasChangedIsn || hasCookieSynAck(stall, listener)
    ? "cookie"
    : "unproven";
}

/** The SYN-ACK's clock or options are a cookie's. */
export function hasCookieSynAck(stall: HandshakeStall, listener: Listener): boolean {
  return stall.cookieLagMs !== null || (stall.hasLostOptions && listener.hasOptions);
}

function describe(
  flow: Flow,
  identity: FlowIdentity,
  stall: HandshakeStall,
  isForeign: boolean,
): StalledFlow {
  const at = (frame: number, timeNs: number): Evidence => ({ flowId: flow.id, frame, timeNs });
  const { client, server } = flow;
  const firstData = at(client.firstDataFrame, client.firstDataNs);
  return {
    flowId: flow.id,
    client: identity.clientAddress,
    stall,
    vantage: vantageOf(flow, identity),
    isLoopback: identity.isLoopback,
    isForeign,
    startNs: client.firstDataNs,
    endNs: flow.facts & HAS_PROGRESS ? flow.progressNs : flow.endNs,
    synAck: at(server.synFrame, server.synNs),
    handshakeAck: at(flow.handshakeAckFrame, flow.handshakeAckNs),
    firstData,
    firstRetransmission: at(flow.firstDataRepeatFrame, flow.firstDataRepeatNs),
    lastRetransmission: at(flow.firstDataLastRepeatFrame, flow.firstDataLastRepeatNs),
    repeatedSynAck: at(flow.repeatFrame, flow.repeatNs),
    retransmissions: flow.firstDataRepeats,
    repeats: flow.repeats,
  };
}

/** The flow that hung longest: one that never recovered before any that did. */
export function worstOf(flows: readonly StalledFlow[]): StalledFlow {
  let worst = flows[0]!;
  for (const flow of flows) if (hungNs(flow) > hungNs(worst)) worst = flow;
  return worst;
}

/** How long the flow hung, as far as captured. Nanoseconds. */
export function hungNs(flow: StalledFlow): number {
  return flow.stall.stallNs ?? flow.endNs - flow.startNs;
}

/** Most of the flows that hung at one moment. */
export function overlappingFlows(flows: readonly TimeWindow[]): number {
  const edges: [number, number][] = [];
  for (const flow of flows) edges.push([flow.startNs, 1], [flow.endNs, -1]);
  edges.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let now = 0;
  let most = 0;
  for (const [, step] of edges) {
    now += step;
    most = Math.max(most, now);
  }
  return most;
}

/** True when the capture shows that the client's segments reached the server's host: on loopback there is no way to lose them. */
export function isSeenArriving(flow: StalledFlow): boolean {
  return flow.isLoopback;
}

/**
 * Several flows of the listener hung at once, could not be helped by one retransmission, and the way to the listener
 * was open meanwhile: neither lost packets nor an outage of the path do that, unless the clients' own way loses packets.
 */
export function isCoincidence({ allFlows, listener, isClientsFault }: StalledListener): boolean {
  if (isClientsFault) return false;
  const stubborn = allFlows.filter(
    (flow) =>
      !flow.isForeign && (flow.repeats > 0 || (flow.retransmissions >= 2 && isPathOpen(flow, listener))),
  );
  return overlappingFlows(stubborn) >= COINCIDENCE_FLOWS;
}

/** The listener answered someone while the flow's segments were in vain. */
function isPathOpen(
  { stall, startNs, firstRetransmission, lastRetransmission }: StalledFlow,
  listener: Listener,
): boolean {
  // The last retransmission may be the one that got through, so for a flow that recovered look before the first.
  const untilNs = stall.stallNs === null ? lastRetransmission.timeNs : firstRetransmission.timeNs;
  const next = firstAfter(listener.answersNs, startNs + stall.roundTripNs);
  return next !== undefined && next < untilNs;
}

/**
 * How sure a dropped handshake is without the kernel's word. On loopback the capture shows that the client's segments
 * arrived; elsewhere they may have been lost on the way (also between a capture near the server and its host). What
 * outweighs that: a proof of receipt, several flows that hung at once, a trace that only a cookie leaves, or a flow that
 * drew SYN-ACKs all the while, against all its segments, when others to the same listener fared well. None of that
 * counts where a proxy stands before the server, and only proof and trace where the clients fare so everywhere.
 */
export function stallConfidence(incident: StalledListener): Confidence {
  const { listener, flows } = incident;
  const timerNs = synAckTimerNs(incident.allFlows);
  const hasOthers = listener.flows - listener.failed > incident.allFlows.length;
  const isProven = flows.some(
    (flow) =>
      isSeenArriving(flow) ||
      (!flow.isForeign &&
        (flow.stall.isReceiptProven ||
          (kindOf(flow, listener, timerNs) === "cookie" &&
            (hasCookieSynAck(flow.stall, listener) || flow.stall.isExpired)) ||
          (hasOthers && !incident.isClientsFault && isStubborn(flow)))),
  );
  return isProven || isCoincidence(incident) ? "strong" : "weak";
}

/** The SYN-ACK came again although the handshake's ACK, the data and a retransmission had been sent. */
function isStubborn({ stall, retransmissions, repeats }: StalledFlow): boolean {
  return stall.hasRepeatedSynAck && retransmissions + repeats >= 2;
}

/** The values that all three rules fill into their texts. */
export function stallData(incident: StalledListener): Record<string, string | number> {
  const { flows, listener, port } = incident;
  const unrecovered = flows.filter((flow) => flow.stall.stallNs === null).length;
  let ending = `${unrecovered} never recovered in the capture`;
  if (unrecovered === 0) ending = "all recovered";
  else if (unrecovered === flows.length) ending = "none recovered in the capture";
  return {
    ...listenerValues(listener, port),
    hungFlows: flows.length,
    worstSeconds: seconds(hungNs(worstOf(flows))),
    ending,
  };
}

/** The vantage all flows agree on, else unknown. */
export function commonVantage(flows: readonly { readonly vantage: Vantage }[]): Vantage {
  const first = flows[0]!.vantage;
  return flows.every((flow) => flow.vantage === first) ? first : "unknown";
}

/** First and last moment of an incident: what `Report` wants. */
export function stallSpan(flows: readonly TimeWindow[]): TimeWindow {
  let startNs = Number.POSITIVE_INFINITY;
  let endNs = Number.NEGATIVE_INFINITY;
  for (const flow of flows) {
    startNs = Math.min(startNs, flow.startNs);
    endNs = Math.max(endNs, flow.endNs);
  }
  return { startNs, endNs };
}
