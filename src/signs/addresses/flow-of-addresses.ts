import type { Vantage } from "../../engine/finding.js";
import type { Listener } from "../../engine/listeners.js";
import { vantageOf } from "../../engine/vantage.js";
import type { Flow } from "../../flows/flow.js";
import type { FlowIdentity } from "../../flows/flow-identity.js";

/** A flow that concerns an outage: who it is, and where its capture stood. */
export interface FlowOfAddresses {
  readonly flowId: number;
  readonly clientAddress: string;
  readonly serverAddress: string;
  readonly serverPort: number;
  readonly listener: Listener;
  readonly vantage: Vantage;
  readonly isLoopback: boolean;
}

export function aboutFlow(flow: Flow, identity: FlowIdentity, listener: Listener): FlowOfAddresses {
  return {
    flowId: flow.id,
    clientAddress: identity.clientAddress,
    serverAddress: identity.serverAddress,
    serverPort: identity.serverPort,
    listener,
    vantage: vantageOf(flow, identity),
    isLoopback: identity.isLoopback,
  };
}
