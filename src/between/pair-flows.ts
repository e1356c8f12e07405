import { appendTo } from "../engine/append-to.js";
import type { ObservedFlow } from "./observation.js";

/** One connection in both captures. */
export interface FlowPair {
  readonly first: ObservedFlow;
  readonly second: ObservedFlow;
  /** Without a SYN the second one took the client for the server. */
  readonly isTurned: boolean;
}

/** No sequence number is it. */
const NO_ISN = -1;

export interface PairedFlows {
  readonly pairs: readonly FlowPair[];
  readonly onlyFirst: readonly ObservedFlow[];
  readonly onlySecond: readonly ObservedFlow[];
}

/**
 * Finds the connections that both captures hold. By their ISNs, which address translation leaves alone, first those
 * whose ends are the same; where a SYN is missing, or something between changes numbers too, by their addresses and
 * ports, and in order where these were used again.
 */
export function pairFlows(first: readonly ObservedFlow[], second: readonly ObservedFlow[]): PairedFlows {
  const pairs: FlowPair[] = [];
  const [leftFirst, leftSecond] = [new Set(first), new Set(second)];
  const pair = (one: ObservedFlow, other: ObservedFlow, isTurned: boolean): void => {
    pairs.push({ first: one, second: other, isTurned });
    leftFirst.delete(one);
    leftSecond.delete(other);
  };
  const byIsn = indexed(second, ({ clientIsn }) => clientIsn);
  const alike = (flow: ObservedFlow): ObservedFlow[] =>
    (flow.clientIsn === null ? [] : (byIsn.get(flow.clientIsn) ?? [])).filter(
      (other) => leftSecond.has(other) && agree(flow.serverIsn, other.serverIsn),
    );
  for (const flow of first) {
    const other = alike(flow).find((each) => endsOf(each) === endsOf(flow));
    if (other !== undefined) pair(flow, other, false);
  }
  const isnsLeft = indexed([...leftFirst], ({ clientIsn }) => clientIsn);
  for (const flow of leftFirst) {
    const [other, another] = alike(flow);
    // Scanners use one number again and again.
    if (
      other === undefined ||
      another !== undefined ||
      (isnsLeft.get(flow.clientIsn ?? NO_ISN)?.length ?? 0) > 1
    )
      continue;
    pair(flow, other, false);
  }
  for (const isTurned of [false, true]) {
    const byEnds = indexed([...leftSecond], isTurned ? turnedEndsOf : endsOf);
    for (const [ends, flows] of indexed([...leftFirst], endsOf)) {
      const others = byEnds.get(ends) ?? [];
      for (const [one, other] of inOrder(flows, others)) pair(one, other, isTurned);
    }
  }
  pairs.sort((a, b) => a.first.id - b.first.id);
  return { pairs, onlyFirst: [...leftFirst], onlySecond: [...leftSecond] };
}

/** Of the same ends; where ISNs contradict each other the first is the first only if there are as many of them. */
function inOrder(
  flows: readonly ObservedFlow[],
  others: readonly ObservedFlow[],
): (readonly [ObservedFlow, ObservedFlow])[] {
  const both = flows.slice(0, others.length).map((flow, index) => [flow, others[index]!] as const);
  const isSure = flows.length === others.length;
  return both.filter(([one, other]) => isSure || one.clientIsn === null || other.clientIsn === null);
}

function agree(one: number | null, other: number | null): boolean {
  return one === null || other === null || one === other;
}

function endsOf({ clientAddress, clientPort, serverAddress, serverPort }: ObservedFlow): string {
  return `${clientAddress} ${clientPort} ${serverAddress} ${serverPort}`;
}

function turnedEndsOf({ clientAddress, clientPort, serverAddress, serverPort }: ObservedFlow): string {
  return `${serverAddress} ${serverPort} ${clientAddress} ${clientPort}`;
}

function indexed<Key>(
  flows: readonly ObservedFlow[],
  keyOf: (flow: ObservedFlow) => Key | null,
): Map<Key, ObservedFlow[]> {
  const index = new Map<Key, ObservedFlow[]>();
  for (const flow of flows) {
    const key = keyOf(flow);
    if (key !== null) appendTo(index, key, flow);
  }
  return index;
}
