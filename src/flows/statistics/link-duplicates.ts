import type { Endpoint } from "../endpoint.js";

/** Segments whose identity is remembered; a power of two. */
const REMEMBERED = 8;

/**
 * Whether one of the eight segments before has the same sequence number and IPv4 identification: something below TCP
 * sent it twice. Without an identification (IPv6, or 0) nothing can be said. Remembers the segment.
 */
export function isLinkDuplicate(sender: Endpoint, seq: number, ipId: number): boolean {
  if (ipId === 0) return false;
  // Tells any two identifications apart that come with one sequence number, and nearly all others.
  const signature = (Math.imul(seq, 0x9e3779b1) ^ Math.imul(ipId, 0x85ebca6b)) >>> 0;
  if (
    seq !== 0 &&
    (sender.signature0 === signature ||
      sender.signature1 === signature ||
      sender.signature2 === signature ||
      sender.signature3 === signature ||
      sender.signature4 === signature ||
      sender.signature5 === signature ||
      sender.signature6 === signature ||
      sender.signature7 === signature)
  ) {
    return true;
  }
  remember(sender, seq === 0 ? 0 : signature);
  return false;
}

function remember(sender: Endpoint, signature: number): void {
  switch (sender.signatureAt) {
    case 0:
      sender.signature0 = signature;
      break;
    case 1:
      sender.signature1 = signature;
      break;
    case 2:
      sender.signature2 = signature;
      break;
    case 3:
      sender.signature3 = signature;
      break;
    case 4:
      sender.signature4 = signature;
      break;
    case 5:
      sender.signature5 = signature;
      break;
    case 6:
      sender.signature6 = signature;
      break;
    default:
      sender.signature7 = signature;
  }
  sender.signatureAt = (sender.signatureAt + 1) & (REMEMBERED - 1);
}
