import { countOf, formatCount } from "../../quantity.js";
import type { Recording } from "../page-data.js";
import type { PageSummary } from "../summary.js";

/** Something on a lane: from one second to another, or at one moment; `share` of the lane's height. */
export interface LaneMark {
  readonly from: number;
  readonly to: number;
  readonly share: number;
  /** What the tooltip says. */
  readonly text: string;
}

/** A line of the overview below the rates, on the same axis of time. */
export interface Lane {
  readonly label: string;
  /** A colour of style.css. */
  readonly colour: string;
  readonly marks: readonly LaneMark[];
  /** Share of the height at which a limit stands; null without one. */
  readonly limit: number | null;
  readonly findingId: number | null;
}

/** Lanes of findings that a screen has room for. */
const MAX_FINDING_LANES = 12;

/** Findings, routes, ICMP errors, accept queues and counters of a recording, a lane each. */
export function lanesOf(recording: Recording, report: PageSummary["report"]): Lane[] {
  return [
    ...findingLanes(recording, report),
    ...eventLanes(recording),
    ...recording.queues.map(queueLane),
    ...recording.counters.map(counterLane),
  ].filter(({ marks }) => marks.length > 0);
}

function findingLanes({ findings }: Recording, report: PageSummary["report"]): Lane[] {
  const known = new Map(report.findings.map((finding) => [finding.id, finding]));
  return findings.slice(0, MAX_FINDING_LANES).flatMap(({ id, startNs, endNs }) => {
    const finding = known.get(id);
    if (finding === undefined) return [];
    const { ruleId, severity, subject, message } = finding;
    const mark = { from: startNs / 1e9, to: endNs / 1e9, share: 0.6, text: message };
    const label = `${ruleId} · ${subject}`;
    return [{ label, colour: severity, marks: [mark], limit: null, findingId: id }];
  });
}

function eventLanes({ events }: Recording): Lane[] {
  const lane = (kind: "route" | "icmp", label: string, colour: string): Lane => ({
    label,
    colour,
    marks: events
      .filter((event) => event.kind === kind)
      .map(({ timeNs, text }) => ({ from: timeNs / 1e9, to: timeNs / 1e9, share: 1, text })),
    limit: null,
    findingId: null,
  });
  return [lane("route", "route changes", "window"), lane("icmp", "ICMP errors", "sack")];
}

function queueLane({ listener, timesNs, waiting, backlog }: Recording["queues"][number]): Lane {
  const most = Math.max(1, (backlog ?? 0) + 1, ...waiting);
  const limit = backlog === null ? "" : `, backlog ${formatCount(backlog)}`;
  return {
    label: `accept queue of ${listener}${limit}`,
    colour: "server",
    marks: timesNs.flatMap((timeNs, at) => {
      const length = waiting[at]!;
      if (length === 0) return [];
      // A sample speaks until the next one.
      const to = (timesNs[at + 1] ?? timeNs) / 1e9;
      return [
        {
          from: timeNs / 1e9,
          to,
          share: length / most,
          text: `${countOf(length, "connection")} waiting${limit}`,
        },
      ];
    }),
    limit: backlog === null ? null : backlog / most,
    findingId: null,
  };
}

function counterLane({ name, timesNs, deltas }: Recording["counters"][number]): Lane {
  const most = Math.max(1, ...deltas);
  const total = deltas.reduce((sum, delta) => sum + delta, 0);
  return {
    label: `${name} +${formatCount(total)}`,
    colour: "accent",
    marks: timesNs.flatMap((timeNs, at) => {
      const delta = deltas[at]!;
      if (delta === 0) return [];
      // It grew somewhen since the sample before.
      const from = (timesNs[at - 1] ?? timeNs) / 1e9;
      return [{ from, to: timeNs / 1e9, share: delta / most, text: `${name} +${formatCount(delta)}` }];
    }),
    limit: null,
    findingId: null,
  };
}
