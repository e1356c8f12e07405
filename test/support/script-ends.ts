import { isIPv6 } from "node:net";
import type { ScriptConnection } from "../../src/tcp/script.js";

/** One end of a connection as it stands in headers. */
export interface ConnectionEnd {
  /** 4 or 16 octets. */
  readonly address: Uint8Array;
  readonly port: number;
}

/** The ends of a connection; those that the script does not write are the defaults of src/tcp/notation.ts. */
export function endsOf(
  { number, client, server }: ScriptConnection,
  ipVersion: 4 | 6,
): { client: ConnectionEnd; server: ConnectionEnd } {
  return {
    client: {
      address: addressBytes(client?.address ?? "192.0.2.1", ipVersion),
      port: client?.port ?? (39_999 + number) & 0xffff,
    },
    server: { address: addressBytes(server?.address ?? "192.0.2.2", ipVersion), port: server?.port ?? 80 },
  };
}

/**
 * The address in the wanted IP version, so that one script compiles over both: 192.0.2.N is 2001:db8::N, any other
 * IPv4 address the last 32 bits of 2001:db8::/96. The way back does not exist.
 */
function addressBytes(address: string, ipVersion: 4 | 6): Uint8Array {
  if (isIPv6(address)) {
    if (ipVersion === 4)
      throw new RangeError(`the script writes ${address}, so it cannot be compiled over IPv4`);
    return ipv6Bytes(address);
  }
  const octets = address.split(".").map(Number);
  if (ipVersion === 4) return Uint8Array.from(octets);
  const low = address.startsWith("192.0.2.") ? [0, 0, 0, ...octets.slice(3)] : octets;
  return Uint8Array.from([0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, ...low]);
}

function ipv6Bytes(address: string): Uint8Array {
  // The URL parser turns a dotted tail into two groups.
  const [head = "", tail = ""] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const before = groups(head);
  const after = groups(tail);
  const zeros = new Array<number>(8 - before.length - after.length).fill(0);
  return Uint8Array.from([...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 0xff]));
}

function groups(text: string): number[] {
  return text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
}
