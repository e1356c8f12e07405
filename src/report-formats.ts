import type { Report } from "./report/report.js";
import type { TextOptions } from "./report/text.js";

/** A finished run, as a report is made of it. */
export interface ReportSource {
  readonly report: Report;
  /** File of the finished database; empty when no format asked for it and none was kept. */
  readonly databasePath: string;
  readonly text: TextOptions;
}

/** Gives the report in pieces, to be written one behind the other; they may be iterated once. */
export type ReportWriter = (source: ReportSource) => Iterable<string>;

/** Each is loaded when it is asked for: some build on libraries that take longer to load than a small capture to read. */
const WRITERS = {
  text: async () => {
    const { formatText } = await import("./report/text.js");
    return ({ report, text }) => [formatText(report, text)];
  },
  json: async () => {
    const { formatJson } = await import("./report/json.js");
    return ({ report }) => [formatJson(report)];
  },
  jsonl: async () => {
    const { jsonLines } = await import("./report/json-lines.js");
    return ({ report }) => jsonLines(report);
  },
  sarif: async () => {
    const { formatSarif } = await import("./report/sarif.js");
    const { readRulePage } = await import("./rule-pages.js");
    return ({ report }) => [formatSarif(report, readRulePage)];
  },
  junit: async () => {
    const { formatJunit } = await import("./report/junit.js");
    return ({ report }) => [formatJunit(report)];
  },
  github: async () => {
    const { githubLines } = await import("./report/github.js");
    return ({ report }) => githubLines(report);
  },
  markdown: async () => {
    const { formatMarkdown } = await import("./report/markdown.js");
    return ({ report }) => [formatMarkdown(report)];
  },
  html: async () => {
    const { writeHtml } = await import("./write-html.js");
    return ({ report, databasePath }) => writeHtml(report, databasePath);
  },
} as const satisfies Readonly<Record<string, () => Promise<ReportWriter>>>;

/** What `--report FORMAT=FILE` can write. */
export type ReportFormatName = keyof typeof WRITERS;

export const REPORT_FORMATS = Object.keys(WRITERS) as readonly ReportFormatName[];

/** Whether it reads the database: one that is not to be kept then lives until the reports are written. */
export function needsDatabase(name: ReportFormatName): boolean {
  return name === "html";
}

export async function loadReportWriter(name: ReportFormatName): Promise<ReportWriter> {
  return WRITERS[name]();
}
