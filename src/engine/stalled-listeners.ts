import type { Flow } from "../flows/flow.js";
import { HAS_PROGRESS } from "../flows/flow.js";
import type { FlowIdentity } from "../flows/flow-identity.js";
import type { Confidence, Evidence, Vantage } from "./finding.js";
import { findHandshakeStall, type HandshakeStall, type StallKind } from "./handshake-stall.js";
import type { Listener } from "./listeners.js";
import { vantageOf } from "./vantage.js";

/** So many stalls at one listener at the same time are no coincidence of lost packets. */
const COINCIDENCE_FLOWS = 3;

/** One flow that hung at its listener. */
export interface StalledFlow {
  readonly flowId: number;
  readonly stall: HandshakeStall;
  readonly vantage: Vantage;
  readonly isLoopback: boolean;
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
  readonly isReset: boolean;
}

/** The stalls at one listener. */
export interface StalledListener {
  readonly listener: Listener;
  readonly port: number;
  /** Those of the kind asked for, in order of appearance; at least one. */
  readonly flows: readonly StalledFlow[];
  /** Those of every kind: they are one incident and bear each other out. */
  readonly allFlows: readonly StalledFlow[];
}

/** Collects flows whose handshake the server dropped, by listener: one incident, one finding. */
export class StalledListeners {
  readonly #byListener = new Map<Listener, { port: number; flows: StalledFlow[] }>();

  add(flow: Flow, identity: FlowIdentity, listener: Listener): void {
    const stall = findHandshakeStall(flow);
    if (stall === null) return;
    let entry = this.#byListener.get(listener);
    if (entry === undefined) {
      entry = { port: identity.serverPort, flows: [] };
      this.#byListener.set(listener, entry);
    }
    entry.flows.push(describe(flow, identity, stall));
  }

  /** The listeners at which a flow stalled in the way `kind`. */
  *of(kind: StallKind): IterableIterator<StalledListener> {
    for (const [listener, { port, flows: allFlows }] of this.#byListener) {
      const flows = allFlows.filter((flow) => flow.stall.kind === kind);
      if (flows.length > 0) yield { listener, port, flows, allFlows };
    }
  }
}

function describe(flow: Flow, identity: FlowIdentity, stall: HandshakeStall): StalledFlow {
  const at = (frame: number, timeNs: number): Evidence => ({ flowId: flow.id, frame, timeNs });
  const { client, server } = flow;
  const firstData = at(client.firstDataFrame, client.firstDataNs);
  return {
    flowId: flow.id,
    stall,
    vantage: vantageOf(flow, identity),
    isLoopback: identity.isLoopback,
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
    isReset: flow.bareRstFrame > 0,
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

/** Most flows that hung at one moment. */
export function overlappingFlows(flows: readonly StalledFlow[]): number {
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

/** Several flows of the listener hung at once and could not be helped by one retransmission: lost packets do not do that. */
export function isCoincidence(incident: StalledListener): boolean {
  const stubborn = incident.allFlows.filter((flow) => flow.repeats > 0 || flow.retransmissions >= 2);
  return overlappingFlows(stubborn) >= COINCIDENCE_FLOWS;
}

/**
 * How sure a dropped handshake is without the kernel's word. On loopback the capture shows that the client's segments
 * arrived; elsewhere they may have been lost on the way (also between a capture near the server and its host). What
 * outweighs that: a proof of receipt, several flows that hung at once, a trace that only a cookie leaves, or a flow that
 * drew SYN-ACKs all the while, against all its segments, when others to the same listener fared well.
 */
export function stallConfidence(incident: StalledListener): Confidence {
  const hasOthers = incident.listener.flows > incident.allFlows.length;
  const isProven = incident.flows.some(
    (flow) =>
      isSeenArriving(flow) ||
      flow.stall.isReceiptProven ||
      hasCookieTrace(flow) ||
      (hasOthers && isStubborn(flow)),
  );
  return isProven || isCoincidence(incident) ? "strong" : "weak";
}

/** The SYN-ACK's clock or options are a cookie's, or the server answered an aged cookie with a bare RST. */
function hasCookieTrace({ stall, isReset }: StalledFlow): boolean {
  return stall.kind === "cookie" && (stall.hasCookieEvidence || isReset);
}

/** The SYN-ACK came again although the handshake's ACK, the data and a retransmission had been sent. */
function isStubborn(flow: StalledFlow): boolean {
  return flow.stall.kind === "syn-ack-repeated" && flow.retransmissions + flow.repeats >= 2;
}

/** The values that all three rules fill into their texts. */
export function stallData(incident: StalledListener): Record<string, string | number> {
  const { flows, listener, port } = incident;
  const unrecovered = flows.filter((flow) => flow.stall.stallNs === null).length;
  let ending = `${unrecovered} never recovered in the capture`;
  if (unrecovered === 0) ending = "all recovered";
  else if (unrecovered === flows.length) ending = "none recovered in the capture";
  return {
    listener: listener.name,
    port,
    hungFlows: flows.length,
    listenerFlows: listener.flows,
    connections: listener.flows === 1 ? "connection" : "connections",
    worstSeconds: (hungNs(worstOf(flows)) / 1e9).toFixed(1),
    ending,
  };
}

/** The vantage all flows agree on, else unknown. */
export function commonVantage(flows: readonly StalledFlow[]): Vantage {
  const first = flows[0]!.vantage;
  return flows.every((flow) => flow.vantage === first) ? first : "unknown";
}

/** First and last moment of the incident: what `Report` wants. */
export function stallSpan(flows: readonly StalledFlow[]): { startNs: number; endNs: number } {
  let startNs = Number.POSITIVE_INFINITY;
  let endNs = Number.NEGATIVE_INFINITY;
  for (const flow of flows) {
    startNs = Math.min(startNs, flow.startNs);
    endNs = Math.max(endNs, flow.endNs);
  }
  return { startNs, endNs };
}
