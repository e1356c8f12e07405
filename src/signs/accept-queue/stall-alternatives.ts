import { hasTaker, isQueueFree } from "./stall-confidence.js";
import { hasCookieSynAck, type StalledListener } from "./stalled-listeners.js";

const SERVED_MEANWHILE =
  "The listener opened and served other connections at once while these hung, which one whose queue is full does not: look for a filter between the capture and the server, or on its host, that drops what these clients send (`nft list ruleset`).";
const NOBODY_BETWEEN =
  "The listener had room for these connections when it answered their SYNs, as Linux since 4.10 answers none otherwise, and of most of them the capture shows nobody who took it before the ACK came: unless the capture lacks somebody, a filter on the way or on the server's host drops what follows the SYN (`nft list ruleset` there), or the path was shut.";
const FILTERED =
  "A filter on the way, or on the server's host, lets the handshake pass and drops what the client sends then: a firewall that sees one direction only, or looks into the data. Capture on the server's host to tell.";

/**
 * What else than its host's queue may have swallowed the handshake's end; nothing where that is known: on loopback, which has no
 * way between, and where the server's host tells that it got what it dropped, or that it sends cookies.
 */
export function filterAlternatives(incident: StalledListener): string[] {
  const { flows, listener } = incident;
  const isToldByHost = flows.some(
    ({ isLoopback, stall }) =>
      isLoopback || stall.isReceiptProven || stall.isExpired || hasCookieSynAck(stall, listener),
  );
  if (isToldByHost) return [];
  if (isQueueFree(incident)) return [SERVED_MEANWHILE];
  const withoutTaker = flows.filter((flow) => !flow.stall.isBegunBefore && !hasTaker(flow, listener));
  return [withoutTaker.length * 2 > flows.length ? NOBODY_BETWEEN : FILTERED];
}
