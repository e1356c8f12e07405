import type { Evidence, Vantage } from "../../engine/finding.js";
import type { Listener } from "../../engine/listeners.js";
import { listenerValues, seconds } from "../../engine/message-values.js";
import type { RuleContext } from "../../engine/rule.js";
import { vantageOf } from "../../engine/vantage.js";
import type { Flow } from "../../flows/flow.js";
import { HAS_PROGRESS } from "../../flows/flow.js";
import type { FlowIdentity } from "../../flows/flow-identity.js";
import { ClientSites } from "../addresses/client-sites.js";
import type { ServerPaths } from "../addresses/server-paths.js";
import { type FlowsAtListener, FlowsByListener } from "../listeners/flows-by-listener.js";
import { findHandshakeStall, type HandshakeStall } from "../outages/handshake-stall.js";
import { observeStalledAddresses } from "../outages/stalled-addresses.js";
import { type ForeignAnswers, observeForeignAnswers } from "./foreign-answers.js";

/**
 * A listener repeats an unanswered SYN-ACK after 1 s (tcp_timeout_init, RFC 6298 section 5.7), after 3 s if it is older
 * (RFC 1122, section 4.2.3.1). One that stays silent for longer holds no state of the connection.
 */
const SYN_ACK_TIMER_NS = 1_200_000_000;
/** A timer of the listener's own may be late by so much. */
const TIMER_SLACK = 1.2;
/** Data that came sooner came before any timer of the SYN-ACK's could have expired. */
const PROMPT_DATA_NS = 500_000_000;

/**
 * The three rules about a dropped handshake are one state machine; each reports its own kind, the most specific that
 * holds.
 */
export type StallKind = "syn-ack-repeated" | "cookie" | "unproven";

/** One flow that hung at its listener. */
export interface StalledFlow {
  readonly flowId: number;
  readonly client: string;
  readonly server: string;
  readonly stall: HandshakeStall;
  readonly vantage: Vantage;
  readonly isLoopback: boolean;
  /** More than one host spoke for the server, see foreign-answers.ts: its accept queue is not the first to suspect. */
  readonly isForeign: boolean;
  /** The latest SYN; 0 where none was captured. */
  readonly synNs: number;
  readonly startNs: number;
  /** End of the stall, or the last that was seen of the flow. */
  readonly endNs: number;
  readonly synAck: Evidence;
  readonly handshakeAck: Evidence;
  readonly firstData: Evidence;
  readonly firstRetransmission: Evidence;
  readonly lastRetransmission: Evidence;
  readonly repeatedSynAck: Evidence;
  /** The latest retransmission that the repeated SYN-ACK tells was in vain; 0 without any. */
  readonly inVainNs: number;
  readonly retransmissions: number;
  readonly repeats: number;
}

/** The stalls of one kind at one listener. */
export interface StalledListener extends FlowsAtListener<StalledFlow> {
  /** Those of every kind: they are one incident and bear each other out. */
  readonly allFlows: readonly StalledFlow[];
  /** All its clients stall at servers of other networks as well: what these have in common is the clients' side. */
  readonly isClientsFault: boolean;
  /** When connections of the same hosts went on. */
  readonly paths: ServerPaths;
}

/** Collects flows whose handshake the server dropped, by listener: one incident, one finding. */
export class StalledListeners {
  readonly #byListener = new FlowsByListener<StalledFlow>();
  readonly #foreign: ForeignAnswers;
  readonly #paths: ServerPaths;
  readonly #sites = new ClientSites();

  /** Call it in a rule's `create` only. */
  constructor({ observe }: Pick<RuleContext, "observe">) {
    this.#foreign = observe(observeForeignAnswers);
    this.#paths = observe(observeStalledAddresses).paths;
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
    return this.#describe(stalled, flows);
  }

  /** The listeners at which a flow stalled in the way `kind`. */
  *of(kind: StallKind): IterableIterator<StalledListener> {
    for (const stalled of this.#byListener.all()) {
      const timerNs = synAckTimerNs(stalled.flows);
      const flows = stalled.flows.filter((flow) => kindOf(flow, stalled.listener, timerNs) === kind);
      if (flows.length > 0) yield this.#describe(stalled, flows);
    }
  }

  #describe(stalled: FlowsAtListener<StalledFlow>, flows: readonly StalledFlow[]): StalledListener {
    const { listener, port, flows: allFlows } = stalled;
    const isClientsFault = this.#sites.isFaultOf(allFlows);
    return { listener, port, flows, allFlows, isClientsFault, paths: this.#paths };
  }
}

/** After what time at most the listener repeats its SYN-ACKs, as far as it did. Nanoseconds. */
export function synAckTimerNs(flows: readonly StalledFlow[]): number {
  let shortestNs = Number.POSITIVE_INFINITY;
  for (const { stall, synAck, firstData, repeatedSynAck } of flows) {
    if (!stall.hasRepeatedSynAck || firstData.timeNs - synAck.timeNs > PROMPT_DATA_NS) continue;
    shortestNs = Math.min(shortestNs, repeatedSynAck.timeNs - synAck.timeNs);
  }
  return Math.max(SYN_ACK_TIMER_NS, shortestNs === Number.POSITIVE_INFINITY ? 0 : shortestNs * TIMER_SLACK);
}

export function kindOf({ stall }: StalledFlow, listener: Listener, timerNs: number): StallKind {
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
    server: identity.serverAddress,
    stall,
    vantage: vantageOf(flow, identity),
    isLoopback: identity.isLoopback,
    isForeign,
    synNs: flow.lastSynNs,
    startNs: client.firstDataNs,
    endNs: flow.facts & HAS_PROGRESS ? flow.progressNs : flow.endNs,
    synAck: at(server.synFrame, server.synNs),
    handshakeAck: at(flow.handshakeAckFrame, flow.handshakeAckNs),
    firstData,
    firstRetransmission: at(flow.firstDataRepeatFrame, flow.firstDataRepeatNs),
    lastRetransmission: at(flow.firstDataLastRepeatFrame, flow.firstDataLastRepeatNs),
    repeatedSynAck: at(flow.repeatFrame, flow.repeatNs),
    inVainNs: flow.firstDataInVainNs,
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
