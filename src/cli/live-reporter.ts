import picocolors from "picocolors";
import { formatLiveJson } from "../live/format-live-json.js";
import { findingText, statusLine, summaryText } from "../live/format-live-text.js";
import type { LiveListener, LiveSummary } from "../live/live-status.js";
import { printable } from "../report/printable.js";
import { wrap } from "../report/wrap.js";
import type { LIVE_FORMATS } from "./choices.js";
import { isColoured } from "./colour.js";
import { Output, terminalColumns, textWidth } from "./output.js";

/** Back to the first column, and clear to the end. ECMA-48, EL. */
const CLEAR_LINE = "\r\u001b[K";

/** Options as commander gives them. */
export interface LiveReporterArguments {
  /** Undefined: as it suits standard output. */
  readonly format?: (typeof LIVE_FORMATS)[number];
  readonly color: boolean;
}

/** Shows a live capture on standard output. */
export interface LiveReporter extends LiveListener {
  end(summary: LiveSummary): Promise<void>;
}

/**
 * A line that stays with findings above it on a terminal, JSON Lines elsewhere, unless a format was asked for.
 * @param database where findings say that more is to be had
 */
export function createLiveReporter({ format, color }: LiveReporterArguments, database: string): LiveReporter {
  const output = new Output(process.stdout);
  let writing: Promise<void> = Promise.resolve();
  const write = (text: string): void => {
    writing = writing.then(() => output.write([text]));
    // What went wrong is thrown at the end.
    writing.catch(() => {});
  };
  const isTerminal = process.stdout.isTTY === true;
  if ((format ?? (isTerminal ? "text" : "jsonl")) === "jsonl") {
    const line = (event: Parameters<typeof formatLiveJson>[0]): void => write(`${formatLiveJson(event)}\n`);
    return {
      onStatus: (status) => line({ event: "status", ...status }),
      onFinding: (finding) => line({ event: "finding", ...finding }),
      onWithdrawn: (id) => line({ event: "withdrawn", id }),
      onNote: (text) => line({ event: "note", text }),
      end: (summary) => {
        line({ event: "summary", ...summary });
        return writing;
      },
    };
  }
  const colours = picocolors.createColors(isColoured(color));
  const width = textWidth(process.stdout);
  const clear = isTerminal ? CLEAR_LINE : "";
  let status = "";
  return {
    onStatus: (now) => {
      // Elsewhere a line a second would bury the findings.
      if (!isTerminal) return;
      status = statusLine(now).slice(0, (terminalColumns(process.stdout) ?? width) - 1);
      write(`${clear}${status}`);
    },
    onFinding: (finding) => write(`${clear}${findingText(finding, database, width, colours)}\n${status}`),
    onWithdrawn: (id) => write(`${clear}Finding ${id} is withdrawn: later packets disprove it.\n${status}`),
    onNote: (text) => write(`${clear}${wrap(printable(text), width, "").join("\n")}\n${status}`),
    end: (summary) => {
      write(`${clear}${summaryText(summary, width)}`);
      return writing;
    },
  };
}
