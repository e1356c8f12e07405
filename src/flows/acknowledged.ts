import { unwrapSeq } from "../tcp/seq.js";
import type { Endpoint } from "./endpoint.js";

/**
 * The receiver has acknowledged what ends at `end`, relative. Of a connection that began before the capture, nothing is
 * known of octets below the first one captured until something above them is acknowledged.
 */
export function isAcknowledged(receiver: Endpoint, end: number): boolean {
  return receiver.ackedTo > 0 && end <= receiver.ackedTo;
}

/**
 * Whether `peer` acknowledged more than `sender` sent up to its FIN, which a capture that misses segments cannot explain.
 * The sender drops such acknowledgments, RFC 9293, section 3.10.7.4.
 */
export function isAcknowledgedBeyondFin(sender: Endpoint, peer: Endpoint): boolean {
  if (sender.finFrame === 0) return false;
  const fin = unwrapSeq(sender.historyFin, sender.base, sender.nextSeq);
  return peer.ackedTo > fin + 1;
}
