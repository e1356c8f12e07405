import { formatEndpoint, formatIpv4, formatIpv6 } from "../tcp/address.js";
import { type Flow, IS_CLIENT_LOWER, KEY_32 } from "./flow.js";

/** Who talks to whom, as text; made once per flow, never per segment. */
export interface FlowIdentity {
  readonly clientAddress: string;
  readonly clientPort: number;
  readonly serverAddress: string;
  readonly serverPort: number;
  /** Index into the decoder's encapsulations; 0 is none. */
  readonly encapsulation: number;
  /** Both ends are on this host: 127.0.0.0/8, ::1, or one address at both ends. */
  readonly isLoopback: boolean;
}

function address(flow: Flow, at: number): string {
  const { u32 } = flow;
  const base = flow.at32 + KEY_32 + at;
  if ((flow.key9 & 1) === 0) return formatIpv4(u32[base]!);
  return formatIpv6(u32[base]!, u32[base + 1]!, u32[base + 2]!, u32[base + 3]!);
}

export function readFlowIdentity(flow: Flow): FlowIdentity {
  const isClientLower = (flow.facts & IS_CLIENT_LOWER) !== 0;
  const lower = address(flow, 0);
  const higher = address(flow, 4);
  const lowerPort = flow.key8 >>> 16;
  const higherPort = flow.key8 & 0xffff;
  const isIpv4 = (flow.key9 & 1) === 0;
  return {
    clientAddress: isClientLower ? lower : higher,
    clientPort: isClientLower ? lowerPort : higherPort,
    serverAddress: isClientLower ? higher : lower,
    serverPort: isClientLower ? higherPort : lowerPort,
    encapsulation: flow.key9 >>> 1,
    isLoopback: lower === higher || (isIpv4 && flow.key0 >>> 24 === 127),
  };
}

/** `10.0.0.2:80`. */
export function formatServer(identity: FlowIdentity): string {
  return formatEndpoint(identity.serverAddress, identity.serverPort);
}
