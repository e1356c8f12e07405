import uPlot from "uplot";
import { formatInstant } from "../../ladder-header.js";
import { countOf, formatCount, formatDuration } from "../../quantity.js";
import type { Recording } from "../page-data.js";
import type { PageSummary } from "../summary.js";
import { axisButtons } from "./axis-controls.js";
import { element } from "./dom.js";
import { graph } from "./graph.js";
import { laneGraph } from "./lane-graph.js";
import { type Lane, lanesOf } from "./lanes.js";
import { leftOut } from "./left-out.js";
import { colour } from "./theme.js";
import { TimeAxis } from "./time-axis.js";
import { formatMoment, formatShort } from "./time-format.js";
import type { Tooltip } from "./tooltip.js";

const HEIGHT = 130;

/** The capture over time: rate, what was sent again, findings, routes and counters on one axis. */
export function overviewSection(
  summary: PageSummary,
  tooltip: Tooltip,
  openFinding: (id: number) => void,
): HTMLElement {
  const { recordings, recordingsTotal } = summary;
  const section = element(
    "section",
    { id: "overview", "aria-labelledby": "overview-title" },
    element("h2", { id: "overview-title", tabindex: -1 }, "The capture over time"),
  );
  const place = element("div");
  const show = (recording: Recording): void =>
    place.replaceChildren(...recordingGraphs(recording, summary, tooltip, openFinding));
  if (recordings.length > 1) section.append(recordingChoice(recordings, show));
  if (recordingsTotal > recordings.length) {
    section.append(
      element(
        "p",
        { class: "remark" },
        leftOut(recordingsTotal - recordings.length, "recording", summary.report.database),
      ),
    );
  }
  section.append(place);
  const [first] = recordings;
  if (first === undefined) place.append(element("p", { class: "remark" }, "No capture has a frame."));
  else show(first);
  return section;
}

function recordingChoice(
  recordings: readonly Recording[],
  show: (recording: Recording) => void,
): HTMLElement {
  const choice = element("select", { id: "recording" });
  for (const [at, { sources }] of recordings.entries()) {
    const others = sources.length > 1 ? ` and ${countOf(sources.length - 1, "file")} more` : "";
    choice.append(element("option", { value: at }, `${sources[0] ?? ""}${others}`));
  }
  choice.addEventListener("change", () => show(recordings[Number(choice.value)]!));
  return element("p", {}, element("label", { for: "recording" }, "Recording "), choice);
}

function recordingGraphs(
  recording: Recording,
  summary: PageSummary,
  tooltip: Tooltip,
  openFinding: (id: number) => void,
): HTMLElement[] {
  const { originNs, startNs, endNs, rate } = recording;
  const axis = new TimeAxis(startNs / 1e9, endNs / 1e9);
  const syncKey = `recording-${originNs}`;
  const bins = rate.retransmissions.map((_, at) => (startNs + (at + 0.5) * rate.widthNs) / 1e9);
  const common = { axis, height: HEIGHT, tooltip, syncKey };
  const made: HTMLElement[] = [
    element(
      "div",
      { class: "bar" },
      element(
        "span",
        {},
        `from ${formatInstant(BigInt(originNs) + BigInt(startNs))}, ${formatDuration(endNs - startNs)}`,
      ),
      axisButtons(axis),
    ),
  ];
  const seconds = rate.widthNs / 1e9;
  if (rate.segments === null || rate.bytes === null) {
    made.push(
      element("p", { class: "remark" }, "No packets were kept (--timeline none), so there is no rate."),
    );
  } else {
    const kept = rate.segments.reduce((sum, count) => sum + count, 0);
    if (kept < rate.segmentsTotal) {
      const text = `Only ${formatCount(kept)} of ${countOf(rate.segmentsTotal, "segment")} were kept (--timeline flagged): the rate counts those.`;
      made.push(element("p", { class: "remark" }, text));
    }
    const perSecond = rate.segments.map((segments) => segments / seconds);
    const bits = rate.bytes.map((bytes) => (bytes * 8) / seconds);
    const texts = (at: number): string[] => [
      `${formatCount(rate.segments![at]!)} segments, ${formatShort(perSecond[at]!)}/s`,
      `payload ${formatShort(bits[at]!)}bit/s`,
    ];
    made.push(binGraph("Segments per second", bins, perSecond, "client", texts, common));
  }
  const again = rate.retransmissions;
  if (again.some((count) => count > 0)) {
    const title = `Sent again, in every ${formatDuration(rate.widthNs)}`;
    made.push(
      binGraph(title, bins, again, "retransmission", (at) => [countOf(again[at]!, "segment")], {
        ...common,
        height: 90,
      }),
    );
  }
  const lanes = lanesOf(recording, summary.report);
  if (lanes.length > 0)
    made.push(
      laneGraph(lanes, axis, tooltip, syncKey, openFinding),
      laneList(lanes, recording, summary.report.database),
    );
  return made;
}

function binGraph(
  title: string,
  seconds: readonly number[],
  values: readonly number[],
  colourName: string,
  describe: (bin: number) => readonly string[],
  common: { axis: TimeAxis; height: number; tooltip: Tooltip; syncKey: string },
): HTMLElement {
  const stroke = (): string => colour(colourName);
  const paths = uPlot.paths.bars?.({ size: [1, Number.POSITIVE_INFINITY, 2] });
  return graph({
    ...common,
    title,
    data: [seconds, values],
    series: [
      { stroke, fill: stroke, width: 0, points: { show: false }, ...(paths === undefined ? {} : { paths }) },
    ],
    range: (min, max) => {
      let most = 0;
      for (const [at, second] of seconds.entries())
        if (second >= min && second <= max) most = Math.max(most, values[at]!);
      return [0, Math.max(1, most) * 1.05];
    },
    describe: (plot, left) => {
      const at = plot.posToIdx(left);
      const second = seconds[at];
      return second === undefined ? null : [`${formatMoment(Math.round(second * 1e9))} s`, ...describe(at)];
    },
  });
}

/** The same in words: for those who do not see the lanes, and for copying. */
function laneList(
  lanes: readonly Lane[],
  { eventsLeftOut }: Recording,
  database: string | null,
): HTMLElement {
  const rows = lanes.flatMap(({ label, marks }) => marks.map((mark) => ({ label, ...mark })));
  rows.sort((a, b) => a.from - b.from);
  const list = element("ol", { class: "moments" });
  const details = element("details", {}, element("summary", {}, "The same as a list"), list);
  // 1 000 rows cost time that nobody may want to spend.
  details.addEventListener("toggle", () => {
    if (list.childElementCount > 0) return;
    for (const { from, label, text } of rows) {
      list.append(
        element(
          "li",
          {},
          element("span", { class: "time" }, `${formatMoment(Math.round(from * 1e9))} s`),
          ` ${label}: ${text}`,
        ),
      );
    }
    if (eventsLeftOut > 0) list.append(element("li", {}, leftOut(eventsLeftOut, "event", database)));
  });
  return details;
}
