import { pairOf } from "./address-pair.js";
import type { ServerPaths } from "./server-paths.js";
import type { Hitch, StalledConnection } from "./stalled-addresses.js";

/** What went on until an outage began may seem to go on a second longer (address-activity.ts), and what is on its way arrives. */
const SLACK_NS = 1_000_000_000;

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
  return paths.wentOn(clientAddress, serverAddress, run.startNs + SLACK_NS, run.beforeLastNs);
}

/** So many of the segments of other connections, sent again, are no accident. */
const LOSSY = 0.02;

/** The path loses what other connections send, too: one of the same two repeated something in this time, or all there do often. */
export function isPathLossy(
  hitches: readonly Hitch[],
  stalls: readonly StalledConnection[],
  startNs: number,
  endNs: number,
): boolean {
  return hasHitchBeside(hitches, stalls, startNs, endNs) || isListenerLossy(stalls);
}

function isListenerLossy(stalls: readonly StalledConnection[]): boolean {
  const own = stalls.reduce((sum, { run }) => sum + run.repeats, 0);
  const listeners = [...new Set(stalls.map(({ listener }) => listener))];
  const retransmits = listeners.reduce((sum, listener) => sum + listener.retransmits, 0);
  const segments = listeners.reduce((sum, listener) => sum + listener.segments, 0);
  return retransmits - own > LOSSY * (segments - own);
}

function hasHitchBeside(
  hitches: readonly Hitch[],
  stalls: readonly StalledConnection[],
  startNs: number,
  endNs: number,
): boolean {
  const own = new Set(stalls.map(({ flowId }) => flowId));
  const pairs = new Set(
    stalls.map(({ clientAddress, serverAddress }) => pairOf(clientAddress, serverAddress)),
  );
  return hitches.some(
    (hitch) =>
      hitch.isRepeated &&
      hitch.startNs < endNs &&
      hitch.endNs > startNs &&
      !own.has(hitch.flowId) &&
      pairs.has(pairOf(hitch.clientAddress, hitch.serverAddress)),
  );
}
