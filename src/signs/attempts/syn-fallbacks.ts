import { SYN_EXTENSIONS, SYN_TIMESTAMPS } from "../../decode/syn-extensions.js";
import { appendTo } from "../../engine/append-to.js";
import type { Evidence, Vantage } from "../../engine/finding.js";
import type { Listener } from "../../engine/listeners.js";
import { vantageOf } from "../../engine/vantage.js";
import type { Flow } from "../../flows/flow.js";
import type { FlowIdentity } from "../../flows/flow-identity.js";
import { pairOf } from "../addresses/address-pair.js";
import { isLongWay, isOpenedInOrder } from "./late-answers.js";
import { givenUp, type SynRepeats } from "./syn-repeats.js";
import { judgeSynTrials, type SynTrial, type SynTrialVerdict } from "./syn-trials.js";

/** Remembered in all: what comes behind them is not looked at. */
const MAX_TRIALS = 100_000;
/** Of these ways to ask, which differ in what a client gave up, a capture has few. */
const MAX_FALLBACKS = 10_000;

/** A connection that was opened by the first SYN which asks for less than those before it. */
export interface SynFallback {
  readonly flowId: number;
  readonly client: string;
  readonly listener: Listener;
  readonly port: number;
  readonly vantage: Vantage;
  /** What the others asked for and this one did not, bits of syn-extensions.ts. */
  readonly extensions: number;
  /** SYNs that asked for it. */
  readonly vainSyns: number;
  readonly syn: Evidence;
  readonly plainer: Evidence;
  readonly synAck: Evidence;
  /** From the first SYN to the SYN-ACK. */
  readonly startNs: number;
  readonly endNs: number;
}

/** Fallbacks that have a client or a listener in common, and only these, where SYNs without what was given up fare better. */
export interface FallbacksTogether {
  readonly fallbacks: readonly SynFallback[];
  readonly isOneClient: boolean;
  readonly verdict: SynTrialVerdict;
}

/** A listener, a client by its address, or one client at one listener. */
type Place = Listener | string;

/**
 * Collects connections that opened only when the client asked for less, and what became of other SYNs of the same clients and to the
 * same listeners since: whether it was what the client gave up, or chance.
 */
export class SynFallbacks {
  readonly #fallbacks: SynFallback[] = [];
  /** Of each place from its first fallback on, flows being added in order of appearance. */
  readonly #trials = new Map<Place, SynTrial[]>();
  readonly #minWaitNs: number;
  #count = 0;

  /** `minWaitNs`: shortest time from the first SYN to the plainer one. */
  constructor(minWaitNs: number) {
    this.#minWaitNs = minWaitNs;
  }

  /** Nothing needs to be told of connections whose first SYN was answered: so far there are none to compare them with. */
  get isEmpty(): boolean {
    return this.#fallbacks.length === 0;
  }

