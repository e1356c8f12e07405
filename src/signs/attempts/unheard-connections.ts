import { acceptsNothing } from "../../engine/accepts-nothing.js";
import { appendTo } from "../../engine/append-to.js";
import type { Evidence, Vantage } from "../../engine/finding.js";
import type { Listener } from "../../engine/listeners.js";
import { vantageOf } from "../../engine/vantage.js";
import { type Flow, IS_SELF_CONNECT, IS_SIMULTANEOUS_OPEN } from "../../flows/flow.js";
import type { FlowIdentity } from "../../flows/flow-identity.js";
import { hasBareSyn } from "./failed-attempts.js";
import type { SynsBehindAnswer } from "./unheard-answers.js";

/** Kept of a capture. */
const MAX_CONNECTIONS = 100_000;
/** Listeners that one client does not hear, and nobody else either, from which it is the client's matter. */
const MANY_LISTENERS = 3;

/** A connection whose client went on sending SYNs behind the SYN-ACK. */
export interface UnheardConnection {
  readonly flowId: number;
  readonly client: string;
  readonly server: string;
  readonly port: number;
  readonly listener: Listener;
  readonly vantage: Vantage;
  readonly outcome: "opened" | "unheard" | "reset";
  /** Its SYN offers nothing that every system in use offers. */
  readonly hasBareSyn: boolean;
  /** SYNs behind the SYN-ACK. */
  readonly syns: number;
  /** The first SYN-ACK, and the first and the last SYN behind it. */
  readonly synAck: Evidence;
  readonly repeat: Evidence;
  readonly last: Evidence;
  readonly startNs: number;
  readonly endNs: number;
}

/** Those with one cause, as far as the wire shows; at least one, in order of appearance. */
export interface UnheardTogether {
  /** All are of one client, to several listeners. */
  readonly isOneClient: boolean;
  readonly connections: readonly UnheardConnection[];
}

/** Collects connections whose SYN-ACKs did not reach the client, or were reset by it. */
export class UnheardConnections {
  readonly #connections: UnheardConnection[] = [];
  readonly #minSyns: number;
  readonly #minUnheardNs: number;

  /** `minSyns`: SYNs behind the SYN-ACK; `minUnheardNs`: from the SYN-ACK to the last of them. */
  constructor(minSyns: number, minUnheardNs: number) {
    this.#minSyns = minSyns;
    this.#minUnheardNs = minUnheardNs;
  }

  add(flow: Flow, identity: FlowIdentity, listener: Listener, syns: SynsBehindAnswer): void {
    const { id: flowId, client, facts } = flow;
    if (facts & (IS_SELF_CONNECT | IS_SIMULTANEOUS_OPEN) || syns.count < this.#minSyns || syns.hasFirst === 1)
      return;
    if (syns.lastNs - syns.answerNs < this.#minUnheardNs || this.#connections.length >= MAX_CONNECTIONS)
      return;
    const outcome = outcomeOf(flow, syns);
    if (outcome === null) return;
    this.#connections.push({
      flowId,
      client: identity.clientAddress,
      server: identity.serverAddress,
      port: identity.serverPort,
      listener,
      vantage: vantageOf(flow, identity),
      outcome,
      hasBareSyn: hasBareSyn(client),
      syns: syns.count,
      synAck: { flowId, frame: syns.answerFrame, timeNs: syns.answerNs },
      repeat: { flowId, frame: syns.firstFrame, timeNs: syns.firstNs },
      last: { flowId, frame: syns.lastFrame, timeNs: syns.lastNs },
      startNs: flow.startNs,
      endNs: syns.lastNs,
    });
  }

  /**
   * Those that never opened, since the client did not hear the answers or reset them: by client where it fares so with several
   * listeners that have no other such client, else by listener.
   */
  never(outcome: "unheard" | "reset"): UnheardTogether[] {
    const never = this.#connections.filter((each) => each.outcome === outcome);
    const ofClient = new Map<string, UnheardConnection[]>();
    for (const own of byListener(never)) {
      const { client } = own[0]!;
      if (own.every((each) => each.client === client))
        for (const each of own) appendTo(ofClient, client, each);
    }
    const isDeaf = (client: string) =>
      new Set(ofClient.get(client)?.map(({ listener }) => listener)).size >= MANY_LISTENERS;
    const deaf = [...ofClient].filter(([client]) => isDeaf(client)).map(([, connections]) => connections);
    const grouped = new Set(deaf.flat());
    return [
      ...deaf.map((connections) => ({ isOneClient: true, connections })),
      ...byListener(never.filter((each) => !grouped.has(each))).map((connections) => ({
        isOneClient: false,
        connections,
      })),
    ];
  }

  /** Those that opened in the end, by listener. */
  late(): UnheardTogether[] {
    const late = this.#connections.filter(({ outcome }) => outcome === "opened");
    return byListener(late).map((connections) => ({ isOneClient: false, connections }));
  }
}

/** Null where the client reset an answer and accepted a later one: it had met what was left of a connection before. */
function outcomeOf({ client }: Flow, syns: SynsBehindAnswer): UnheardConnection["outcome"] | null {
  const isReset = client.rstFrame > 0 && client.rstNs < syns.lastNs;
  if (acceptsNothing(client)) return isReset ? "reset" : "unheard";
  return isReset ? null : "opened";
}

function byListener(connections: readonly UnheardConnection[]): UnheardConnection[][] {
  const groups = new Map<Listener, UnheardConnection[]>();
  for (const each of connections) appendTo(groups, each.listener, each);
  return [...groups.values()];
}
