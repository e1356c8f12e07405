import { collectPageData } from "./page-data/collect-page-data.js";
import { githubLines } from "./report/github.js";
import { formatHtml } from "./report/html/html.js";
import { formatJson } from "./report/json.js";
import { jsonLines } from "./report/json-lines.js";
import { formatJunit } from "./report/junit.js";
import { formatMarkdown } from "./report/markdown.js";
import type { Report } from "./report/report.js";
import { formatSarif } from "./report/sarif.js";
import { formatText, type TextOptions } from "./report/text.js";
import { readRulePage } from "./rule-pages.js";
import { openDatabase } from "./store/open-database.js";

/** A finished run, as a report is made of it. */
export interface ReportSource {
  readonly report: Report;
  /** File of the finished database; empty when no format asked for it and none was kept. */
  readonly databasePath: string;
  readonly text: TextOptions;
}

function* writeHtml({ report, databasePath }: ReportSource): Iterable<string> {
  const database = openDatabase(databasePath);
  try {
    yield formatHtml(collectPageData(database, report, readRulePage));
  } finally {
    database.close();
  }
}

interface ReportFormat {
  /** Whether it reads the database: one that is not to be kept then lives until the reports are written. */
  readonly needsDatabase?: boolean;
  write(source: ReportSource): Iterable<string>;
}

const FORMATS = {
  text: { write: ({ report, text }) => [formatText(report, text)] },
  json: { write: ({ report }) => [formatJson(report)] },
  jsonl: { write: ({ report }) => jsonLines(report) },
  sarif: { write: ({ report }) => [formatSarif(report, readRulePage)] },
  junit: { write: ({ report }) => [formatJunit(report)] },
  github: { write: ({ report }) => githubLines(report) },
  markdown: { write: ({ report }) => [formatMarkdown(report)] },
  html: { needsDatabase: true, write: writeHtml },
} as const satisfies Readonly<Record<string, ReportFormat>>;

/** What `--report FORMAT=FILE` can write. */
export type ReportFormatName = keyof typeof FORMATS;

export const REPORT_FORMATS = Object.keys(FORMATS) as readonly ReportFormatName[];

export function needsDatabase(name: ReportFormatName): boolean {
  const format: ReportFormat = FORMATS[name];
  return format.needsDatabase === true;
}

/** The report in pieces, to be written one behind the other; may be iterated once. */
export function writeReport(name: ReportFormatName, source: ReportSource): Iterable<string> {
  return FORMATS[name].write(source);
}
