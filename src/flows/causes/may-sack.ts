import { type Endpoint, HAS_ISN, HAS_SACK_PERMITTED } from "../endpoint.js";

/**
 * Both sides agreed to SACK in their SYNs (RFC 2018, section 2), or may have where the handshake was not captured: probes
 * need it (RFC 8985, section 7.1), and a sender without it knows but how far its peer has everything.
 */
export function maySack(sender: Endpoint, receiver: Endpoint): boolean {
  const agreed = HAS_SACK_PERMITTED | HAS_ISN;
  const isRefused = (facts: number) => (facts & agreed) === HAS_ISN;
  return !isRefused(sender.facts) && !isRefused(receiver.facts);
}
