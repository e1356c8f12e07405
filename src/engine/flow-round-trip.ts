import type { Flow } from "../flows/flow.js";

/**
 * The whole way there and back, as the capture shows it: from the capture to either end, smoothed and added up, else the
 * handshake's. Nanoseconds; 0 when neither is known. RFC 6298. A SYN that was sent again makes the handshake's doubtful
 * (Karn's algorithm): the answer to the latest may have been lost as well.
 */
export function roundTripNs({ client, server, initialRttNs }: Flow): number {
  const smoothedNs = client.causeSrttNs + server.causeSrttNs;
  if (client.syns > 1 && client.causeSrttNs > 0 && server.causeSrttNs > 0) return smoothedNs;
  return Math.max(smoothedNs, initialRttNs);
}
