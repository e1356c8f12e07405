import { formatShare } from "./quantity.js";
import type { ServerSummary } from "./report.js";

/**
 * The share of a server's connections that came about: not refused, nor without an answer that reached the client; 100
 * % only when all did.
 */
export function openedShare({ flows, failed }: ServerSummary): string {
  return failed === 0 ? "100 %" : `${Math.floor((1000 * (flows - failed)) / flows) / 10} %`;
}

/** The share of segments that were sent again; `-` without any segment. */
export function resentShare({ segments, retransmits }: ServerSummary): string {
  return segments === 0 ? "-" : formatShare(retransmits / segments);
}
