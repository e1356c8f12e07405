import type { Progress } from "../progress-meter.js";
import { formatCount, formatDuration } from "../report/quantity.js";
import { terminalColumns } from "./output.js";

const BAR_COLUMNS = 20;
const REDRAW_MS = 100;
/** Before, a rate is a guess. */
const WARM_UP_MS = 300;
const CLEAR_LINE = "\r\u001b[K";

/** One line at the bottom of the terminal: how far, how fast, how long still. */
export class ProgressBar {
  readonly #stream: NodeJS.WriteStream;
  readonly #startedMs = performance.now();
  #drawnMs = Number.NEGATIVE_INFINITY;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  update(progress: Progress): void {
    const nowMs = performance.now();
    if (nowMs - this.#drawnMs < REDRAW_MS) return;
    this.#drawnMs = nowMs;
    const columns = terminalColumns(this.#stream) ?? 0;
    const line = formatProgress(progress, nowMs - this.#startedMs);
    // A line as wide as the terminal would wrap and leave its rests behind.
    this.#stream.write(`${CLEAR_LINE}${line.slice(0, columns - 1)}`);
  }

  /** Leaves the line empty; nothing when nothing was drawn. */
  clear(): void {
    if (this.#drawnMs > Number.NEGATIVE_INFINITY) this.#stream.write(CLEAR_LINE);
    this.#drawnMs = Number.NEGATIVE_INFINITY;
  }
}

/**
 * ` 42 % [########............] 1,200,000 frames/s, 98 MB/s, 3 s left`; for a pipe, whose length nobody knows,
 * `1,234,567 frames, 98 MB, …` without bar and rest.
 */
export function formatProgress(progress: Progress, elapsedMs: number): string {
  const { bytesRead, bytesTotal, frames } = progress;
  const isWarm = elapsedMs >= WARM_UP_MS && bytesRead > 0;
  const perSecond = (amount: number): number => Math.round((amount / elapsedMs) * 1000);
  const rates = isWarm
    ? [`${formatCount(perSecond(frames))} frames/s`, `${formatMegabytes(perSecond(bytesRead))}/s`]
    : [];
  if (bytesTotal === null) {
    return [`${formatCount(frames)} frames`, formatMegabytes(bytesRead), ...rates].join(", ");
  }
  // A file that still grows can be longer than it was when it was opened.
  const share = bytesTotal === 0 ? 1 : Math.min(1, bytesRead / bytesTotal);
  const filled = Math.round(share * BAR_COLUMNS);
  const bar = "#".repeat(filled) + ".".repeat(BAR_COLUMNS - filled);
  const leftMs = isWarm ? (elapsedMs / share) * (1 - share) : null;
  const left = leftMs === null ? [] : [`${formatLeft(leftMs)} left`];
  return `${String(Math.floor(share * 100)).padStart(3)} % [${bar}] ${[...rates, ...left].join(", ")}`;
}

function formatMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

/** Whole seconds, minutes beyond two of them. */
function formatLeft(leftMs: number): string {
  return leftMs < 120_000 ? `${Math.ceil(leftMs / 1000)} s` : formatDuration(leftMs * 1e6);
}
