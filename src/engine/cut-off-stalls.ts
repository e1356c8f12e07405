import type { AddressActivity } from "./address-activity.js";
import type { StalledConnection } from "./stalled-addresses.js";

/** Spans of activity may be a second off (address-activity.ts), and an answer is a round trip on its way. */
const SLACK_NS = 1_000_000_000;

/**
 * Parts the stalls of one incident by address: `alone` are those of addresses that went on to answer the same host on
 * other connections, so that neither the address nor the path to it was gone; `together` the rest.
 */
export function partAlone(
  stalls: readonly StalledConnection[],
  activity: AddressActivity,
): { readonly alone: StalledConnection[]; readonly together: StalledConnection[] } {
  const alive = new Set(
    stalls.filter((stall) => isAnsweredElsewhere(stall, activity)).map(({ silent }) => silent),
  );
  return {
    alone: stalls.filter(({ silent }) => alive.has(silent)),
    together: stalls.filter(({ silent }) => !alive.has(silent)),
  };
}

/** The address was heard after what went unanswered first, and what was repeated behind that was not answered either. */
function isAnsweredElsewhere(
  { run, repeating, silent }: StalledConnection,
  activity: AddressActivity,
): boolean {
  if (run.kind !== "silent") return false;
  return activity.hasSent(silent, repeating, run.startNs + SLACK_NS, run.beforeLastNs - SLACK_NS);
}
