import { firstAfter } from "../../engine/first-after.js";
import type { Listener } from "../../engine/listeners.js";
import type { FlowIdentity } from "../../flows/flow-identity.js";
import { PRIVATE_SITE, siteOf } from "../addresses/site.js";

/** Answers kept of a capture. */
const MAX_ANSWERS = 100_000;
/** Of the peers that are gone at least this share refuses, and at least this share is silent. */
const LEAST_SHARE = 0.1;

/** What a client tried in vain at one listener; times in nanoseconds since the capture's origin. */
interface Tries {
  readonly address: string;
  firstNs: number;
  lastNs: number;
  isRefused: boolean;
}

/** What became of a client's connections to one port, wherever. */
interface PortOfClient {
  readonly failures: Map<Listener, Tries>;
  /** SYN-ACKs. */
  readonly answers: { readonly address: string; readonly timeNs: number }[];
  /** Undefined until it is asked for. */
  areGone?: boolean;
}

/**
 * Tells a client of a peer-to-peer network, whose list of peers has grown old, from one whose servers are out of reach. Both
 * try many addresses again and again. Peers go one by one, so a client's failures at a port are theirs only where
 *
 * - they never answered anybody in the capture, and are of more sites than a cluster that is down can be;
 * - another peer on the Internet answered the client on that port between the first try of each and its last: neither was
 *   the client's uplink down, nor does a filter on the way close the port;
 * - some refuse and some are silent: the address has another user now, or none. What cuts off many sites at once (an
 *   uplink, a provider, a filter) treats them alike.
 */
export class GonePeers {
  readonly #maxSites: number;
  readonly #byClient = new Map<string, Map<number, PortOfClient>>();
  #answerCount = 0;

  /** `maxSites`: sites that may fail a client on one port before they are peers that are gone. */
  constructor(maxSites: number) {
    this.#maxSites = maxSites;
  }

  /** In the order in which the connections began, failures among them: answers before a client's first failure are not kept. */
  addAnswer({ clientAddress, serverAddress, serverPort }: FlowIdentity, timeNs: number): void {
    const tried = this.#byClient.get(clientAddress)?.get(serverPort);
    if (tried === undefined || this.#answerCount === MAX_ANSWERS) return;
    this.#answerCount++;
    tried.answers.push({ address: serverAddress, timeNs });
  }

  /** `startNs`, `lastNs`: when the first SYN of the connection was sent, and the last one. */
  addFailure(
    identity: FlowIdentity,
    listener: Listener,
    { startNs, lastNs, isRefused }: { startNs: number; lastNs: number; isRefused: boolean },
  ): void {
    const { failures } = this.#portOf(identity);
    const tries = failures.get(listener);
    if (tries === undefined) {
      failures.set(listener, { address: identity.serverAddress, firstNs: startNs, lastNs, isRefused });
      return;
    }
    tries.firstNs = Math.min(tries.firstNs, startNs);
    tries.lastNs = Math.max(tries.lastNs, lastNs);
    tries.isRefused ||= isRefused;
  }

  /** When every flow has been added: the client's failures at this listener are those of a peer that is gone. */
  has(client: string, port: number, listener: Listener): boolean {
    const tried = this.#byClient.get(client)?.get(port);
    if (tried === undefined || listener.answersNs.length > 0) return false;
    tried.areGone ??= areGone(client, tried, this.#maxSites);
    return tried.areGone;
  }

  #portOf({ clientAddress, serverPort }: FlowIdentity): PortOfClient {
    let ports = this.#byClient.get(clientAddress);
    if (ports === undefined) {
      ports = new Map();
      this.#byClient.set(clientAddress, ports);
    }
    let port = ports.get(serverPort);
    if (port === undefined) {
      port = { failures: new Map(), answers: [] };
      ports.set(serverPort, port);
    }
    return port;
  }
}

function areGone(client: string, { failures, answers }: PortOfClient, maxSites: number): boolean {
  if (failures.size <= maxSites || answers.length === 0) return false;
  const ownSite = siteOf(client);
  const answersNs = answers
    .filter(({ address }) => ![PRIVATE_SITE, ownSite].includes(siteOf(address)))
    .map(({ timeNs }) => timeNs)
    .sort((a, b) => a - b);
  const sites = new Set<string>();
  let gone = 0;
  let refused = 0;
  for (const [listener, { address, firstNs, lastNs, isRefused }] of failures) {
    const answerNs = firstAfter(answersNs, firstNs);
    if (listener.answersNs.length > 0 || answerNs === undefined || answerNs >= lastNs) continue;
    const site = siteOf(address);
    if (site === PRIVATE_SITE || site === ownSite) continue;
    sites.add(site);
    gone++;
    if (isRefused) refused++;
  }
  return sites.size > maxSites && Math.min(refused, gone - refused) >= gone * LEAST_SHARE;
}
