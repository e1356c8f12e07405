/** Names by type and code: RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1. */
const ICMP: Readonly<Record<number, readonly string[]>> = {
  3: [
    "network unreachable",
    "host unreachable",
    "protocol unreachable",
    "port unreachable",
    "fragmentation needed",
    "source route failed",
    "network unknown",
    "host unknown",
    "source host isolated",
    "network prohibited",
    "host prohibited",
    "network unreachable for this service",
    "host unreachable for this service",
    "communication prohibited",
    "host precedence violation",
    "precedence cutoff",
  ],
  4: ["source quench"],
  5: [
    "redirect for the network",
    "redirect for the host",
    "redirect for the service and network",
    "redirect for the service and host",
  ],
  11: ["time to live exceeded", "reassembly time exceeded"],
  12: ["parameter problem", "required option missing", "bad length"],
};

/** RFC 4443, section 3. */
const ICMPV6: Readonly<Record<number, readonly string[]>> = {
  1: [
    "no route to destination",
    "communication prohibited",
    "beyond scope of source address",
    "address unreachable",
    "port unreachable",
    "source address failed policy",
    "route to destination rejected",
  ],
  2: ["packet too big"],
  3: ["hop limit exceeded", "reassembly time exceeded"],
  4: ["erroneous header field", "unrecognized next header", "unrecognized option"],
};

/** An ICMP error in words; `type 3 code 99` for what has no name. */
export function icmpErrorName(ipVersion: 4 | 6, type: number, code: number): string {
  return (ipVersion === 4 ? ICMP : ICMPV6)[type]?.[code] ?? `type ${type} code ${code}`;
}
