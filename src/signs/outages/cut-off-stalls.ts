import { ACTIVITY_SLACK_NS } from "../addresses/address-activity.js";
import { pairOf } from "../addresses/address-pair.js";
import type { ServerPaths } from "../addresses/server-paths.js";
import type { Hitch } from "./hitch.js";
import type { StalledConnection } from "./stalled-addresses.js";

/**
 * Parts the stalls of one incident by address: `alone` are those of addresses that went on to answer the same host on
 * other connections, so that neither the address nor the path to it was gone; `together` the rest.
 */
export function partAlone(
  stalls: readonly StalledConnection[],
  paths: ServerPaths,
): { readonly alone: StalledConnection[]; readonly together: StalledConnection[] } {
  const alive = new Set(
    stalls.filter((stall) => isAnsweredElsewhere(stall, paths)).map(({ silent }) => silent),
  );
  return {
    alone: stalls.filter(({ silent }) => alive.has(silent)),
    together: stalls.filter(({ silent }) => !alive.has(silent)),
  };
}

/** Connections of the same two went on after what went unanswered first, and what was repeated behind that was in vain, too. */
function isAnsweredElsewhere(
  { run, clientAddress, serverAddress }: StalledConnection,
  paths: ServerPaths,
): boolean {
  return paths.wentOn(clientAddress, serverAddress, run.startNs + ACTIVITY_SLACK_NS, run.beforeLastNs);
}

/**
 * What is known of other connections there. some: between the same two one had to send again meanwhile. much: all to these
 * servers lose as much as loss-rate-high speaks of.
 */
export type LossBeside = "none" | "some" | "much";

/** So many of the segments of other connections, and such a share, sent again are what loss-rate-high speaks of. */
const MUCH_LOSS = { segments: 5, share: 0.03 };

/** `hitches` are those of all flows, by pairOf. */
export function lossBeside(
  hitches: ReadonlyMap<string, readonly Hitch[]>,
  stalls: readonly StalledConnection[],
  startNs: number,
  endNs: number,
): LossBeside {
  if (isMuchLost(stalls)) return "much";
  return hasHitchBeside(hitches, stalls, startNs, endNs) ? "some" : "none";
}

function isMuchLost(stalls: readonly StalledConnection[]): boolean {
  // A connection may have stood still twice, once in each way.
  const own = [...new Map(stalls.map((stall) => [stall.flowId, stall])).values()];
  const listeners = [...new Set(stalls.map(({ listener }) => listener))];
  const sum = (of: "segments" | "retransmits"): number =>
    listeners.reduce((total, each) => total + each[of], 0) - own.reduce((total, each) => total + each[of], 0);
  const lost = sum("retransmits");
  return lost >= MUCH_LOSS.segments && lost > MUCH_LOSS.share * sum("segments");
}

function hasHitchBeside(
  hitches: ReadonlyMap<string, readonly Hitch[]>,
  stalls: readonly StalledConnection[],
  startNs: number,
  endNs: number,
): boolean {
  const own = new Set(stalls.map(({ flowId }) => flowId));
  const pairs = new Set(
    stalls.map(({ clientAddress, serverAddress }) => pairOf(clientAddress, serverAddress)),
  );
  const isBeside = (hitch: Hitch): boolean =>
    hitch.isRepeated && hitch.startNs < endNs && hitch.endNs > startNs && !own.has(hitch.flowId);
  return [...pairs].some((pair) => (hitches.get(pair) ?? []).some(isBeside));
}
