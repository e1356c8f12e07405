import { ACK, FIN, RST, SYN } from "../../tcp/flags.js";

// What of a connection was captured, as bits of tshark's `tcp.completeness`.
export const COMPLETENESS_SYN = 1;
export const COMPLETENESS_SYN_ACK = 2;
export const COMPLETENESS_ACK = 4;
export const COMPLETENESS_DATA = 8;
export const COMPLETENESS_FIN = 16;
export const COMPLETENESS_RST = 32;

/** Of a connection's first segment only a SYN counts, and data in it (TCP Fast Open, RFC 7413). */
export function firstCompleteness(flags: number, payloadLength: number): number {
  if ((flags & (SYN | ACK)) !== SYN) return 0;
  return payloadLength > 0 ? COMPLETENESS_SYN | COMPLETENESS_DATA : COMPLETENESS_SYN;
}

/** What a later segment adds. */
export function addedCompleteness(flags: number, payloadLength: number): number {
  let added = 0;
  if (flags & ACK) {
    if (flags & SYN) added |= COMPLETENESS_SYN_ACK;
    else added |= payloadLength > 0 ? COMPLETENESS_DATA : COMPLETENESS_ACK;
    if (flags & FIN) added |= COMPLETENESS_FIN;
  }
  if (flags & RST) added |= COMPLETENESS_RST;
  return added;
}
