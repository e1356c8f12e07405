import type { Listener } from "../../engine/listeners.js";
import type { Flow } from "../../flows/flow.js";

/** What systems send with: Linux and BSD, Windows, Solaris and routers. */
const INITIAL_TTLS = [64, 128, 255] as const;
/** Several ways may differ by a router: what comes from so far off is somebody else's for sure … */
const FEWEST_ROUTERS = 2;
/** … and less where so many answers and so many refusals agree among themselves. */
const FEWEST_ALIKE = 2;

/** No way is so long: whoever answers has set a low TTL of its own (BGP between neighbours: 1). */
const MOST_ROUTERS = 40;

interface Distances {
  least: number;
  most: number;
  count: number;
  /** Of the first. */
  readonly ttl: number;
}

/** How far off whoever answers SYNs at a listener is, in routers between it and the capture, as the TTL tells. */
export class AnswerDistances {
  readonly #byListener = new Map<Listener, Distances>();

  /** A flow with a SYN-ACK. */
  add({ server: { ttl } }: Flow, listener: Listener): void {
    const distance = routersPassed(ttl);
    const known = this.#byListener.get(listener);
    if (known === undefined) {
      this.#byListener.set(listener, { least: distance, most: distance, count: 1, ttl });
      return;
    }
    known.least = Math.min(known.least, distance);
    known.most = Math.max(known.most, distance);
    known.count++;
  }

  /**
   * Those of several refusals of the listener's that come from somebody else in its name: all from nearer than any SYN-ACK, with the TTL
   * of these; null when they need not. (A RST may have another initial TTL than a SYN-ACK of the same host has.)
   */
  foreignAmong<Refusal extends { readonly rstTtl: number }>(
    listener: Listener,
    refusals: readonly Refusal[],
  ): { readonly foreign: readonly Refusal[]; readonly answerTtl: number } | null {
    const answers = this.#byListener.get(listener);
    if (answers === undefined || answers.most > MOST_ROUTERS) return null;
    const foreign = refusals.filter(({ rstTtl }) => routersPassed(rstTtl) < answers.least);
    if (foreign.length === 0) return null;
    const farthest = foreign.reduce((most, { rstTtl }) => Math.max(most, routersPassed(rstTtl)), 0);
    const areAlike =
      foreign.length >= FEWEST_ALIKE && answers.count >= FEWEST_ALIKE && answers.least === answers.most;
    const isSure = answers.least - farthest >= (areAlike ? 1 : FEWEST_ROUTERS);
    return isSure ? { foreign, answerTtl: answers.ttl } : null;
  }
}

/** How many routers lowered a TTL, 0 to 127: initial values lie far apart. */
export function routersPassed(ttl: number): number {
  return INITIAL_TTLS.find((initial) => initial >= ttl)! - ttl;
}
