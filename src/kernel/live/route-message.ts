import { formatAddress } from "../../tcp/address.js";
import type { RouteChange } from "../routes.js";
import { attributesOf, HOST_IS_LITTLE_ENDIAN, type NetlinkMessage } from "./netlink-message.js";

/** linux/rtnetlink.h */
const RTM_NEWROUTE = 24;
const RTM_DELROUTE = 25;
/** struct rtmsg. */
const ROUTE = { familyAt: 0, prefixBitsAt: 1, tableAt: 4, typeAt: 7, flagsAt: 8, lengthBytes: 12 } as const;
const RTM_F_CLONED = 0x200;
const RTA_DST = 1;
const RTA_OIF = 4;
const RTA_GATEWAY = 5;
const RTA_MULTIPATH = 9;
const RTA_TABLE = 15;
/** struct rtnexthop: length, flags, hops, interface. */
const NEXT_HOP = { interfaceAt: 4, lengthBytes: 8 } as const;
const AF_INET = 2;
const AF_INET6 = 10;
/** RTN_ values by number, as ip names them. */
const TYPES = "none unicast local broadcast anycast multicast blackhole unreachable prohibit throw nat".split(
  " ",
);
const TABLES: ReadonlyMap<number, string> = new Map([
  [253, "default"],
  [255, "local"],
]);
const MAIN_TABLE = 254;
/** What sending fails with on routes of these types, net/ipv4/fib_semantics.c. */
const ERRORS: ReadonlyMap<string, string> = new Map([
  ["blackhole", "EINVAL"],
  ["unreachable", "EHOSTUNREACH"],
  ["prohibit", "EACCES"],
]);

/**
 * The change that a message announces, in the words of `ip monitor route`; null for any other message.
 * @param deviceName of an interface's index; null when it is gone
 */
export function parseRouteMessage(
  { type, payload }: NetlinkMessage,
  deviceName: (index: number) => string | null,
): RouteChange | null {
  if ((type !== RTM_NEWROUTE && type !== RTM_DELROUTE) || payload.byteLength < ROUTE.lengthBytes) return null;
  const family = payload.getUint8(ROUTE.familyAt);
  if (family !== AF_INET && family !== AF_INET6) return null;
  const attributes = attributesOf(payload, ROUTE.lengthBytes);
  const addressBytes = family === AF_INET ? 4 : 16;
  const routeType = TYPES[payload.getUint8(ROUTE.typeAt)] ?? null;
  const isCached = (payload.getUint32(ROUTE.flagsAt, HOST_IS_LITTLE_ENDIAN) & RTM_F_CLONED) !== 0;
  const table = numberOf(attributes.get(RTA_TABLE)) ?? payload.getUint8(ROUTE.tableAt);
  const hop = nextHop(attributes);
  const device = numberOf(hop.get(RTA_OIF));
  return {
    operation: type === RTM_NEWROUTE ? "add" : "delete",
    prefix: prefixOf(attributes.get(RTA_DST), payload.getUint8(ROUTE.prefixBitsAt), addressBytes),
    gatewayAddr: addressOf(hop.get(RTA_GATEWAY), addressBytes),
    device: device === null ? null : deviceName(device),
    // ip leaves the ordinary type and the main table out.
    routeType: routeType === "unicast" ? null : routeType,
    routeTable: isCached ? "cache" : table === MAIN_TABLE ? null : (TABLES.get(table) ?? String(table)),
    error: isCached && routeType !== null ? (ERRORS.get(routeType) ?? null) : null,
  };
}

/** The attributes that name the next hop: the route's own, or of several hops those of the first. */
function nextHop(attributes: ReadonlyMap<number, DataView>): ReadonlyMap<number, DataView> {
  const several = attributes.get(RTA_MULTIPATH);
  if (several === undefined || several.byteLength < NEXT_HOP.lengthBytes) return attributes;
  const lengthBytes = Math.min(several.getUint16(0, HOST_IS_LITTLE_ENDIAN), several.byteLength);
  if (lengthBytes < NEXT_HOP.lengthBytes) return attributes;
  const first = new DataView(several.buffer, several.byteOffset, lengthBytes);
  const device = new DataView(several.buffer, several.byteOffset + NEXT_HOP.interfaceAt, 4);
  return new Map([...attributesOf(first, NEXT_HOP.lengthBytes), [RTA_OIF, device]]);
}

function numberOf(value: DataView | undefined): number | null {
  return value === undefined || value.byteLength < 4 ? null : value.getUint32(0, HOST_IS_LITTLE_ENDIAN);
}

function addressOf(value: DataView | undefined, addressBytes: number): string | null {
  if (value === undefined || value.byteLength !== addressBytes) return null;
  return formatAddress(new Uint8Array(value.buffer, value.byteOffset, addressBytes));
}

function prefixOf(value: DataView | undefined, bits: number, addressBytes: number): string {
  const address = addressOf(value, addressBytes);
  if (address === null) return "default";
  return bits === 8 * addressBytes ? address : `${address}/${bits}`;
}
