import { type Direction, uint32Index } from "./direction.js";

/** Segments whose identity is remembered; a power of two. */
const REMEMBERED = 8;
const SIGNATURES = uint32Index("signature0");
const SIGNATURE_AT = uint32Index("signatureAt");

/**
 * Whether one of the eight segments before has the same sequence number and IPv4 identification: something below TCP
 * sent it twice. Without an identification (IPv6, or 0) nothing can be said. Remembers the segment.
 */
export function isLinkDuplicate(sender: Direction, seq: number, ipId: number): boolean {
  if (ipId === 0) return false;
  const { u32, at32 } = sender;
  const first = at32 + SIGNATURES;
  // Tells any two identifications apart that come with one sequence number, and nearly all others.
  const signature = (Math.imul(seq, 0x9e3779b1) ^ Math.imul(ipId, 0x85ebca6b)) >>> 0;
  if (seq !== 0) {
    for (let at = first; at < first + REMEMBERED; at++) if (u32[at] === signature) return true;
  }
  const slot = u32[at32 + SIGNATURE_AT]!;
  u32[first + slot] = seq === 0 ? 0 : signature;
  u32[at32 + SIGNATURE_AT] = (slot + 1) & (REMEMBERED - 1);
  return false;
}
