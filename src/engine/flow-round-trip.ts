import { type Flow, HAS_SYN_DATA } from "../flows/flow.js";

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

/**
 * One sample of the way there and back, nanoseconds; 0 without one: the handshake's, but where SYN or SYN-ACK came again, so that
 * nobody knows which was answered (Karn's algorithm), or the SYN carried data, whose answer comes before the handshake's end (TCP Fast
 * Open), that of later segments. tshark's initial RTT, `initialRttNs`, knows neither exception.
 */
export function sampledRoundTripNs({ client, server, initialRttNs, facts }: Flow): number {
  if (client.syns <= 1 && server.syns <= 1 && !(facts & HAS_SYN_DATA)) return initialRttNs;
  const hasBoth = client.causeSrttNs > 0 && server.causeSrttNs > 0;
  return hasBoth ? client.causeSrttNs + server.causeSrttNs : 0;
}
