import type { Evidence } from "../../engine/finding.js";
import type { Endpoint } from "../../flows/endpoint.js";
import { FEWEST_REPEATS } from "../outages/unanswered-run.js";

/** A FIN that was not acknowledged, though all data before it was. */
export interface UnacknowledgedFin {
  readonly fin: Evidence;
  /** When the other end was last heard; what was under way comes behind the FIN. Nanoseconds since the capture's origin. */
  readonly heardNs: number;
  /** Of the end that sent it. RFC 9293, section 3.3.2. */
  readonly state: "FIN-WAIT-1" | "LAST-ACK";
}

/**
 * That of `closer`, which sent it again, or null. Who goes on though `peer` has reset the connection did not hear of that, and is left to
 * rst-unheard; a peer that was never captured may have acknowledged everything.
 */
export function unacknowledgedFinOf(
  flowId: number,
  closer: Endpoint,
  peer: Endpoint,
): UnacknowledgedFin | null {
  const { finFrame, finNs, nextSeq, retransmits } = closer;
  if (finFrame === 0 || retransmits < FEWEST_REPEATS || peer.segments === 0) return null;
  if (peer.ackedTo !== nextSeq - 1 || peer.rstFrame > 0) return null;
  const isLast = peer.finFrame > 0 && peer.finNs < finNs;
  return {
    fin: { flowId, frame: finFrame, timeNs: finNs },
    heardNs: peer.lastNs,
    state: isLast ? "LAST-ACK" : "FIN-WAIT-1",
  };
}
