import { appendTo } from "../../engine/append-to.js";
import type { FlowOfAddresses } from "../addresses/flow-of-addresses.js";
import type { DeadlySpell, SpellsOfFlow } from "./idle-spells.js";

/** One connection alone tells something only of so long a silence, and beside another that went on. */
const LONG_ALONE_NS = 60_000_000_000;

/** What became of a connection whenever it had been idle. Nanoseconds since the capture's origin. */
export interface LastingConnection {
  readonly clientAddress: string;
  readonly serverAddress: string;
  /** The first segment captured of it, and the last before which both sides were heard. */
  readonly startNs: number;
  readonly bothHeardNs: number;
  readonly spells: SpellsOfFlow;
}

/** It died of being idle, or so it seems. */
export interface ForgottenConnection extends LastingConnection, FlowOfAddresses {
  readonly deadly: DeadlySpell;
  /** The RST's TTL is not that of the host in whose name it came. */
  readonly isResetForeign: boolean;
  readonly lastFrame: number;
  readonly lastNs: number;
}

/** Connections that died of longer silences than any that did the others no harm. */
export interface ForgottenIdle {
  /** What they have in common, as a text: `to 192.0.2.7`, `of 192.0.2.1`, or both. */
  readonly scope: string;
  readonly isReset: boolean;
  /** By the length of the silence; at least one. */
  readonly forgotten: readonly ForgottenConnection[];
  readonly shortestNs: number;
  readonly longestNs: number;
  /** The silences of a second or more that did no harm, and the longest of them. */
  readonly survived: number;
  readonly longestSurvivedNs: number;
}

/** What forgets connections stands before a server, before a client, or between two of them. */
const SCOPES: readonly ((connection: LastingConnection) => string)[] = [
  ({ serverAddress }) => `to ${serverAddress}`,
  ({ clientAddress }) => `of ${clientAddress}`,
  ({ clientAddress, serverAddress }) => `of ${clientAddress} to ${serverAddress}`,
];

/**
 * The incidents of which connections are parts that died of being idle, each of one at most. `lasting` are the others that tell
 * something: of silences that did no harm, or that not all was lost at once. Silences shorter than `minIdleNs` kill nothing.
 */
export function groupForgotten(
  forgotten: readonly ForgottenConnection[],
  lasting: readonly LastingConnection[],
  minIdleNs: number,
): ForgottenIdle[] {
  const incidents: ForgottenIdle[] = [];
  const told = new Set<ForgottenConnection>();
  for (const scopeOf of SCOPES) {
    const others = groupBy(lasting, scopeOf);
    const untold = forgotten.filter((each) => !told.has(each));
    for (const group of groupBy(untold, (each) => `${scopeOf(each)} ${each.deadly.resetTtl > 0}`).values()) {
      const scope = scopeOf(group[0]!);
      const incident = describe(scope, group, others.get(scope) ?? [], minIdleNs);
      if (incident === null) continue;
      incidents.push(incident);
      for (const each of group) told.add(each);
    }
  }
  return incidents;
}

/** Null where something else than the length of the silence may have decided. */
function describe(
  scope: string,
  group: readonly ForgottenConnection[],
  others: readonly LastingConnection[],
  minIdleNs: number,
): ForgottenIdle | null {
  const forgotten = group.toSorted((a, b) => idleNs(a) - idleNs(b));
  const shortestNs = idleNs(forgotten[0]!);
  const isReset = forgotten[0]!.deadly.resetTtl > 0;
  if (forgotten.length === 1 && (isReset || shortestNs < LONG_ALONE_NS)) return null;
  let [survived, longestSurvivedNs] = [0, 0];
  for (const { spells } of [...forgotten, ...others]) {
    survived += spells.survived;
    longestSurvivedNs = Math.max(longestSurvivedNs, spells.longestSurvivedNs);
  }
  if (shortestNs < minIdleNs || shortestNs <= longestSurvivedNs) return null;
  if (mayBeForgottenAtOnce(forgotten, ofSameSilent(forgotten, others))) return null;
  const longestNs = idleNs(forgotten.at(-1)!);
  return { scope, isReset, forgotten, shortestNs, longestNs, survived, longestSurvivedNs };
}

function idleNs({ deadly }: ForgottenConnection): number {
  return deadly.endNs - deadly.startNs;
}

/** Where all that died died at one host, others with that host: it alone may have been gone for a while. */
function ofSameSilent(
  forgotten: readonly ForgottenConnection[],
  others: readonly LastingConnection[],
): readonly LastingConnection[] {
  const [silent, another] = new Set(forgotten.map(silentOf));
  if (silent === undefined || another !== undefined) return others;
  return others.filter(({ clientAddress, serverAddress }) => [clientAddress, serverAddress].includes(silent));
}

function silentOf({ deadly, clientAddress, serverAddress }: ForgottenConnection): string {
  return deadly.isServerSending ? clientAddress : serverAddress;
}

/**
 * In a moment in which all were silent a host or a device may have started anew and known none of them, however long they were
 * idle; unless in each of these moments there was another connection that went on behind it.
 */
function mayBeForgottenAtOnce(
  forgotten: readonly ForgottenConnection[],
  others: readonly LastingConnection[],
): boolean {
  let fromNs = Math.max(...forgotten.map(({ deadly }) => deadly.startNs));
  const toNs = Math.min(...forgotten.map(({ deadly }) => deadly.endNs));
  for (const { startNs, bothHeardNs } of others.toSorted((a, b) => a.startNs - b.startNs)) {
    if (fromNs >= toNs || startNs >= fromNs) break;
    fromNs = Math.max(fromNs, bothHeardNs);
  }
  return fromNs < toNs;
}

function groupBy<Each>(all: readonly Each[], keyOf: (each: Each) => string): Map<string, Each[]> {
  const groups = new Map<string, Each[]>();
  for (const each of all) appendTo(groups, keyOf(each), each);
  return groups;
}
