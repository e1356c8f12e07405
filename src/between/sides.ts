import type { ObservedFlow } from "./observation.js";
import type { FlowPair } from "./pair-flows.js";

/** 0: the first capture, 1: the second. */
export type Side = 0 | 1;

/** Which capture is nearer to the client: what it sends passes there first, and what the server sends last. */
export class Sides {
  readonly #byServer = new Map<string, number>();
  readonly #ends = new Set<string>();
  #all = 0;

  /**
   * Both captures hold the connection. `clientNs` and `serverNs`: by how much what each sent was later in the second one, by its
   * clock, mostly; NaN where that is not known.
   */
  learn({ first, second, isTurned }: FlowPair, clientNs: number, serverNs: number): void {
    const difference = Math.sign(clientNs - serverNs) || 0;
    this.#all += difference;
    for (const [flow, capture] of isTurned
      ? ([[first, 0]] as const)
      : ([
          [first, 0],
          [second, 1],
        ] as const)) {
      const server = `${capture} ${flow.serverAddress}`;
      this.#byServer.set(server, (this.#byServer.get(server) ?? 0) + difference);
      this.#ends.add(`${flow.clientAddress} ${server}`);
    }
  }

  /** Of a flow of that capture: as other connections to the same server, or else as most. */
  of({ serverAddress }: ObservedFlow, capture: Side): Side {
    return (this.#byServer.get(`${capture} ${serverAddress}`) || this.#all) >= 0 ? 0 : 1;
  }

  /** Whether both captures hold connections to its server; and such of its client. */
  knowsServer({ serverAddress }: ObservedFlow, capture: Side): boolean {
    return this.#byServer.has(`${capture} ${serverAddress}`);
  }
  knowsEnds({ clientAddress, serverAddress }: ObservedFlow, capture: Side): boolean {
    return this.#ends.has(`${clientAddress} ${capture} ${serverAddress}`);
  }
}
