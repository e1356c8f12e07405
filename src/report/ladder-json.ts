import { formatInstant } from "./ladder-header.js";
import { printableJson } from "./printable.js";
import type { FlowTimeline } from "./timeline.js";

/** The flow as one JSON object with the members of FlowTimeline, `startedAt` in ISO 8601; a line a packet. */
export function* ladderJson(timeline: FlowTimeline): IterableIterator<string> {
  const { flow, findings, icmpErrors } = timeline;
  const { startedAtNs, ...rest } = flow;
  const described = { ...rest, startedAt: formatInstant(startedAtNs) };
  yield `{"flow":${printableJson(described)},"findings":${printableJson(findings)},`;
  yield `"icmpErrors":${printableJson(icmpErrors)},"rows":[`;
  let previous: string | undefined;
  for (const row of timeline.rows) {
    if (previous !== undefined) yield `${previous},`;
    previous = printableJson(row);
  }
  if (previous !== undefined) yield previous;
  yield "]}";
}
