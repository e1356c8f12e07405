import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AnalyzeOptions, analyze } from "../../src/analyze.js";
import { collectPageData } from "../../src/page-data/collect-page-data.js";
import type { DrawnFlow, PageData } from "../../src/report/html/page-data.js";
import { readRulePage } from "../../src/rule-pages.js";
import { openDatabase } from "../../src/store/open-database.js";

/** Page data whose flows can be read again and again. */
export type ReadPageData = PageData & { readonly drawnFlows: readonly DrawnFlow[] };

/** Analyses captures and collects what the HTML report shows of them. */
export async function readPageData(options: AnalyzeOptions): Promise<ReadPageData> {
  const folder = await mkdtemp(join(tmpdir(), "html-report-"));
  try {
    const path = join(folder, "run.db");
    const report = await analyze({ ...options, database: path });
    const database = openDatabase(path);
    try {
      const data = collectPageData(database, report, readRulePage);
      return { ...data, drawnFlows: [...data.drawnFlows] };
    } finally {
      database.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A capture with the kernel's word beside it: full accept queue, counters, route changes. */
export const WATCHED: AnalyzeOptions = {
  paths: ["captures/accept-queue-watched.pcap"],
  counters: ["captures/accept-queue-watched.counters.txt"],
  sockets: ["captures/accept-queue-watched.sockets.txt"],
  routes: ["captures/accept-queue-watched.routes.txt"],
};
