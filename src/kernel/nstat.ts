import type { Counter } from "./counter.js";

/** `TcpExtListenOverflows          60                 0.0`, and `Ip6InReceives  7` of /proc/net/snmp6. */
const LINE =
  /^((?:Ip|Icmp|Tcp|Udp|MPTcp|Sctp|Dccp|Tls|Xfrm|Smc)[A-Za-z0-9_]{1,60})\s+(-?\d{1,20})(?:\s+-?[\d.]+)?\s*$/;

/** A counter of `nstat` or /proc/net/snmp6; null for any other line. */
export function parseNstatLine(line: string): Counter | null {
  const match = LINE.exec(line);
  if (match === null) return null;
  const value = Number(match[2]);
  return Number.isSafeInteger(value) ? { name: match[1]!, value } : null;
}

/** The counters of `nstat --json`, which prints one object in a line; null when it is none. */
export function parseNstatJson(line: string): Counter[] | null {
  if (!/^\s*\{\s*"/.test(line)) return null;
  let content: unknown;
  try {
    content = JSON.parse(line);
  } catch {
    return null;
  }
  // {"kernel":{"IpInReceives":12,…}}; the outer name is that of the counters' source.
  const groups = typeof content === "object" && content !== null ? Object.values(content) : [];
  const counters: Counter[] = [];
  let isNstat = false;
  for (const group of groups) {
    if (typeof group !== "object" || group === null || Array.isArray(group)) continue;
    isNstat = true;
    for (const [name, value] of Object.entries(group)) {
      if (typeof value === "number" && Number.isSafeInteger(value) && name.length <= 64)
        counters.push({ name, value });
    }
  }
  return isNstat ? counters : null;
}
