import type { Listener } from "../../engine/listeners.js";
import { HAS_SYN_TIMESTAMPS } from "../../flows/endpoint.js";
import { type Flow, IS_KNOWN_BY_SYN, IS_SELF_CONNECT, IS_SIMULTANEOUS_OPEN } from "../../flows/flow.js";
import type { FlowIdentity } from "../../flows/flow-identity.js";
import {
  type ListenerIncident,
  ListenerIncidents,
  type Suffering,
  suffererOf,
} from "../listeners/listener-incidents.js";
import { givenUp, type SynRepeats } from "./syn-repeats.js";

/** A connection that took more than one SYN to open. */
export type LateAnswer = Suffering<"syn" | "repeat" | "synack">;

export interface LateAnswersAtListener extends ListenerIncident<LateAnswer> {
  /** Connections whose SYN-ACK answers the first SYN, as its timestamp says: that one had arrived. */
  readonly firstAnswered: number;
  /** Connections whose answered SYN asks for less than all before it, and what it lacks: bits of syn-extensions.ts. */
  readonly gaveUp: number;
  readonly givenUp: number;
}

/** Collects connections whose SYN-ACK came only after the client had sent its SYN again, by listener. */
export class LateAnswers {
  readonly #incidents = new ListenerIncidents<LateAnswer>();
  readonly #firstAnswered = new Map<Listener, number>();
  readonly #givenUp = new Map<Listener, { flows: number; extensions: number }>();

  /** @param minWaitNs shortest time from the first SYN to the SYN-ACK */
  constructor(readonly minWaitNs: number) {}

  add(flow: Flow, identity: FlowIdentity, listener: Listener, repeats: SynRepeats): void {
    const { client, server } = flow;
    if (repeats.count === 0 || !isOpenedInOrder(flow)) return;
    const waitNs = server.synNs - client.synNs;
    if (waitNs < this.minWaitNs || isLongWay(flow, waitNs)) return;
    const at = (frame: number, timeNs: number) => ({ flowId: flow.id, frame, timeNs });
    this.#incidents.add(suffererOf(flow, identity, listener), {
      side: "client",
      count: 1,
      totalNs: waitNs,
      worstNs: waitNs,
      evidence: {
        syn: at(client.synFrame, client.synNs),
        repeat: at(repeats.firstFrame, repeats.firstNs),
        synack: at(server.synFrame, server.synNs),
      },
      startNs: client.synNs,
      endNs: server.synNs,
    });
    if (repeats.answersFirst === 1 && client.facts & HAS_SYN_TIMESTAMPS)
      this.#firstAnswered.set(listener, (this.#firstAnswered.get(listener) ?? 0) + 1);
    else if (givenUp(repeats) > 0) this.#noteGivenUp(listener, givenUp(repeats));
  }

  *all(): IterableIterator<LateAnswersAtListener> {
    for (const incident of this.#incidents.all())
      yield {
        ...incident,
        firstAnswered: this.#firstAnswered.get(incident.listener) ?? 0,
        gaveUp: this.#givenUp.get(incident.listener)?.flows ?? 0,
        givenUp: this.#givenUp.get(incident.listener)?.extensions ?? 0,
      };
  }

  #noteGivenUp(listener: Listener, extensions: number): void {
    const before = this.#givenUp.get(listener);
    if (before === undefined) this.#givenUp.set(listener, { flows: 1, extensions });
    else {
      before.flows++;
      before.extensions |= extensions;
    }
  }
}

export function isOpenedInOrder({ facts, client, server }: Flow): boolean {
  if (!(facts & IS_KNOWN_BY_SYN) || facts & (IS_SIMULTANEOUS_OPEN | IS_SELF_CONNECT)) return false;
  return client.synFrame > 0 && server.synFrame > 0;
}

/** The way is so long that the timer ran out before an answer could be there. The SYN-ACK is a sample, too: this wait. */
export function isLongWay({ server }: Flow, waitNs: number): boolean {
  return server.ackSamples > 1 && server.quickestAckNs * 2 >= waitNs;
}
