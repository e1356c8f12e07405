import type { IcmpError } from "../../decode/icmp-error.js";
import { icmpErrorName } from "../../decode/icmp-error-name.js";
import { appendTo } from "../../engine/append-to.js";
import type { FlowIcmpError } from "../../engine/capture-observation.js";
import { formatAddress } from "../../tcp/address.js";

// RFC 792 and RFC 4443, section 3.
const ICMP_UNREACHABLE = 3;
const ICMP_FRAGMENTATION_NEEDED = 4;
const ICMP_PORT_UNREACHABLE = 3;
const ICMP_PROTOCOL_UNREACHABLE = 2;
const ICMP_TIME_EXCEEDED = 11;
const ICMPV6_UNREACHABLE = 1;
const ICMPV6_PORT_UNREACHABLE = 4;
const ICMPV6_TIME_EXCEEDED = 3;
const IN_TRANSIT = 0;

/**
 * The error says that its host cannot be reached: no route, no neighbour, or forbidden. A closed port is a matter of the
 * host itself, and a packet that is too big one of its size.
 */
export function isHostUnreachable({ ipVersion, type, code }: IcmpError): boolean {
  if (ipVersion === 6) return type === ICMPV6_UNREACHABLE && code !== ICMPV6_PORT_UNREACHABLE;
  const isOther =
    code === ICMP_FRAGMENTATION_NEEDED ||
    code === ICMP_PORT_UNREACHABLE ||
    code === ICMP_PROTOCOL_UNREACHABLE;
  return type === ICMP_UNREACHABLE && !isOther;
}

/** The packet went around until its time was over: a routing loop, or somebody who traces routes by TCP. */
export function isLoopInPath({ ipVersion, type, code }: IcmpError): boolean {
  return code === IN_TRANSIT && type === (ipVersion === 6 ? ICMPV6_TIME_EXCEEDED : ICMP_TIME_EXCEEDED);
}

/** The errors by the flow that they quote, in capture order; only those that tell of an outage. */
export function groupErrors(errors: readonly FlowIcmpError[]): Map<number, FlowIcmpError[]> {
  const byFlow = new Map<number, FlowIcmpError[]>();
  for (const each of errors) {
    if (each.flowId === null || !(isHostUnreachable(each.error) || isLoopInPath(each.error))) continue;
    appendTo(byFlow, each.flowId, each);
  }
  return byFlow;
}

/** `no route to destination (ICMPv6 type 1 code 0)`. */
export function describeError({ ipVersion, type, code }: IcmpError): string {
  const protocol = ipVersion === 6 ? "ICMPv6" : "ICMP";
  return `${icmpErrorName(ipVersion, type, code)} (${protocol} type ${type} code ${code})`;
}

/** Addresses of the routers or hosts that sent the errors, in order of appearance, each once. */
export function reportersOf(errors: readonly FlowIcmpError[]): string[] {
  return [...new Set(errors.map(({ error }) => formatAddress(error.reporter)))];
}
