import uPlot from "uplot";
import { graph } from "./graph.js";
import type { Lane, LaneMark } from "./lanes.js";
import { colour } from "./theme.js";
import type { TimeAxis } from "./time-axis.js";
import { formatMoment } from "./time-format.js";
import type { Tooltip } from "./tooltip.js";

const LANE_HEIGHT = 36;
const LABEL_HEIGHT = 18;
const AXIS_HEIGHT = 32;
/** A moment is drawn this wide, CSS pixels. */
const LEAST_WIDTH = 3;

/** Lanes below each other on one axis of time. */
export function laneGraph(
  lanes: readonly Lane[],
  axis: TimeAxis,
  tooltip: Tooltip,
  syncKey: string,
  openFinding: (id: number) => void,
): HTMLElement {
  return graph({
    title: "Findings, routes and what the kernel counted",
    axis,
    height: lanes.length * LANE_HEIGHT + AXIS_HEIGHT,
    range: () => [0, lanes.length],
    hasValueAxis: false,
    paint: (plot) => {
      for (const [at, lane] of lanes.entries())
        paintLane(plot, lane, plot.bbox.top + at * LANE_HEIGHT * uPlot.pxRatio);
    },
    describe: (plot, left, top) => {
      const lane = lanes[Math.floor(top / LANE_HEIGHT)];
      if (lane === undefined) return null;
      const mark = lane.marks.find((each) => covers(plot, each, left));
      return mark === undefined ? [lane.label] : [lane.label, mark.text, extentOf(mark)];
    },
    onClick: (_, __, top) => {
      const id = lanes[Math.floor(top / LANE_HEIGHT)]?.findingId ?? null;
      if (id !== null) openFinding(id);
    },
    tooltip,
    syncKey,
  });
}

function covers(plot: uPlot, { from, to }: LaneMark, left: number): boolean {
  return left >= plot.valToPos(from, "x") - LEAST_WIDTH && left <= plot.valToPos(to, "x") + LEAST_WIDTH;
}

function extentOf({ from, to }: LaneMark): string {
  const first = `${formatMoment(Math.round(from * 1e9))} s`;
  return from === to ? `at ${first}` : `${first} to ${formatMoment(Math.round(to * 1e9))} s`;
}

function paintLane(plot: uPlot, lane: Lane, top: number): void {
  const { ctx, bbox } = plot;
  const ratio = uPlot.pxRatio;
  const bottom = top + (LANE_HEIGHT - 3) * ratio;
  const room = (LANE_HEIGHT - LABEL_HEIGHT - 3) * ratio;
  ctx.fillStyle = colour(lane.colour);
  for (const { from, to, share } of lane.marks) {
    const left = plot.valToPos(from, "x", true);
    const width = Math.max(LEAST_WIDTH * ratio, plot.valToPos(to, "x", true) - left);
    const height = Math.max(2 * ratio, share * room);
    ctx.fillRect(left, bottom - height, width, height);
  }
  ctx.lineWidth = ratio;
  if (lane.limit !== null) {
    const level = bottom - lane.limit * room;
    ctx.strokeStyle = colour("retransmission");
    ctx.setLineDash([4 * ratio, 3 * ratio]);
    line(ctx, bbox.left, level, bbox.left + bbox.width);
    ctx.setLineDash([]);
  }
  ctx.strokeStyle = colour("line");
  line(ctx, bbox.left, bottom + ratio, bbox.left + bbox.width);
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  ctx.textAlign = "left";
  ctx.fillStyle = colour("muted");
  ctx.fillText(lane.label, bbox.left + 4 * ratio, top + 12 * ratio, bbox.width - 8 * ratio);
}

function line(ctx: CanvasRenderingContext2D, left: number, top: number, right: number): void {
  ctx.beginPath();
  ctx.moveTo(left, top);
  ctx.lineTo(right, top);
  ctx.stroke();
}
