import type uPlot from "uplot";
import type { DrawnFlow } from "../page-data.js";
import { element } from "./dom.js";
import { graph } from "./graph.js";
import { describePacket } from "./packet-text.js";
import { paintSequence } from "./paint-sequence.js";
import type { Selection } from "./selection.js";
import { sequenceExtent } from "./sequence-extent.js";
import { type SequenceModel, sequenceModel } from "./sequence-model.js";
import type { TimeAxis } from "./time-axis.js";
import type { Tooltip } from "./tooltip.js";

const HEIGHT = 420;
/** How far from a packet the pointer may be, CSS pixels. */
const REACH = 24;

const LEGEND = [
  ["data", "↕", "data"],
  ["retransmission", "R", "sent again"],
  ["out-of-order", "O", "out of order"],
  ["ack", "▁", "ACK, ticks repeat it"],
  ["window", "▔", "window's edge, unless far above"],
  ["sack", "S", "SACK"],
  ["retransmission", "Z", "zero window"],
  ["evidence-ink", "◯", "evidence"],
] as const;

export interface SequenceGraphOptions {
  readonly flow: DrawnFlow;
  readonly axis: TimeAxis;
  readonly selection: Selection;
  /** Roles by row. */
  readonly evidence: ReadonlyMap<number, string>;
  readonly tooltip: Tooltip;
  readonly syncKey: string;
}

/** The data of one direction over time, with the ACKs, windows and SACKs that answer it. */
export function sequenceGraph(options: SequenceGraphOptions, fromServer: boolean): HTMLElement {
  const { flow, axis, selection, evidence, tooltip, syncKey } = options;
  const model = sequenceModel(flow, fromServer);
  const direction = fromServer ? "server to client" : "client to server";
  const describe = (row: number): string[] => {
    const role = evidence.get(row);
    return describePacket(flow, row, role === undefined ? [] : [role]);
  };
  let plotted: uPlot | null = null;
  selection.onChange(() => plotted?.redraw(false, false));
  const made = graph({
    title: `Time-sequence, ${direction}: octets of the stream over seconds since the first packet`,
    axis,
    height: HEIGHT,
    range: (min, max) => sequenceExtent(model, min, max),
    paint: (plot) => {
      plotted = plot;
      paintSequence(plot, model, { evidence, selected: selection.row });
    },
    describe: (plot, left, top) => {
      const row = nearestRow(plot, model, left, top);
      return row === null ? null : describe(row);
    },
    onClick: (plot, left, top) => {
      const row = nearestRow(plot, model, left, top);
      if (row !== null) selection.choose(row);
    },
    onKey: (_, key) => {
      if (key !== "." && key !== ",") return false;
      const last = flow.packets.frame.length - 1;
      const row = selection.row === null ? 0 : selection.row + (key === "." ? 1 : -1);
      if (row < 0 || row > last) return true;
      selection.choose(row);
      tooltip.say(describe(row));
      return true;
    },
    tooltip,
    syncKey,
  });
  made.append(legend());
  return made;
}

function legend(): HTMLElement {
  const list = element("ul", { class: "legend" });
  for (const [colour, sign, text] of LEGEND) {
    list.append(
      element("li", {}, element("span", { class: `sign ${colour}`, "aria-hidden": "true" }, sign), text),
    );
  }
  return list;
}

/** The packet nearest to a point of the plot (CSS pixels); null when none is near. */
function nearestRow(plot: uPlot, model: SequenceModel, left: number, top: number): number | null {
  let nearest: number | null = null;
  let least = REACH;
  const consider = (row: number, seconds: number, low: number, high: number): void => {
    const across = Math.abs(plot.valToPos(seconds, "x") - left);
    if (across > least) return;
    const bottom = plot.valToPos(low, "y");
    const above = plot.valToPos(high, "y");
    const along = Math.max(0, above - top, top - bottom);
    const distance = Math.hypot(across, along);
    if (distance > least) return;
    least = distance;
    nearest = row;
  };
  const points = [model.ackLine, model.windowLine, model.duplicateAcks, model.stillAcks];
  for (const { row, seconds, seq } of points.flat()) consider(row, seconds, seq, seq);
  for (const { row, seconds, first, last } of [...model.sacks, ...model.sent])
    consider(row, seconds, first, last);
  return nearest;
}
