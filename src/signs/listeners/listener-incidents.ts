import type { Evidence, FindingData, Vantage } from "../../engine/finding.js";
import type { Listener } from "../../engine/listeners.js";
import { listenerValues } from "../../engine/message-values.js";
import { vantageOf } from "../../engine/vantage.js";
import type { Flow } from "../../flows/flow.js";
import type { FlowIdentity } from "../../flows/flow-identity.js";

/** One end of a connection. */
export type Side = "client" | "server";

/** A flow, as incidents know it. */
export interface Sufferer {
  readonly flowId: number;
  readonly listener: Listener;
  readonly port: number;
  readonly vantage: Vantage;
}

export function suffererOf(flow: Flow, identity: FlowIdentity, listener: Listener): Sufferer {
  return { flowId: flow.id, listener, port: identity.serverPort, vantage: vantageOf(flow, identity) };
}

/** What one flow suffered. */
export interface Suffering<Role extends string> {
  /** Whose doing it is, where the rule tells the ends apart: the same listener has an incident for each. */
  readonly side: Side;
  /** How often. */
  readonly count: number;
  /** For how long in all. Nanoseconds. */
  readonly totalNs: number;
  /** For how long at worst: the flow with the largest gives the evidence. Nanoseconds. */
  readonly worstNs: number;
  readonly evidence: Readonly<Record<Role, Evidence>>;
  readonly startNs: number;
  readonly endNs: number;
}

/** All flows of one listener that suffered the same by the same end. */
export interface ListenerIncident<Each extends Suffering<string>> {
  readonly listener: Listener;
  readonly port: number;
  readonly side: Side;
  /** In order of appearance; at least one. */
  readonly flowIds: number[];
  /** Over all flows, like `totalNs`. */
  count: number;
  totalNs: number;
  startNs: number;
  endNs: number;
  /** That of all flows, unknown where they disagree. */
  vantage: Vantage;
  worst: Each;
}

/** Collects what flows suffered, by listener: one incident, one finding. Keeps of a flow but its id and the worst. */
export class ListenerIncidents<Each extends Suffering<string>> {
  readonly #incidents = new Map<Listener, Map<Side, ListenerIncident<Each>>>();

  add({ flowId, listener, port, vantage }: Sufferer, suffering: Each): void {
    let bySide = this.#incidents.get(listener);
    if (bySide === undefined) {
      bySide = new Map();
      this.#incidents.set(listener, bySide);
    }
    const { side, count, totalNs, startNs, endNs } = suffering;
    const incident = bySide.get(side);
    if (incident === undefined) {
      const first = { listener, port, side, flowIds: [flowId], count, totalNs, startNs, endNs, vantage };
      bySide.set(side, { ...first, worst: suffering });
      return;
    }
    incident.flowIds.push(flowId);
    incident.count += count;
    incident.totalNs += totalNs;
    incident.startNs = Math.min(incident.startNs, startNs);
    incident.endNs = Math.max(incident.endNs, endNs);
    if (incident.vantage !== vantage) incident.vantage = "unknown";
    if (suffering.worstNs > incident.worst.worstNs) incident.worst = suffering;
  }

  /** In the order in which their first flows appeared. */
  *all(): IterableIterator<ListenerIncident<Each>> {
    for (const bySide of this.#incidents.values()) yield* bySide.values();
  }
}

/** The other end. */
export function peerOf(side: Side): Side {
  return side === "client" ? "server" : "client";
}

/** The values that every such rule fills into its texts: "12 of 500 connections to 10.0.0.2:80". */
export function incidentData({
  listener,
  port,
  side,
  flowIds,
  count,
  totalNs,
  worst,
}: ListenerIncident<Suffering<string>>): FindingData {
  return {
    ...listenerValues(listener, port),
    side,
    peer: peerOf(side),
    hitFlows: flowIds.length,
    count,
    times: count === 1 ? "once" : `${count} times`,
    totalSeconds: threeDigitSeconds(totalNs),
    worstSeconds: threeDigitSeconds(worst.worstNs),
  };
}

/** What `Report` wants of an incident beside message, data and confidence. */
export function incidentReport<Role extends string>({
  listener,
  side,
  flowIds,
  vantage,
  startNs,
  endNs,
  worst,
}: ListenerIncident<Suffering<Role>>) {
  return {
    evidence: worst.evidence,
    subject: `${listener.name} (${side})`,
    flowIds,
    vantage,
    startNs,
    endNs,
  };
}

/** Nanoseconds as seconds such as `0.24`, `3.1`, `120`: three digits that count, and no more where it rounds to `1.0` or `100`. */
export function threeDigitSeconds(timeNs: number): string {
  const value = timeNs / 1e9;
  return value.toFixed(value < 0.995 ? 2 : value < 99.95 ? 1 : 0);
}
