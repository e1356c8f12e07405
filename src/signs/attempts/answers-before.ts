import type { Evidence } from "../../engine/finding.js";
import { HAS_ISN } from "../../flows/endpoint.js";
import { type Flow, IS_SELF_CONNECT, IS_SIMULTANEOUS_OPEN } from "../../flows/flow.js";

/** Counts SYN-ACKs whose time lies before that of the SYN they answer: no network does that, clocks do. */
export class AnswersBefore {
  flows = 0;
  largestLeadNs = 0;
  /** The SYN-ACK that leads most. */
  earliest: Evidence | null = null;
  readonly #minLeadNs: number;

  /** `minLeadNs`: a lead up to this is the disorder of queues. */
  constructor(minLeadNs: number) {
    this.#minLeadNs = minLeadNs;
  }

  add({ id, client, server, facts }: Flow): void {
    if (!(client.facts & HAS_ISN) || !(server.facts & HAS_ISN) || client.syns !== 1) return;
    // It comes again for each SYN: the first one answered a SYN from before the capture began, which was sent once more.
    if (server.syns > 1) return;
    if (facts & (IS_SELF_CONNECT | IS_SIMULTANEOUS_OPEN)) return;
    const leadNs = client.synNs - server.synNs;
    if (leadNs <= this.#minLeadNs) return;
    this.flows++;
    if (leadNs <= this.largestLeadNs) return;
    this.largestLeadNs = leadNs;
    this.earliest = { flowId: id, frame: server.synFrame, timeNs: server.synNs };
  }
}
