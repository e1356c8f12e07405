import { formatShare } from "./quantity.js";
import type { ServerSummary } from "./report.js";

/** The share of a server's connections that were neither refused nor left without an answer; 100 % only when none was. */
export function openedShare({ flows, failed }: ServerSummary): string {
  return failed === 0 ? "100 %" : `${Math.floor((1000 * (flows - failed)) / flows) / 10} %`;
}

/** The share of segments that were sent again; `-` without any segment. */
export function resentShare({ segments, retransmits }: ServerSummary): string {
  return segments === 0 ? "-" : formatShare(retransmits / segments);
}
