import type { Segment } from "../../decode/segment.js";
import type { Endpoint } from "../../flows/endpoint.js";
import type { Flow } from "../../flows/flow.js";

/** What a server says when it closes, in TLS: GOAWAY of HTTP/2 with a reason (RFC 9113, section 6.8), alerts. */
const MOST_FAREWELL_OCTETS = 100;
/** An alert once TLS encrypts: header, nonce, level, description, type and tag. RFC 8446, sections 5.2 and 6; RFC 5288. */
const MOST_ALERT_OCTETS = 31;
/** Servers leave a connection idle for so long at least, nanoseconds; what comes sooner and is no alert is an answer. */
const SHORTEST_IDLE_NS = 5_000_000_000;
/** Both ends close within this time behind it, nanoseconds. */
const CLOSED_WITHIN_NS = 1_000_000_000;

/** The segment, which came after `waitedNs` of silence, may be the last word of a server that closes: few encrypted octets. */
export function mayBeFarewell(segment: Segment, waitedNs: number): boolean {
  const { payloadLength } = segment;
  if (payloadLength > MOST_FAREWELL_OCTETS || !segment.isTlsApplicationData) return false;
  return waitedNs >= SHORTEST_IDLE_NS || payloadLength <= MOST_ALERT_OCTETS;
}

/** It was: the server sent no more than an alert behind `end`, relative, and the connection was closed at once. */
export function wasFarewell({ client, server, endNs }: Flow, end: number, timeNs: number): boolean {
  const sentTo = server.finFrame > 0 ? server.nextSeq - 1 : server.nextSeq;
  if (sentTo > end + MOST_ALERT_OCTETS) return false;
  const closedNs = Math.min(closeOf(client), closeOf(server));
  return Math.min(closedNs, endNs) - timeNs <= CLOSED_WITHIN_NS;
}

/** When an end sent its FIN or RST; Infinity when it did neither. */
function closeOf({ finFrame, finNs, rstFrame, rstNs }: Endpoint): number {
  if (finFrame > 0) return finNs;
  return rstFrame > 0 ? rstNs : Number.POSITIVE_INFINITY;
}
