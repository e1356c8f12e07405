import type { Finding } from "../engine/finding.js";
import { createFlowCursor } from "../flows/flow.js";
import { readFlowIdentity } from "../flows/flow-identity.js";
import type { FlowTable } from "../flows/flow-table.js";
import type { AskedSocket } from "./kernel-sampler.js";

/** Connections asked for at a time, those that wait for their turn, and those taken of one finding. */
const MOST_ASKED = 10;
const MOST_WAITING = 1000;
const MOST_OF_FINDING = 100;

/** The connections of findings, whose sockets are worth a look, in turn. */
export class FlaggedFlows {
  readonly #table: FlowTable;
  readonly #waiting = new Set<number>();
  readonly #flow = createFlowCursor();

  constructor(table: FlowTable) {
    this.#table = table;
  }

  /** The latest of a finding's connections get a turn. */
  noteFinding({ flowIds }: Pick<Finding, "flowIds">): void {
    this.noteFlows(flowIds.slice(-MOST_OF_FINDING));
  }

  /** These connections get a turn, behind those that wait for theirs. */
  noteFlows(ids: Iterable<number>): void {
    for (const id of ids) if (this.#waiting.size < MOST_WAITING) this.#waiting.add(id);
  }

  /** Those whose turn it is; each then waits no more. One that has left memory has no turn. */
  next(): AskedSocket[] {
    const asked: AskedSocket[] = [];
    for (const flowId of this.#waiting) {
      if (asked.length === MOST_ASKED) break;
      this.#waiting.delete(flowId);
      if (this.#table.has(flowId)) asked.push({ flowId, tuples: this.#tuplesOf(flowId) });
    }
    return asked;
  }

  /** As this host names the connection where the client's, or the server's, end is its own. */
  #tuplesOf(id: number): AskedSocket["tuples"] {
    this.#table.seek(this.#flow, id);
    const { clientAddress, clientPort, serverAddress, serverPort } = readFlowIdentity(this.#flow);
    return [
      { localAddr: clientAddress, localPort: clientPort, peerAddr: serverAddress, peerPort: serverPort },
      { localAddr: serverAddress, localPort: serverPort, peerAddr: clientAddress, peerPort: clientPort },
    ];
  }
}
