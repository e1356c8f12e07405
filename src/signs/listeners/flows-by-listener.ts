import type { Listener } from "../../engine/listeners.js";
import type { FlowIdentity } from "../../flows/flow-identity.js";

/** What a rule keeps of flows of one listener. */
export interface FlowsAtListener<Each> {
  readonly listener: Listener;
  readonly port: number;
  /** In order of appearance; at least one. */
  readonly flows: readonly Each[];
}

/** Collects what a rule keeps of flows, by listener: one incident, one finding. */
export class FlowsByListener<Each> {
  readonly #byListener = new Map<Listener, FlowsAtListener<Each> & { readonly flows: Each[] }>();

  add(listener: Listener, { serverPort: port }: FlowIdentity, flow: Each): void {
    const known = this.#byListener.get(listener);
    if (known === undefined) this.#byListener.set(listener, { listener, port, flows: [flow] });
    else known.flows.push(flow);
  }

  /** Undefined when there is none. */
  at(listener: Listener): FlowsAtListener<Each> | undefined {
    return this.#byListener.get(listener);
  }

  /** In the order in which their first flows appeared. */
  all(): IterableIterator<FlowsAtListener<Each>> {
    return this.#byListener.values();
  }
}
