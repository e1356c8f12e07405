import uPlot from "uplot";
import { controlAxis, panByDragging } from "./axis-controls.js";
import { element } from "./dom.js";
import { colour, onThemeChange } from "./theme.js";
import type { TimeAxis } from "./time-axis.js";
import { formatSeconds, formatShort } from "./time-format.js";
import type { Tooltip } from "./tooltip.js";

export interface GraphOptions {
  /** What it shows: its caption, and its name for those who do not see it. */
  readonly title: string;
  readonly axis: TimeAxis;
  /** Height in CSS pixels. */
  readonly height: number;
  /** Values for uPlot to draw, times first; a graph that paints itself gives the times alone. */
  readonly data?: readonly [seconds: readonly number[], ...values: readonly (readonly (number | null)[])[]];
  readonly series?: readonly Omit<uPlot.Series, "label">[];
  /** Extent of the values between two times. */
  readonly range: (min: number, max: number) => readonly [number, number];
  readonly formatValue?: (value: number) => string;
  readonly hasValueAxis?: boolean;
  /** Paints over the grid, clipped to the plot. */
  readonly paint?: (plot: uPlot) => void;
  /** What stands at a point of the plot (CSS pixels), for the tooltip; null for nothing. */
  readonly describe?: (plot: uPlot, left: number, top: number) => readonly string[] | null;
  readonly onClick?: (plot: uPlot, left: number, top: number) => void;
  /** More keys: the graph has told what it can do with them when it returns true. */
  readonly onKey?: (plot: uPlot, key: string) => boolean;
  readonly tooltip: Tooltip;
  /** Graphs with the same key show their cursors together. */
  readonly syncKey: string;
}

/** So wide that the graphs above each other begin at one place. */
const GUTTER = 58;
const FONT = "11px system-ui, sans-serif";

/** A graph over time that zooms and pans with the others of its axis. It fills the width it is given. */
export function graph(options: GraphOptions): HTMLElement {
  const { axis, title } = options;
  const box = element("div", {
    class: "graph",
    tabindex: 0,
    role: "application",
    "aria-roledescription": "graph",
    "aria-label": `${title}. Plus and minus zoom, arrows move, 0 shows the whole.`,
  });
  const figure = element("figure", {}, element("figcaption", {}, title), box);
  let plot: uPlot | null = null;
  new ResizeObserver(() => {
    const width = Math.floor(box.clientWidth);
    if (width === 0) return;
    if (plot === null) plot = create(options, box, width);
    else if (plot.width !== width) plot.setSize({ width, height: options.height });
  }).observe(box);
  axis.onChange(() => plot?.setScale("x", { min: axis.min, max: axis.max }));
  // The paths too: uPlot keeps colours with them.
  onThemeChange(() => plot?.redraw(true, true));
  box.addEventListener("keydown", (event) => {
    if (plot !== null && options.onKey?.(plot, event.key) === true) event.preventDefault();
  });
  controlAxis(box, axis, (clientX) => {
    if (plot === null) return axis.min;
    return plot.posToVal(clientX - plot.over.getBoundingClientRect().left, "x");
  });
  return figure;
}

function create(options: GraphOptions, box: HTMLElement, width: number): uPlot {
  const { axis, tooltip } = options;
  const plot = new uPlot(plotOptions(options, width), alignedData(options), box);
  panByDragging(plot.over, axis);
  plot.over.addEventListener("dblclick", () => axis.reset());
  plot.over.addEventListener("mousemove", (event) => {
    const bounds = plot.over.getBoundingClientRect();
    const lines = options.describe?.(plot, event.clientX - bounds.left, event.clientY - bounds.top) ?? null;
    tooltip.show(lines, event.clientX, event.clientY);
  });
  plot.over.addEventListener("mouseleave", () => tooltip.hide());
  plot.over.addEventListener("click", (event) => {
    const bounds = plot.over.getBoundingClientRect();
    options.onClick?.(plot, event.clientX - bounds.left, event.clientY - bounds.top);
  });
  return plot;
}

/** uPlot takes arrays that it could change, and does not. */
function alignedData({ data, axis }: GraphOptions): uPlot.AlignedData {
  if (data === undefined) return [[axis.fullMin, axis.fullMax]];
  const [seconds, ...values] = data;
  return [[...seconds], ...values.map((column) => [...column])];
}

function plotOptions(options: GraphOptions, width: number): uPlot.Options {
  const { axis, series = [], formatValue = formatShort, hasValueAxis = true } = options;
  const line = { stroke: () => colour("line"), width: 1 };
  const text = { stroke: () => colour("muted"), font: FONT, ticks: { ...line, size: 4 } };
  return {
    width,
    height: options.height,
    padding: [6, 10, 0, 0],
    legend: { show: false },
    scales: {
      x: { time: false, min: axis.min, max: axis.max, range: () => [axis.min, axis.max] },
      y: { range: () => [...options.range(axis.min, axis.max)] as [number, number] },
    },
    axes: [
      {
        ...text,
        grid: line,
        size: 24,
        gap: 2,
        space: 90,
        values: (_, splits, __, ___, step) => splits.map((value) => `${formatSeconds(value, step)} s`),
      },
      {
        ...text,
        show: true,
        grid: hasValueAxis ? line : { show: false },
        ticks: hasValueAxis ? text.ticks : { show: false },
        size: GUTTER,
        gap: 3,
        space: 26,
        values: (_, splits) => splits.map((value) => (hasValueAxis ? formatValue(value) : "")),
      },
    ],
    series: [{}, ...series],
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: true, y: false, setScale: false },
      sync: { key: options.syncKey, setSeries: false },
    },
    hooks: {
      setSelect: [
        (plot) => {
          const { left, width: selected } = plot.select;
          if (selected > 3) axis.show(plot.posToVal(left, "x"), plot.posToVal(left + selected, "x"));
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
      draw: options.paint === undefined ? [] : [(plot) => paintClipped(plot, options.paint!)],
    },
  };
}

function paintClipped(plot: uPlot, paint: (plot: uPlot) => void): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  paint(plot);
  ctx.restore();
}
