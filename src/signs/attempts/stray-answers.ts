import { acceptsNothing } from "../../engine/accepts-nothing.js";
import { appendTo } from "../../engine/append-to.js";
import type { Listener } from "../../engine/listeners.js";
import { type Flow, IS_KNOWN_BY_SYN_ACK } from "../../flows/flow.js";
import type { FlowIdentity } from "../../flows/flow-identity.js";
import type { FailedAttempt } from "./failed-attempts.js";

/** Kept of a capture; scans from forged addresses have many of them. */
const MAX_ANSWERS = 100_000;
/** Later behind the last SYN than any way and any server takes. */
const LONGEST_ANSWER_NS = 10_000_000_000;

/** SYN-ACKs of somebody whom the client did not ask, as far as the capture shows, and which it reset. */
export interface StrayAnswer {
  readonly server: string;
  /** The first of them. */
  readonly frame: number;
  readonly timeNs: number;
  /** Initial number of the SYN that they acknowledge. */
  readonly isn: number;
}

/**
 * Finds who answered a SYN in the place of who was asked: the SYN-ACK goes to the same address and port, and acknowledges that
 * SYN's number to the bit. Flows that a client asked for are none of them: a scanner may send one number to many.
 */
export class StrayAnswers {
  readonly #byClient = new Map<string, StrayAnswer[]>();
  #count = 0;

  add(
    { client, facts, firstFrame, startNs }: Flow,
    identity: FlowIdentity,
    { name: server }: Listener,
  ): void {
    if (!(facts & IS_KNOWN_BY_SYN_ACK) || client.syns > 0) return;
    if (client.rstFrame === 0 || !acceptsNothing(client) || this.#count === MAX_ANSWERS) return;
    this.#count++;
    const end = endOf(identity.clientAddress, identity.clientPort);
    // The flow begins with the SYN-ACK: what stands before the number that it acknowledges is its client's base.
    appendTo(this.#byClient, end, { server, frame: firstFrame, timeNs: startNs, isn: client.base });
  }

  /** Null when there is none. */
  to({ client, clientPort, isn, startNs, endNs }: FailedAttempt): StrayAnswer | null {
    if (this.#count === 0) return null;
    const answers = this.#byClient.get(endOf(client, clientPort));
    const isMeant = (answer: StrayAnswer) =>
      answer.isn === isn && answer.timeNs >= startNs && answer.timeNs <= endNs + LONGEST_ANSWER_NS;
    return answers?.find(isMeant) ?? null;
  }
}

function endOf(address: string, port: number): string {
  return `${address} ${port}`;
}
