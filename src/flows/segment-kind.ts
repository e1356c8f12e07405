import { ACK, FIN, RST, SYN } from "../tcp/flags.js";

/** What a segment can be to a watcher; a segment may be several. */
export const KIND_SYN = 0x01;
export const KIND_SYN_ACK = 0x02;
/** Any payload. */
export const KIND_DATA = 0x04;
/** ACK without payload, SYN, FIN or RST. */
export const KIND_PURE_ACK = 0x08;
export const KIND_FIN = 0x10;
export const KIND_RST = 0x20;
/** One of tshark's labels is on it: labels/label.ts. */
export const KIND_LABELLED = 0x40;
/** It repeats what its sender had sent before: causes/cause.ts. */
export const KIND_REPEATED = 0x80;
/** It ends a silence of the connection of at least PAUSE_NS. */
export const KIND_PAUSED = 0x100;
/** How many sets of kinds there are. */
export const KIND_SETS = 0x200;

/** Shorter than the shortest delayed ACK that is in use: Linux's TCP_DELACK_MIN, 40 ms. */
export const PAUSE_NS = 30_000_000;

/** Flags in the six low bits and "has payload" in the seventh -> set of kinds. A table read instead of six tests. */
const KINDS = new Uint8Array(128);
for (let index = 0; index < 128; index++) {
  let kinds = 0;
  if (index & SYN) kinds |= index & ACK ? KIND_SYN_ACK : KIND_SYN;
  if (index & 64) kinds |= KIND_DATA;
  if (index & FIN) kinds |= KIND_FIN;
  if (index & RST) kinds |= KIND_RST;
  if (kinds === 0 && index & ACK) kinds = KIND_PURE_ACK;
  KINDS[index] = kinds;
}

/** The kinds that a segment with these flags and this many octets of payload has by itself. */
export function segmentKinds(flags: number, payloadLength: number): number {
  return KINDS[(flags & 63) | (payloadLength > 0 ? 64 : 0)]!;
}
