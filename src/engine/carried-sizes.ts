import type { Endpoint } from "../flows/endpoint.js";
import type { Flow } from "../flows/flow.js";
import type { FlowIdentity } from "../flows/flow-identity.js";

/** Ways that are remembered: a scan has millions. */
const MAX_WAYS = 20_000;

/** How large segments must have been, on average, that arrived from one address at another, by what was acknowledged. */
export class CarriedSizes {
  readonly #largest = new Map<string, number>();
  readonly #leastBytes: number;

  /** `leastBytes`: half of the smallest size that is asked about. */
  constructor(leastBytes: number) {
    this.#leastBytes = leastBytes;
  }

  add(flow: Flow, identity: FlowIdentity): void {
    this.#note(identity, false, flow.client, flow.server);
    this.#note(identity, true, flow.server, flow.client);
  }

  /** Segments so large have arrived on that way: on average those of a connection had more than half of `bytes`. */
  has(way: string, bytes: number): boolean {
    return (this.#largest.get(way) ?? 0) * 2 > bytes;
  }

  #note(identity: FlowIdentity, isFromServer: boolean, sender: Endpoint, receiver: Endpoint): void {
    const averageBytes = Math.min(receiver.ackedTo - 1, sender.uniqueBytes) / sender.segments;
    // Not a number where nothing was sent.
    if (!(averageBytes > this.#leastBytes)) return;
    const way = wayOf(identity, isFromServer);
    const known = this.#largest.get(way);
    if (known === undefined && this.#largest.size >= MAX_WAYS) return;
    if (known === undefined || averageBytes > known) this.#largest.set(way, averageBytes);
  }
}

/** From one end's address to the other's. */
export function wayOf({ clientAddress, serverAddress }: FlowIdentity, isFromServer: boolean): string {
  return isFromServer ? `${serverAddress} ${clientAddress}` : `${clientAddress} ${serverAddress}`;
}
