import { type FlowIdentity, formatServer } from "../flows/flow-identity.js";

/** A server's address and port, and how many flows went there. Complete only when every flow has ended. */
export interface Listener {
  /** `10.0.0.1:80`, with the encapsulation's index behind a slash where there is one. */
  readonly name: string;
  flows: number;
}

/** All listeners of a capture, found by a flow's identity. */
export class Listeners {
  readonly #byName = new Map<string, Listener>();

  /** The flow's listener, with the flow counted. */
  count(identity: FlowIdentity): Listener {
    const name =
      identity.encapsulation === 0
        ? formatServer(identity)
        : `${formatServer(identity)}/${identity.encapsulation}`;
    let listener = this.#byName.get(name);
    if (listener === undefined) {
      listener = { name, flows: 0 };
      this.#byName.set(name, listener);
    }
    listener.flows++;
    return listener;
  }
}
