import { isIPv4, isIPv6 } from "node:net";
import { portOfService } from "./service-ports.js";

/** An end of a connection in the octets of its headers. */
export interface TextEndpoint {
  /** 4 or 16 octets. */
  readonly address: Uint8Array;
  readonly port: number;
}

/** What stands for a name that has no address in the text. */
export interface StandIn {
  readonly name: string;
  /** An address, or a port number. */
  readonly value: string;
}

/** Names kept apart; a text with more has one address for several. */
const MAX_NAMES = 65536;
/** Unknown services: below the ports that Linux gives to clients, so that the server is told from the client. */
const FIRST_INVENTED_PORT = 24576;
const INVENTED_PORTS = 8192;
const MAX_ENDPOINT_CHARACTERS = 300;

const LOOPBACK_NAMES = new Set([
  "localhost",
  "localhost.localdomain",
  "localhost4",
  "localhost6",
  "ip6-localhost",
  "ip6-loopback",
]);

/**
 * Endpoints as tcpdump prints them, with names where it was not told -n. A name gets an address that is the same in
 * every run: one made from its hash, in 240.0.0.0/4 (reserved, RFC 1112 section 4: no real host of the same text can
 * have it, and it has room for 2^28 names, which the documentation networks' 762 addresses have not) or in
 * 2001:db8::/32 (documentation, RFC 3849). Names of the host itself are 127.0.0.1 and ::1.
 */
export class NameTable {
  readonly #addresses = new Map<string, Uint8Array>();
  readonly #ports = new Map<string, number>();
  readonly #taken = new Set<number>();

  /** Both ends of a segment, of one IP version; null when they cannot be. */
  resolve(
    source: string,
    destination: string,
    ipVersion: 4 | 6 | null,
  ): readonly [TextEndpoint, TextEndpoint] | null {
    const from = splitEndpoint(source);
    const to = splitEndpoint(destination);
    if (from === null || to === null) return null;
    const versions = [versionOf(from.host), versionOf(to.host)];
    const version = versions.find((each) => each !== null) ?? ipVersion ?? 4;
    if (versions.some((each) => each !== null && each !== version)) return null;
    return [
      { address: this.#addressOf(from.host, version), port: this.#portOf(from.service) },
      { address: this.#addressOf(to.host, version), port: this.#portOf(to.service) },
    ];
  }

  /** The invented addresses and ports, in the order of appearance. */
  standIns(): readonly StandIn[] {
    return [
      ...[...this.#addresses].map(([key, address]) => ({
        name: key.slice(2),
        value: formatInvented(address),
      })),
      ...[...this.#ports].map(([name, port]) => ({ name, value: `port ${port}` })),
    ];
  }

  #addressOf(host: string, version: 4 | 6): Uint8Array {
    if (isIPv4(host)) return Uint8Array.from(host.split("."), Number);
    if (versionOf(host) === 6) return ipv6Octets(host);
    if (LOOPBACK_NAMES.has(host)) return version === 4 ? Uint8Array.of(127, 0, 0, 1) : ipv6Octets("::1");
    const key = `${version} ${host}`;
    const known = this.#addresses.get(key);
    if (known !== undefined) return known;
    let hash = hashOf(host) & 0x0fffffff;
    const isKept = this.#addresses.size < MAX_NAMES;
    while (isKept && this.#taken.has(hash)) hash = (hash + 1) & 0x0fffffff;
    const tail = [hash >>> 24, (hash >>> 16) & 0xff, (hash >>> 8) & 0xff, hash & 0xff] as const;
    const address =
      version === 4
        ? Uint8Array.of(0xf0 | tail[0], tail[1], tail[2], tail[3])
        : Uint8Array.of(0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, ...tail);
    if (isKept) {
      this.#taken.add(hash);
      this.#addresses.set(key, address);
    }
    return address;
  }

  #portOf(service: string): number {
    if (/^\d{1,5}$/.test(service) && Number(service) <= 0xffff) return Number(service);
    const known = portOfService(service) ?? this.#ports.get(service);
    if (known !== undefined) return known;
    const used = new Set(this.#ports.size < INVENTED_PORTS / 2 ? this.#ports.values() : []);
    let offset = hashOf(service) % INVENTED_PORTS;
    while (used.has(FIRST_INVENTED_PORT + offset)) offset = (offset + 1) % INVENTED_PORTS;
    const port = FIRST_INVENTED_PORT + offset;
    if (this.#ports.size < INVENTED_PORTS / 2) this.#ports.set(service, port);
    return port;
  }
}

/** `host.port`: the port is behind the last dot. */
function splitEndpoint(text: string): { readonly host: string; readonly service: string } | null {
  const dot = text.lastIndexOf(".");
  if (dot <= 0 || dot === text.length - 1 || text.length > MAX_ENDPOINT_CHARACTERS) return null;
  const host = text.slice(0, dot);
  if (host.includes(":") && !isIPv6(host)) return null;
  return { host, service: text.slice(dot + 1) };
}

/** Null for a name. */
function versionOf(host: string): 4 | 6 | null {
  if (isIPv4(host)) return 4;
  return isIPv6(host) ? 6 : null;
}

/** RFC 4291, section 2.2, without a scope. `text` is an IPv6 address. */
function ipv6Octets(text: string): Uint8Array {
  const address = text.split("%")[0]!;
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const plain =
    dotted === null
      ? address
      : `${dotted[1]}${(Number(dotted[2]) * 256 + Number(dotted[3])).toString(16)}:${(Number(dotted[4]) * 256 + Number(dotted[5])).toString(16)}`;
  const [head = "", tail] = plain.split("::");
  const groups = (part: string): number[] =>
    part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16));
  const first = groups(head);
  const last = tail === undefined ? [] : groups(tail);
  const octets = new Uint8Array(16);
  const view = new DataView(octets.buffer);
  for (const [index, group] of first.entries()) view.setUint16(2 * index, group);
  for (const [index, group] of last.entries()) view.setUint16(2 * (8 - last.length + index), group);
  return octets;
}

/** FNV-1a, 32 bits, mixed once more so that the low bits depend on all. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

function formatInvented(address: Uint8Array): string {
  if (address.length === 4) return address.join(".");
  const view = new DataView(address.buffer, address.byteOffset, 16);
  const high = view.getUint16(12);
  const low = view.getUint16(14).toString(16);
  return high === 0 ? `2001:db8::${low}` : `2001:db8::${high.toString(16)}:${low}`;
}
