import { readdir, readFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";

/** An interface that can be captured. */
export interface LiveInterface {
  readonly name: string;
  /** Numeric, without prefix lengths; none for an interface without addresses. */
  readonly addresses: readonly string[];
  readonly isUp: boolean;
  readonly isLoopback: boolean;
  /** LINKTYPE_ value that frames will have; null when it cannot be told without opening. */
  readonly linkType: number | null;
}

const SYSTEM = "/sys/class/net";
/** linux/if.h */
const IFF_UP = 1;
const IFF_LOOPBACK = 8;
/** ARPHRD_ values of linux/if_arp.h to LINKTYPE_: libpcap's map_arphrd_to_dlt. */
const LINK_TYPES: ReadonlyMap<number, number> = new Map([
  [1, 1],
  [772, 1],
  [65_534, 101],
]);

/** Interfaces of this network namespace, by name; none where there is no /sys. */
export async function listInterfaces(): Promise<readonly LiveInterface[]> {
  const names = await readdir(SYSTEM).catch(() => []);
  const addresses = networkInterfaces();
  const all = names.sort().map(async (name): Promise<LiveInterface | null> => {
    const flags = await numberIn(`${SYSTEM}/${name}/flags`);
    // Such as bonding_masters, which is no interface.
    if (flags === null) return null;
    return {
      name,
      addresses: (addresses[name] ?? []).map(({ address }) => address),
      isUp: (flags & IFF_UP) !== 0,
      isLoopback: (flags & IFF_LOOPBACK) !== 0,
      linkType: LINK_TYPES.get((await numberIn(`${SYSTEM}/${name}/type`)) ?? -1) ?? null,
    };
  });
  return (await Promise.all(all)).filter((each) => each !== null);
}

async function numberIn(path: string): Promise<number | null> {
  const text = await readFile(path, "latin1").catch(() => "");
  const value = text.trim() === "" ? Number.NaN : Number(text.trim());
  return Number.isSafeInteger(value) ? value : null;
}
