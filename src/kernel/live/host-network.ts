import { readFileSync } from "node:fs";
import koffi from "koffi";
import { HOST_IS_LITTLE_ENDIAN } from "./netlink-message.js";

/** IF_NAMESIZE of net/if.h, with the zero octet. */
const NAME_BYTES = 16;
/** Devices that are looked at in one go. */
const MOST_DEVICES = 1024;

const system = koffi.load(null);
const nameOfIndex: (index: number, name: Uint8Array) => unknown = system.func(
  "void *if_indextoname(unsigned int, uint8_t *)",
);
const indexOfName: (name: string) => number = system.func("unsigned int if_nametoindex(const char *)");

const getTime: (clock: number, time: Uint8Array) => number = system.func("int clock_gettime(int, uint8_t *)");
const CLOCK_REALTIME = 0;
/** struct timespec: seconds and nanoseconds, 64 bits each. */
const TIME_BYTES = 16;
const NS_PER_SECOND = 1_000_000_000n;

/** Nanoseconds since 1970 on the clock that the kernel gives frames their times by. */
export function realTimeNs(): bigint {
  const time = Buffer.alloc(TIME_BYTES);
  getTime(CLOCK_REALTIME, time);
  const view = new DataView(time.buffer, time.byteOffset);
  const seconds = view.getBigInt64(0, HOST_IS_LITTLE_ENDIAN);
  return seconds * NS_PER_SECOND + view.getBigInt64(8, HOST_IS_LITTLE_ENDIAN);
}

/** What the device of this number is called in this network namespace now; null when it is gone. */
export function deviceName(index: number): string | null {
  const name = Buffer.alloc(NAME_BYTES);
  if (nameOfIndex(index, name) === null) return null;
  return name.toString("latin1").replace(/\0.*$/s, "");
}

/** The numbers of this network namespace's devices. */
export function deviceIndexes(): readonly number[] {
  // Of this process's namespace; /proc/net is that of its first thread.
  const lines = readFileSync("/proc/self/net/dev", "latin1").split("\n").slice(2, MOST_DEVICES);
  const names = lines.map((line) => line.slice(0, Math.max(0, line.lastIndexOf(":"))).trim());
  return names.map((name) => (name === "" ? 0 : indexOfName(name))).filter((index) => index > 0);
}
