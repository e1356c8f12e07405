import type { EventEmitter } from "node:events";
import { createRequire } from "node:module";

/** The part of the package cap (0.2.1) that is used. */
export interface CapDevice extends EventEmitter {
  /** The name of the link type; throws libpcap's words. Frames come into `buffer`, with the event `packet`. */
  open(device: string, filter: string, bufferBytes: number, buffer: Buffer): string;
  close(): void;
}

/** A device of cap that is not open yet; null when the package is not installed, for it is optional. */
export function createCapDevice(): CapDevice | null {
  try {
    const module: { Cap: new () => CapDevice } = createRequire(import.meta.url)("cap");
    return new module.Cap();
  } catch {
    return null;
  }
}

/** LINKTYPE_ values by cap's names for them, https://www.tcpdump.org/linktypes.html */
export const CAP_LINK_TYPES: ReadonlyMap<string, number> = new Map([
  ["NULL", 0],
  ["ETHERNET", 1],
  ["RAW", 101],
  ["LINKTYPE_LINUX_SLL", 113],
  ["IEEE802_11_RADIO", 127],
]);
