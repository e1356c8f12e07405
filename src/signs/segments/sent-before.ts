import type { Segment } from "../../decode/segment.js";
import { ACK_LOST_SEGMENT, LOST_SEGMENT } from "../../engine/segment-labels.js";
import { type Endpoint, HAS_ISN } from "../../flows/endpoint.js";
import type { Flow } from "../../flows/flow.js";

/** What was on its way when the capture began, and held up by a loss, has mostly been made good by then. Nanoseconds. */
const BEGIN_NS = 1_000_000_000;

/** Kept per side. `octets`: how many there are; `upTo`: the relative number behind them. */
export const SENT_BEFORE_FIELDS = ["octets", "upTo"] as const;
type SentBefore = Record<(typeof SENT_BEFORE_FIELDS)[number], number>;

/**
 * Notes octets that a side may have sent before the capture began: behind a loss, which was made good since, and therefore acknowledged
 * though the capture shows none of them. So it may be with what is skipped or acknowledged unseen soon after a connection
 * appears in mid-stream, and as long as its sender only repeats the first of its data that was captured; but not once
 * the receiver has acknowledged captured data and holds nothing beyond. Give it every labelled segment.
 */
export function noteSentBefore(
  segment: Segment,
  flow: Flow,
  records: { readonly [side in "client" | "server"]: { of(flow: Flow): SentBefore } },
): void {
  const isSkipped = (segment.analysis & LOST_SEGMENT) !== 0;
  if (!isSkipped && (segment.analysis & ACK_LOST_SEGMENT) === 0) return;
  const side = segment.fromServer === isSkipped ? "server" : "client";
  const sender = flow[side];
  if (sender.segments === 0 || sender.facts & HAS_ISN) return;
  if (hasCaughtUp(sender, side === "server" ? flow.client : flow.server)) return;
  if (segment.timeNs - flow.startNs > BEGIN_NS && !onlyRepeats(sender)) return;
  const kept = records[side].of(flow);
  const upTo = isSkipped ? segment.relativeSeq : segment.relativeAck;
  const from = Math.max(sender.nextSeq, kept.upTo);
  if (upTo <= from) return;
  kept.octets += upTo - from;
  kept.upTo = upTo;
}

/** The receiver has acknowledged something that was captured, and reports nothing that it holds beyond. */
function hasCaughtUp(sender: Endpoint, receiver: Endpoint): boolean {
  return receiver.ackedTo > Math.max(1, sender.capturedFrom) && receiver.labelSackedBytes === 0;
}

function onlyRepeats({ retransmits, uniqueBytes, firstDataLength }: Endpoint): boolean {
  return retransmits > 0 && uniqueBytes <= firstDataLength;
}
