import { formatAddress } from "../../tcp/address.js";
import type { RouteChange } from "../routes.js";
import { attributesOf, HOST_IS_LITTLE_ENDIAN, type NetlinkMessage } from "./netlink-message.js";

/** linux/rtnetlink.h */
const RTM_NEWROUTE = 24;
const RTM_DELROUTE = 25;
/** linux/netlink.h */
const NLM_F_REPLACE = 0x100;
/** struct rtmsg. */
const ROUTE = { familyAt: 0, prefixBitsAt: 1, tableAt: 4, typeAt: 7, flagsAt: 8, lengthBytes: 12 } as const;
const RTM_F_CLONED = 0x200;
const RTA_DST = 1;
const RTA_OIF = 4;
const RTA_GATEWAY = 5;
const RTA_MULTIPATH = 9;
const RTA_CACHEINFO = 12;
const RTA_TABLE = 15;
const RTA_VIA = 18;
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
/** struct rta_cacheinfo: what sending fails with, as a negative number of errno. */
const CACHE_ERROR_AT = 12;
const ERRORS: ReadonlyMap<number, string> = new Map([
  [-11, "EAGAIN"],
  [-13, "EACCES"],
  [-22, "EINVAL"],
  [-101, "ENETUNREACH"],
  [-113, "EHOSTUNREACH"],
]);

/**
 * The change that a message announces, in the words of `ip monitor route`; null for any other message.
 * @param deviceName of an interface's index; null when it is gone
 */
export function parseRouteMessage(
  { type, flags, payload }: Pick<NetlinkMessage, "type" | "flags" | "payload">,
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
    operation: type === RTM_DELROUTE ? "delete" : (flags & NLM_F_REPLACE) !== 0 ? "replace" : "add",
    prefix: prefixOf(attributes.get(RTA_DST), payload.getUint8(ROUTE.prefixBitsAt), addressBytes),
    gatewayAddr: addressOf(hop.get(RTA_GATEWAY), addressBytes) ?? addressOfOtherFamily(hop.get(RTA_VIA)),
    device: device === null ? null : deviceName(device),
    // ip leaves the ordinary type and the main table out.
    routeType: routeType === "unicast" ? null : routeType,
    routeTable: isCached ? "cache" : table === MAIN_TABLE ? null : (TABLES.get(table) ?? String(table)),
    error: errorOf(attributes.get(RTA_CACHEINFO)),
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

/** struct rtvia: the family and an address of it, of a next hop that is of another one than the route. */
function addressOfOtherFamily(value: DataView | undefined): string | null {
  if (value === undefined || value.byteLength < 2) return null;
  const addressBytes = value.getUint16(0, HOST_IS_LITTLE_ENDIAN) === AF_INET ? 4 : 16;
  return addressOf(new DataView(value.buffer, value.byteOffset + 2, value.byteLength - 2), addressBytes);
}

/** A number without a name stands for itself. */
function errorOf(value: DataView | undefined): string | null {
  if (value === undefined || value.byteLength < CACHE_ERROR_AT + 4) return null;
  const error = value.getInt32(CACHE_ERROR_AT, HOST_IS_LITTLE_ENDIAN);
  return error === 0 ? null : (ERRORS.get(error) ?? String(Math.abs(error)));
}

function prefixOf(value: DataView | undefined, bits: number, addressBytes: number): string {
  const address = addressOf(value, addressBytes);
  if (address === null) return "default";
  return bits === 8 * addressBytes ? address : `${address}/${bits}`;
}
