import { readFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import type { Device } from "./network-devices.js";

/** An interface that can be captured. */
export interface LiveInterface {
  readonly name: string;
  /** Numeric, without prefix lengths. */
  readonly addresses: readonly string[];
  /** Null when it cannot be told. */
  readonly isUp: boolean | null;
  readonly isLoopback: boolean;
  /** LINKTYPE_ value that frames will have; null when it cannot be told without opening. */
  readonly linkType: number | null;
}

/** linux/if.h */
const IFF_UP = 1;
const IFF_LOOPBACK = 8;
/** ARPHRD_ values of linux/if_arp.h to LINKTYPE_: libpcap's map_arphrd_to_dlt. */
const LINK_TYPES: ReadonlyMap<number, number> = new Map([
  [1, 1],
  [772, 1],
  [65_534, 101],
]);
/** Every Linux network namespace has one loopback device, of this name. */
const LOOPBACK = "lo";
/** Lines of /proc/net/dev before the first device. */
const HEADING_LINES = 2;

/**
 * Interfaces of this network namespace, by name; none where the system is not Linux. /sys/class/net is not asked: it is
 * that of the namespace in which it was mounted.
 */
export async function listInterfaces(): Promise<readonly LiveInterface[]> {
  const all = (await byKernel()) ?? (await byName());
  return [...all].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Null where there is no koffi for this machine. */
async function byKernel(): Promise<readonly LiveInterface[] | null> {
  let devices: readonly Device[];
  try {
    devices = (await import("./network-devices.js")).listDevices();
  } catch {
    return null;
  }
  return devices.map(({ name, flags, hardwareType, addresses }) => ({
    name,
    addresses,
    isUp: (flags & IFF_UP) !== 0,
    isLoopback: (flags & IFF_LOOPBACK) !== 0,
    linkType: LINK_TYPES.get(hardwareType) ?? null,
  }));
}

/** Without koffi: the names, and those that Node tells of, which are up, have an address and a carrier. */
async function byName(): Promise<readonly LiveInterface[]> {
  const text = await readFile("/proc/self/net/dev", "latin1").catch(() => "");
  const addresses = networkInterfaces();
  const names = text
    .split("\n")
    .slice(HEADING_LINES)
    .map((line) => line.slice(0, Math.max(0, line.lastIndexOf(":"))).trim());
  return names
    .filter((name) => name !== "")
    .map((name) => ({
      name,
      addresses: (addresses[name] ?? []).map(({ address }) => address),
      isUp: addresses[name] === undefined ? null : true,
      isLoopback: name === LOOPBACK,
      linkType: null,
    }));
}
