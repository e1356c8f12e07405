import { collectPageData } from "./page-data/collect-page-data.js";
import { formatHtml } from "./report/html/html.js";
import type { Report } from "./report/report.js";
import { readRulePage } from "./rule-pages.js";
import { openDatabase } from "./store/open-database.js";

/** The HTML report of a run and of its finished database. */
export function* writeHtml(report: Report, databasePath: string): Iterable<string> {
  const database = openDatabase(databasePath);
  try {
    yield formatHtml(collectPageData(database, report, readRulePage));
  } finally {
    database.close();
  }
}
