import type { ObservedFlow } from "./observation.js";
import type { FlowPair } from "./pair-flows.js";

/** 0: the first capture, 1: the second. */
export type Side = 0 | 1;

/** Which capture is nearer to the client: what it sends passes there first, and what the server sends last. */
export class Sides {
  readonly #byEnds = new Map<string, number>();
  #all = 0;

  /**
   * `clientNs` and `serverNs`: by how much the least of what each sent was later in the second capture, by its clock. Where one is
   * not known nothing is learned.
   */
  learn({ first, second, isTurned }: FlowPair, clientNs: number, serverNs: number): void {
    const difference = Math.sign(clientNs - serverNs);
    if (Number.isNaN(difference)) return;
    this.#all += difference;
    for (const key of [keyOf(first, 0), isTurned ? null : keyOf(second, 1)])
      if (key !== null) this.#byEnds.set(key, (this.#byEnds.get(key) ?? 0) + difference);
  }

  /** Of a flow of that capture: as other connections of the same two addresses, or else as most. */
  of(flow: ObservedFlow, capture: Side): Side {
    return (this.#byEnds.get(keyOf(flow, capture)) || this.#all) >= 0 ? 0 : 1;
  }

  /** Whether both captures hold connections of the client to the server. */
  knows(flow: ObservedFlow, capture: Side): boolean {
    return this.#byEnds.has(keyOf(flow, capture));
  }
}

function keyOf({ clientAddress, serverAddress, serverPort }: ObservedFlow, capture: Side): string {
  return `${capture} ${clientAddress} ${serverAddress} ${serverPort}`;
}
