import { appendTo } from "../../engine/append-to.js";
import type { Sufferer } from "../listeners/listener-incidents.js";
import type { HeldBack } from "./held-back.js";

/** A flow on which something was held back. */
export interface DelayedFlow extends Sufferer {
  readonly clientAddress: string;
  readonly serverAddress: string;
  readonly held: HeldBack;
}

/** Delays of several listeners that one standstill or queue explains: all flows have a client or a server in common. */
export interface SharedDelay {
  /** Address of the host that they have in common. */
  readonly host: string;
  readonly side: "client" | "server";
  /** In the order of time. */
  readonly flows: readonly DelayedFlow[];
}

/** A queue that is full holds back now this, now that, and others in between: no more than this lies between. Nanoseconds. */
const APART_NS = 2_000_000_000;
/** Of a flow that was held back for the first and the last time further apart only the worst is known to be of one incident. */
const LONGEST_INCIDENT_NS = 60_000_000_000;

/**
 * Delays that happened at the same time at several listeners, of one host; `alone`: all others. Hosts are told apart by the clients or
 * by the servers, whichever are fewer: a capture near a client has one of these, one near a server one of those.
 */
export function shareDelays(flows: readonly DelayedFlow[]): {
  readonly shared: readonly SharedDelay[];
  readonly alone: readonly DelayedFlow[];
} {
  const shared: SharedDelay[] = [];
  const alone: DelayedFlow[] = [];
  for (const together of inTime(flows)) {
    const byClient = groupBy(together, ({ clientAddress }) => clientAddress);
    const byServer = groupBy(together, ({ serverAddress }) => serverAddress);
    const side = byServer.size < byClient.size ? "server" : "client";
    for (const [host, own] of side === "server" ? byServer : byClient) {
      if (new Set(own.map(({ listener }) => listener)).size > 1) shared.push({ host, side, flows: own });
      else alone.push(...own);
    }
  }
  return { shared, alone };
}

/** Those that happened at the same time, together. */
function inTime(flows: readonly DelayedFlow[]): DelayedFlow[][] {
  const clusters: DelayedFlow[][] = [];
  let untilNs = Number.NEGATIVE_INFINITY;
  const spans = flows.map((flow) => ({ flow, ...spanOf(flow.held) })).sort((a, b) => a.startNs - b.startNs);
  for (const { flow, startNs, endNs } of spans) {
    if (startNs - untilNs > APART_NS) clusters.push([flow]);
    else clusters.at(-1)!.push(flow);
    untilNs = Math.max(untilNs, endNs);
  }
  return clusters;
}

function spanOf({ startNs, endNs, timeNs, proofNs }: HeldBack) {
  return endNs - startNs <= LONGEST_INCIDENT_NS ? { startNs, endNs } : { startNs: timeNs, endNs: proofNs };
}

function groupBy(flows: readonly DelayedFlow[], keyOf: (flow: DelayedFlow) => string) {
  const groups = new Map<string, DelayedFlow[]>();
  for (const flow of flows) appendTo(groups, keyOf(flow), flow);
  return groups;
}
