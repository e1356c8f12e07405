import type { Endpoint } from "./endpoint.js";

/**
 * The receiver has acknowledged what ends at `end`, relative. Of a connection that began before the capture, nothing is
 * known of octets below the first one captured until something above them is acknowledged.
 */
export function isAcknowledged(receiver: Endpoint, end: number): boolean {
  return receiver.ackedTo > 0 && end <= receiver.ackedTo;
}
