import { endianness } from "node:os";
import koffi from "koffi";

/** Families of addresses, bits/socket.h. Every device has one address of the last, whether it is up or not. */
const AF_INET = 2;
const AF_INET6 = 10;
const AF_PACKET = 17;
/** Where struct sockaddr_in and sockaddr_in6 have the address; ip(7), ipv6(7). */
const ADDRESS_OF_FAMILY_AT: ReadonlyMap<number, number> = new Map([
  [AF_INET, 4],
  [AF_INET6, 8],
]);
/** INET6_ADDRSTRLEN. */
const LONGEST_TEXT = 46;

/** struct ifaddrs, getifaddrs(3), with pointers of 64 bits. */
const IFADDRS_BYTES = 32;
const NEXT_AT = 0;
const NAME_AT = 8;
const FLAGS_AT = 16;
const ADDRESS_AT = 24;
/** struct sockaddr_ll, packet(7): family, protocol, index, hardware type. */
const HARDWARE_TYPE_AT = 8;
/** Entries that are looked at: a device has one, and one for each of its addresses. */
const MOST_ENTRIES = 100_000;

const IS_LITTLE_ENDIAN = endianness() === "LE";
const system = koffi.load(null);
const getAddresses: (list: Uint8Array) => number = system.func("int getifaddrs(uint8_t *)");
const freeAddresses: (list: bigint) => void = system.func("void freeifaddrs(void *)");
const printAddress: (family: number, address: bigint, text: Uint8Array, lengthBytes: number) => unknown =
  system.func("void *inet_ntop(int, void *, uint8_t *, uint32_t)");

/** A network device as the kernel has it. */
export interface Device {
  readonly name: string;
  /** IFF_ values of linux/if.h. */
  readonly flags: number;
  /** ARPHRD_ value of linux/if_arp.h. */
  readonly hardwareType: number;
  /** Numeric, without prefix lengths. */
  readonly addresses: readonly string[];
}

/** The devices of this process's network namespace. Throws an Error when the kernel refuses. */
export function listDevices(): readonly Device[] {
  const list = Buffer.alloc(BigUint64Array.BYTES_PER_ELEMENT);
  if (getAddresses(list) !== 0) throw new Error(`getifaddrs is refused (${koffi.errno()})`);
  const first = pointerIn(new DataView(list.buffer, list.byteOffset), 0);
  try {
    return devicesOf(first);
  } finally {
    if (first !== 0n) freeAddresses(first);
  }
}

function devicesOf(first: bigint): readonly Device[] {
  const devices: Device[] = [];
  const addresses = new Map<string, string[]>();
  let pointer = first;
  for (let count = 0; pointer !== 0n && count < MOST_ENTRIES; count++) {
    const entry = memory(pointer, IFADDRS_BYTES);
    pointer = pointerIn(entry, NEXT_AT);
    const address = pointerIn(entry, ADDRESS_AT);
    if (address === 0n) continue;
    const name: unknown = koffi.decode(pointerIn(entry, NAME_AT), "char", -1);
    if (typeof name !== "string") continue;
    const known = addresses.get(name) ?? [];
    addresses.set(name, known);
    const family = memory(address, 2).getUint16(0, IS_LITTLE_ENDIAN);
    if (family === AF_PACKET) {
      const flags = entry.getUint32(FLAGS_AT, IS_LITTLE_ENDIAN);
      const hardwareType = memory(address + BigInt(HARDWARE_TYPE_AT), 2).getUint16(0, IS_LITTLE_ENDIAN);
      devices.push({ name, flags, hardwareType, addresses: known });
    }
    const at = ADDRESS_OF_FAMILY_AT.get(family);
    if (at !== undefined) known.push(textOf(family, address + BigInt(at)));
  }
  return devices;
}

function textOf(family: number, address: bigint): string {
  const text = Buffer.alloc(LONGEST_TEXT);
  printAddress(family, address, text, text.length);
  return text.toString("latin1").replace(/\0.*$/s, "");
}

function memory(pointer: bigint, lengthBytes: number): DataView {
  return new DataView(koffi.view(pointer, lengthBytes));
}

function pointerIn(view: DataView, at: number): bigint {
  return view.getBigUint64(at, IS_LITTLE_ENDIAN);
}
