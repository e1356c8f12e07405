import type { Segment } from "../../decode/segment.js";
import type { Endpoint } from "../../flows/endpoint.js";

/** The keepalive of BGP has 19 octets, that of LDP 18, of MSDP 3, of AMQP 8, and in TLS some twenty more. */
const MOST_KEEPALIVE_OCTETS = 64;
const MANY_ALIKE = 2;
/** Of a client whose messages do little but cross the server's: each one, and the acknowledgment of the server's. */
const SEGMENTS_PER_MESSAGE = 3;
/** The handshake, and what the two told each other in the beginning. */
const SEGMENTS_BEFORE = 30;

/** The server's segment is as short as all that the client, which sent `requestOctets`, had sent before it: both may send the same of themselves. */
export function isAlike({ payloadLength }: Segment, requestOctets: number): boolean {
  return payloadLength === requestOctets && payloadLength <= MOST_KEEPALIVE_OCTETS;
}

/**
 * Both ends send the same short message every so many seconds, each by a clock of its own, as routers do to see whether the other is
 * alive (RFC 4271, section 4.4): none of them answers the other. `alike`: how many of the client's `waits` ended with what the client had sent before.
 */
export function areCrossing(alike: number, waits: number, { segments }: Endpoint): boolean {
  return waits >= MANY_ALIKE && alike >= waits && segments <= SEGMENTS_BEFORE + SEGMENTS_PER_MESSAGE * waits;
}