  add(flow: Flow, identity: FlowIdentity, listener: Listener, repeats: SynRepeats): void {
    const { client, server } = flow;
    if (client.synFrame === 0 || this.#count >= MAX_TRIALS || this.#fallbacks.length >= MAX_FALLBACKS) return;
    const asked = client.facts & SYN_EXTENSIONS;
    const isFirstInVain = repeats.count > 0 && repeats.answersFirst === 0;
    const fallback = isFirstInVain ? this.#fallbackOf(flow, identity, listener, repeats) : null;
    if (fallback === null && this.isEmpty) return;
    const { clientAddress } = identity;
    const places = [clientAddress, listener, pairOf(clientAddress, listener.name)];
    if (fallback !== null) {
      this.#fallbacks.push(fallback);
      for (const place of places) if (!this.#trials.has(place)) this.#trials.set(place, []);
    }
    const note = (timeNs: number, extensions: number, isAnswered: boolean, isFallback = false): void => {
      const trial = { timeNs, extensions, isAnswered, isFallback };
      for (const place of places) this.#trials.get(place)?.push(trial);
      this.#count++;
    };
    if (!places.some((place) => this.#trials.has(place))) return;
    if (isFirstInVain) note(client.synNs, asked, false, fallback !== null);
    // Another SYN follows one that asked for less.
    if (isFirstInVain && repeats.lackedBefore > 0)
      note(repeats.inVainNs, asked & ~repeats.lackedBefore, false);
    if (server.segments > 0) {
      const timeNs = isFirstInVain ? Math.max(repeats.lackingNs, repeats.firstNs) : client.synNs;
      note(timeNs, isFirstInVain ? asked & ~repeats.lacks : asked, true);
    }
  }

  /** By client where fewer clients than listeners have fallbacks, else by listener; what that leaves the other way, then by both. */
  *all(): IterableIterator<FallbacksTogether> {
    const byExtensions = new Map<number, SynFallback[]>();
    for (const fallback of this.#fallbacks) appendTo(byExtensions, fallback.extensions, fallback);
    for (const fallbacks of byExtensions.values()) yield* this.#together(fallbacks);
  }

  *#together(fallbacks: readonly SynFallback[]): IterableIterator<FallbacksTogether> {
    const clients = new Set(fallbacks.map(({ client }) => client)).size;
    const listeners = new Set(fallbacks.map(({ listener }) => listener)).size;
    const [first, second] = clients < listeners ? [clientOf, listenerOf] : [listenerOf, clientOf];
    let left = fallbacks;
    for (const placeOf of [first, second, pairOfFallback]) {
      const rest: SynFallback[] = [];
      for (const [place, together] of grouped(left, placeOf)) {
        const verdict = judgeSynTrials(this.#trials.get(place)!, together[0]!.extensions);
        const isOneClient = placeOf === clientOf && new Set(together.map(listenerOf)).size > 1;
        if (verdict === null) rest.push(...together);
        else yield { fallbacks: together, isOneClient, verdict };
      }
      left = rest;
    }
  }

  #fallbackOf(
    flow: Flow,
    identity: FlowIdentity,
    listener: Listener,
    repeats: SynRepeats,
  ): SynFallback | null {
    const { id: flowId, client, server } = flow;
    const extensions = givenUp(repeats);
    if (extensions === 0 || !isOpenedInOrder(flow) || !answersPlainer(flow, repeats)) return null;
    if (repeats.lackingNs - client.synNs < this.#minWaitNs) return null;
    return {
      flowId,
      client: identity.clientAddress,
      listener,
      port: identity.serverPort,
      vantage: vantageOf(flow, identity),
      extensions,
      vainSyns: repeats.count,
      syn: { flowId, frame: client.synFrame, timeNs: client.synNs },
      plainer: { flowId, frame: repeats.lackingFrame, timeNs: repeats.lackingNs },
      synAck: { flowId, frame: server.synFrame, timeNs: server.synNs },
      startNs: client.synNs,
      endNs: server.synNs,
    };
  }
}

/** The SYN-ACK answers the plainer SYN and none before it, as its timestamp says, or as it comes at once. */
function answersPlainer(flow: Flow, { inVainNs, lackingNs }: SynRepeats): boolean {
  const { client, server } = flow;
  if ((server.synNs - lackingNs) * 2 >= lackingNs - inVainNs) return false;
  const isEchoed = (client.facts & server.facts & SYN_TIMESTAMPS) !== 0;
  return isEchoed || (server.ackSamples > 1 && !isLongWay(flow, server.synNs - client.synNs));
}

function clientOf({ client }: SynFallback): Place {
  return client;
}

function listenerOf({ listener }: SynFallback): Place {
  return listener;
}

function pairOfFallback({ client, listener }: SynFallback): Place {
  return pairOf(client, listener.name);
}

function grouped(
  fallbacks: readonly SynFallback[],
  placeOf: (fallback: SynFallback) => Place,
): Map<Place, SynFallback[]> {
  const groups = new Map<Place, SynFallback[]>();
  for (const fallback of fallbacks) appendTo(groups, placeOf(fallback), fallback);
  return groups;
}
