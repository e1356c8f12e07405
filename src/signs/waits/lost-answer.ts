import type { Segment } from "../../decode/segment.js";
import { roundTripNs } from "../../engine/flow-round-trip.js";
import { HAS_SYN_WITHOUT_ID } from "../../flows/endpoint.js";
import type { Flow } from "../../flows/flow.js";

/** More packets than that are no answer's, with all its repetitions: the identification is drawn at random. */
const MOST_PACKETS = 100;
/** Linux's shortest timeout, TCP_RTO_MIN; the round trip comes on top, its variance and the quiet of a crowded path. */
const SHORTEST_TIMEOUT_NS = 200_000_000;
const TIMEOUT_ROUND_TRIPS = 4;
/** Doubled so often a timeout has reached its limit. */
const MOST_DOUBLINGS = 9;

/**
 * How many packets the server sent between its latest segment and this one, with which a silence ends, that the capture lacks;
 * 0 where that is not known, or where sending the answer again and again cannot have taken the `waitedNs`. Linux counts the
 * IPv4 packets of each connection by their identification, repeated ones too.
 */
export function packetsLostBefore(segment: Segment, flow: Flow, waitedNs: number): number {
  const { server } = flow;
  if (!(server.facts & HAS_SYN_WITHOUT_ID)) return 0;
  const missing = (segment.ipId - server.ipId - 1) & 0xffff;
  if (missing > MOST_PACKETS) return 0;
  const timeoutNs = SHORTEST_TIMEOUT_NS + TIMEOUT_ROUND_TRIPS * roundTripNs(flow);
  return waitedNs <= timeoutNs * 2 ** Math.min(missing, MOST_DOUBLINGS) ? missing : 0;
}
