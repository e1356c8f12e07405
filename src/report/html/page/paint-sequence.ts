import uPlot from "uplot";
import type { SentMark, SequenceModel, SequencePoint } from "./sequence-model.js";
import { colour } from "./theme.js";

const LETTERS: Readonly<Record<SentMark["kind"], string>> = {
  data: "",
  retransmission: "R",
  "out-of-order": "O",
  syn: "SYN",
  fin: "FIN",
  rst: "RST",
};
/** Letters that would stand closer than this are left out, CSS pixels. */
const LETTER_DISTANCE = 9;

/** Rows to point out: what proves a finding, and what the reader has chosen. */
export interface MarkedRows {
  readonly evidence: ReadonlyMap<number, string>;
  readonly selected: number | null;
}

/** Draws the graph in tcptrace's language; style.css has the colours, the legend the words. */
export function paintSequence(plot: uPlot, model: SequenceModel, marked: MarkedRows): void {
  const { ctx } = plot;
  const ratio = uPlot.pxRatio;
  const x = (seconds: number): number => plot.valToPos(seconds, "x", true);
  const y = (seq: number): number => plot.valToPos(seq, "y", true);
  const right = plot.bbox.left + plot.bbox.width;
  ctx.lineWidth = ratio;
  ctx.font = `${10 * ratio}px system-ui, sans-serif`;
  ctx.textAlign = "center";

  paintGaps(plot, model);
  const step = (line: readonly SequencePoint[]): void => {
    const [first] = line;
    if (first === undefined) return;
    ctx.beginPath();
    ctx.moveTo(x(first.seconds), y(first.seq));
    for (let at = 1; at < line.length; at++) {
      const { seconds, seq } = line[at]!;
      ctx.lineTo(x(seconds), y(line[at - 1]!.seq));
      ctx.lineTo(x(seconds), y(seq));
    }
    ctx.lineTo(right, y(line.at(-1)!.seq));
    ctx.stroke();
  };
  ctx.strokeStyle = colour("window");
  step(model.windowLine);
  ctx.strokeStyle = colour("ack");
  step(model.ackLine);
  ctx.beginPath();
  for (const { seconds, seq } of model.duplicateAcks) {
    ctx.moveTo(x(seconds), y(seq));
    ctx.lineTo(x(seconds), y(seq) + 5 * ratio);
  }
  ctx.stroke();

  const letters = new LetterPainter(ctx, ratio);
  ctx.lineWidth = 1.5 * ratio;
  ctx.strokeStyle = ctx.fillStyle = colour("sack");
  for (const { seconds, first, last } of model.sacks) {
    segmentLine(ctx, x(seconds), y(first), y(last), 0);
    letters.paint("S", x(seconds), y(last) - 3 * ratio);
  }
  for (const { seconds, first, last, kind } of model.sent) {
    ctx.strokeStyle = ctx.fillStyle = colour(kind);
    const left = x(seconds);
    if (left < plot.bbox.left - 20 || left > right + 20) continue;
    segmentLine(ctx, left, y(first), y(last), 2.5 * ratio);
    if (LETTERS[kind] !== "") letters.paint(LETTERS[kind], left, y(last) - 4 * ratio);
  }
  ctx.fillStyle = colour("retransmission");
  for (const { seconds, seq } of model.zeroWindows) letters.paint("Z", x(seconds), y(seq) - 3 * ratio);
  paintMarked(plot, model, marked, letters);
}

/** Where packets are left out the lines only join what is known. */
function paintGaps(plot: uPlot, { gaps }: SequenceModel): void {
  const { ctx, bbox } = plot;
  for (const [from, to] of gaps) {
    const left = plot.valToPos(from, "x", true);
    const width = plot.valToPos(to, "x", true) - left;
    ctx.fillStyle = colour("line");
    ctx.fillRect(left, bbox.top, width, bbox.height);
    ctx.fillStyle = colour("muted");
    if (width > 90 * uPlot.pxRatio)
      ctx.fillText("packets left out", left + width / 2, bbox.top + 14 * uPlot.pxRatio);
  }
}

/** From number to number, with tcptrace's arrowheads where there is room; something to see in any case. */
function segmentLine(
  ctx: CanvasRenderingContext2D,
  left: number,
  bottom: number,
  top: number,
  head: number,
): void {
  const isShort = bottom - top < 2 * head + 1;
  ctx.beginPath();
  ctx.moveTo(left, bottom);
  ctx.lineTo(left, isShort ? bottom - 1 : top);
  if (head > 0) {
    ctx.moveTo(left - head, bottom - (isShort ? 0 : head));
    ctx.lineTo(left, bottom);
    ctx.lineTo(left + head, bottom - (isShort ? 0 : head));
    if (!isShort) {
      ctx.moveTo(left - head, top + head);
      ctx.lineTo(left, top);
      ctx.lineTo(left + head, top + head);
    }
  }
  ctx.stroke();
}

/** A ring with its role around what proves something, a thicker one around what is chosen. */
function paintMarked(
  plot: uPlot,
  model: SequenceModel,
  { evidence, selected }: MarkedRows,
  letters: LetterPainter,
): void {
  const { ctx, bbox } = plot;
  const ratio = uPlot.pxRatio;
  const points = [
    ...model.sent.map(({ row, seconds, first, last }) => ({ row, seconds, seq: (first + last) / 2 })),
    ...model.ackLine,
    ...model.duplicateAcks,
    ...model.stillAcks,
  ];
  for (const { row, seconds, seq } of points) {
    const role = evidence.get(row);
    if (role === undefined && row !== selected) continue;
    const left = plot.valToPos(seconds, "x", true);
    const top = plot.valToPos(seq, "y", true);
    ctx.strokeStyle = ctx.fillStyle = colour(row === selected ? "accent" : "evidence-ink");
    ctx.lineWidth = (row === selected ? 2.5 : 1.5) * ratio;
    ctx.beginPath();
    ctx.arc(left, top, 8 * ratio, 0, 2 * Math.PI);
    ctx.stroke();
    if (role === undefined || left < bbox.left || left > bbox.left + bbox.width) continue;
    // A name at the edge stands inside, or the plot would cut it off.
    const name = `@${role}`;
    const half = ctx.measureText(name).width / 2 + ratio;
    const centre = Math.max(bbox.left + half, Math.min(bbox.left + bbox.width - half, left));
    letters.paint(name, centre, top + 20 * ratio);
  }
}

/** Leaves out letters that would cover the one before. */
class LetterPainter {
  readonly #ctx: CanvasRenderingContext2D;
  readonly #ratio: number;
  readonly #last = new Map<string, readonly [left: number, top: number]>();

  constructor(ctx: CanvasRenderingContext2D, ratio: number) {
    this.#ctx = ctx;
    this.#ratio = ratio;
  }

  paint(letters: string, left: number, top: number): void {
    const last = this.#last.get(letters);
    const distance = LETTER_DISTANCE * this.#ratio * Math.min(letters.length, 3);
    if (last !== undefined && Math.abs(left - last[0]) < distance && Math.abs(top - last[1]) < distance)
      return;
    this.#last.set(letters, [left, top]);
    this.#ctx.fillText(letters, left, top);
  }
}
