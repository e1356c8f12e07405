import uPlot from "uplot";
import { formatDuration } from "../../quantity.js";
import type { DrawnFlow } from "../page-data.js";
import { element } from "./dom.js";
import { graph } from "./graph.js";
import { colour } from "./theme.js";
import type { TimeAxis } from "./time-axis.js";
import { formatBytes, formatMoment } from "./time-format.js";
import type { Tooltip } from "./tooltip.js";

const HEIGHT = 150;

interface SampleGraphOptions {
  readonly flow: DrawnFlow;
  readonly axis: TimeAxis;
  readonly tooltip: Tooltip;
  readonly syncKey: string;
}

/** Values of both directions over time; null where there is none. */
interface Samples {
  readonly seconds: readonly number[];
  readonly client: readonly (number | null)[];
  readonly server: readonly (number | null)[];
}

/** Round trips as the capture saw them: from a segment to its ACK. */
export function roundTripGraph(options: SampleGraphOptions): HTMLElement | null {
  const { packets } = options.flow;
  // The one who acknowledges is not the one whose round trip it is.
  const samples = samplesOf(options.flow, (row) => [
    packets.ackRttNs[row] ?? null,
    packets.fromServer[row] === 0,
  ]);
  return sampleGraph(
    options,
    "Round-trip time, from a segment to its ACK",
    samples,
    formatDuration,
    "points",
  );
}

/** Octets sent and not acknowledged. */
export function inFlightGraph(options: SampleGraphOptions): HTMLElement | null {
  const { packets } = options.flow;
  const samples = samplesOf(options.flow, (row) => [
    packets.bytesInFlight[row] ?? null,
    packets.fromServer[row] === 1,
  ]);
  return sampleGraph(options, "Bytes in flight", samples, formatBytes, "steps");
}

/** @param sampleOf the value of a row, and whether it is the server's */
function samplesOf(
  { packets }: DrawnFlow,
  sampleOf: (row: number) => readonly [number | null, boolean],
): Samples {
  // A clock may have gone back, and uPlot wants its times in order.
  const rows = packets.timeNs.map((_, row) => row).filter((row) => sampleOf(row)[0] !== null);
  rows.sort((a, b) => packets.timeNs[a]! - packets.timeNs[b]!);
  const sampleAt = (row: number, ofServer: boolean): number | null => {
    const [value, isServers] = sampleOf(row);
    return isServers === ofServer ? value : null;
  };
  return {
    seconds: rows.map((row) => packets.timeNs[row]! / 1e9),
    client: rows.map((row) => sampleAt(row, false)),
    server: rows.map((row) => sampleAt(row, true)),
  };
}

function sampleGraph(
  { axis, tooltip, syncKey }: SampleGraphOptions,
  title: string,
  samples: Samples,
  format: (value: number) => string,
  style: "points" | "steps",
): HTMLElement | null {
  if (samples.seconds.length === 0) return null;
  const ends = ["client", "server"] as const;
  const made = graph({
    title,
    axis,
    height: HEIGHT,
    data: [samples.seconds, samples.client, samples.server],
    series: ends.map((end) => seriesOf(end, style)),
    range: (min, max) => [0, Math.max(1, highest(samples, min, max)) * 1.1],
    formatValue: format,
    describe: (plot, left) => {
      const at = plot.posToIdx(left);
      const seconds = samples.seconds[at];
      if (seconds === undefined || Math.abs(plot.valToPos(seconds, "x") - left) > 30) return null;
      const values = ends.flatMap((end) => {
        const value = samples[end][at] ?? null;
        return value === null ? [] : [`${end}'s data: ${format(value)}`];
      });
      return [`${formatMoment(Math.round(seconds * 1e9))} s`, ...values];
    },
    tooltip,
    syncKey,
  });
  const legend = element("ul", { class: "legend" });
  for (const end of ends) {
    if (samples[end].every((value) => value === null)) continue;
    legend.append(
      element(
        "li",
        {},
        element("span", { class: `sign ${end}`, "aria-hidden": "true" }, "●"),
        `${end}'s data`,
      ),
    );
  }
  made.append(legend);
  return made;
}

function seriesOf(end: "client" | "server", style: "points" | "steps"): uPlot.Series {
  const stroke = (): string => colour(end);
  if (style === "points")
    return { stroke, paths: () => null, points: { show: true, size: 4, fill: stroke, width: 1 } };
  return { stroke, width: 1.25, spanGaps: true, points: { show: false }, ...stepped() };
}

function highest({ seconds, client, server }: Samples, min: number, max: number): number {
  let most = 0;
  for (const [at, second] of seconds.entries()) {
    if (second >= min && second <= max) most = Math.max(most, client[at] ?? 0, server[at] ?? 0);
  }
  return most;
}

/** What is in flight stays until the next segment says otherwise. */
function stepped(): Pick<uPlot.Series, "paths"> {
  const paths = uPlot.paths.stepped?.({ align: 1 });
  return paths === undefined ? {} : { paths };
}
