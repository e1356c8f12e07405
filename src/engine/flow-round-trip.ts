import type { Flow } from "../flows/flow.js";

/**
 * The whole way there and back, as the capture shows it: from the capture to either end, smoothed and added up, else the
 * handshake's. Nanoseconds; 0 when neither is known. RFC 6298.
 */
export function roundTripNs({ client, server, initialRttNs }: Flow): number {
  const smoothedNs = client.causeSrttNs + server.causeSrttNs;
  return Math.max(smoothedNs, initialRttNs);
}
