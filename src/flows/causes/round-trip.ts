import type { Endpoint } from "../endpoint.js";
import type { Flow } from "../flow.js";

/**
 * Lowest retransmission timeout of common systems, a tenth off for timers that fire early: Linux 200 ms, Windows 300 ms,
 * BSD 230 ms. RFC 6298, section 2.4, asks for 1 s, which nobody follows.
 */
export const SHORTEST_TIMEOUT_NS = 180_000_000;
/** Before anything was measured. RFC 6298, section 2.1. */
export const FIRST_TIMEOUT_NS = 1_000_000_000;

/** Weights of a new sample, and how many variations a timeout waits. RFC 6298, section 2.3. */
const ALPHA = 1 / 8;
const BETA = 1 / 4;
const VARIATIONS = 4;

/** Takes a sample into the smoothed round trip of `sender`. RFC 6298, sections 2.2 and 2.3. */
export function noteRoundTrip(sender: Endpoint, sampleNs: number): void {
  // Clocks of two interfaces may disagree; no round trip takes less than nothing.
  const sample = Math.max(1, sampleNs);
  const smoothed = sender.causeSrttNs;
  if (smoothed === 0) {
    sender.causeSrttNs = sample;
    sender.causeRttVarNs = sample / 2;
    sender.causeLeastRttNs = sample;
    return;
  }
  if (sample < sender.causeLeastRttNs) sender.causeLeastRttNs = sample;
  sender.causeRttVarNs += BETA * (Math.abs(smoothed - sample) - sender.causeRttVarNs);
  sender.causeSrttNs = smoothed + ALPHA * (sample - smoothed);
}

/**
 * The round trip between both ends, as far as measured: what the capture sees in each direction, added up, because it
 * may stand anywhere between them. 0 when nothing was measured.
 */
export function pathRoundTripNs(sender: Endpoint, receiver: Endpoint): number {
  return sender.causeSrttNs + receiver.causeSrttNs;
}

/** Paths do not become shorter than this part of what they were at the handshake. */
const SHORTEST_SHARE = 0.5;

/**
 * Nothing that the capture saw less than so long ago can have reached that end and come back as its answer: part of the
 * handshake's round trip between the capture and that end. 0 where the handshake does not tell.
 */
export function soonestAnswerNs(flow: Flow, isFromServer: boolean): number {
  const { client, server } = flow;
  if (client.syns !== 1 || server.syns !== 1) return 0;
  const answeredNs = isFromServer ? server.synNs - client.synNs : flow.handshakeAckNs - server.synNs;
  return SHORTEST_SHARE * Math.max(0, answeredNs);
}

/** The retransmission timeout that `sender` has in about, without backoff. RFC 6298 with Linux's lowest variation. */
export function timeoutNs(sender: Endpoint, receiver: Endpoint): number {
  const roundTripNs = pathRoundTripNs(sender, receiver);
  if (roundTripNs === 0) return FIRST_TIMEOUT_NS;
  return roundTripNs + Math.max(VARIATIONS * sender.causeRttVarNs, SHORTEST_TIMEOUT_NS);
}
