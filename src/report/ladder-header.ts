import { printable } from "./printable.js";
import { countOf, formatDuration } from "./quantity.js";
import type { FlowTimeline, TimelineEnd, TimelineFlow } from "./timeline.js";
import { wrap } from "./wrap.js";

const WIDTH = 80;

const KNOWN_BY: Readonly<Record<TimelineFlow["clientKnownBy"], string>> = {
  syn: "it sent the SYN",
  "syn-ack": "the other end sent the SYN-ACK",
  ports: "a guess by the port numbers",
  direction: "a guess: it was the first to be seen",
};

/** Zeek's codes: https://docs.zeek.org, base/protocols/conn/main.zeek, conn_state. */
const STATES: Readonly<Record<string, string>> = {
  S0: "a SYN that nobody answered",
  S1: "established, not closed",
  SF: "established and closed in order",
  REJ: "refused: a RST answered the SYN",
  S2: "established; the client closed its side, the server did not",
  S3: "established; the server closed its side, the client did not",
  RSTO: "established; the client reset it",
  RSTR: "the server reset it",
  RSTOS0: "the client sent a SYN, then a RST, and no SYN-ACK was seen",
  RSTRH: "the server sent a SYN-ACK, then a RST, and no SYN was seen",
  SH: "the client sent a SYN, then a FIN, and no SYN-ACK was seen",
  SHR: "the server sent a SYN-ACK, then a FIN, and no SYN was seen",
  OTH: "no SYN was seen: the capture begins in mid-connection",
};

/** What is known of the flow, as notes of the notation. */
export function ladderHeader({ flow, findings }: FlowTimeline): string[] {
  const lines: string[] = [];
  const note = (text: string): void => {
    lines.push(...wrap(printable(text), WIDTH, "// ", "//   "));
  };
  note(
    `flow ${flow.id} of ${flow.source}${flow.encapsulation === null ? "" : `, inside ${flow.encapsulation}`}`,
  );
  note(`client ${flow.client} (${KNOWN_BY[flow.clientKnownBy]}): ${describeEnd(flow.ends.client)}`);
  note(`server ${flow.server}: ${describeEnd(flow.ends.server)}`);
  note(`state ${flow.state} (${stateText(flow.state)}), history ${flow.history}`);
  note(`from ${formatInstant(flow.startedAtNs)}, ${formatDuration(flow.durationNs)}${describeMoments(flow)}`);
  for (const finding of findings) {
    note(`finding ${finding.id}, ${finding.severity}, ${finding.ruleId}: ${finding.message}`);
  }
  return lines;
}

/** Zeek's conn_state in words. */
export function stateText(state: string): string {
  return STATES[state] ?? "unknown";
}

function describeEnd(end: TimelineEnd): string {
  const parts = [`${countOf(end.segments, "segment")}, ${countOf(end.bytes, "octet")}`];
  if (end.retransmits > 0) parts.push(`${countOf(end.retransmits, "segment")} sent again`);
  if (end.copies > 0) parts.push(`${countOf(end.copies, "segment")} recorded twice`);
  if (end.mss !== null) parts.push(`mss ${end.mss}`);
  if (end.windowScale !== null) parts.push(`wscale ${end.windowScale}`);
  return parts.join(", ");
}

function describeMoments(flow: TimelineFlow): string {
  const parts: string[] = [];
  if (flow.synAckAfterNs !== null) parts.push(`SYN-ACK ${formatDuration(flow.synAckAfterNs)} after the SYN`);
  if (flow.handshakeAckAfterNs !== null)
    parts.push(`ACK ${formatDuration(flow.handshakeAckAfterNs)} after it`);
  if (flow.closedBy !== null && flow.closeKind !== null && flow.closedAfterNs !== null) {
    const kind = flow.closeKind.toUpperCase();
    parts.push(`first ${kind} from the ${flow.closedBy} at ${formatDuration(flow.closedAfterNs)}`);
  }
  return parts.length === 0 ? "" : `; ${parts.join(", ")}`;
}

const NS_PER_SECOND = 1_000_000_000n;

/** ISO 8601 with nine decimals, UTC: `2024-01-31T23:59:59.000000001Z`. */
export function formatInstant(epochNs: bigint): string {
  const restNs = ((epochNs % NS_PER_SECOND) + NS_PER_SECOND) % NS_PER_SECOND;
  const date = new Date(Number((epochNs - restNs) / NS_PER_SECOND) * 1000);
  // Beyond the year 275760 there are no dates.
  if (Number.isNaN(date.getTime())) return `epoch ${epochNs} ns`;
  return `${date.toISOString().slice(0, -5)}.${String(restNs).padStart(9, "0")}Z`;
}
