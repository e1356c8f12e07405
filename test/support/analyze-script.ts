import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type AnalyzeOptions, analyze } from "../../src/analyze.js";
import type { Report } from "../../src/report/report.js";
import { parseScript } from "../../src/tcp/notation.js";
import { type CompileOptions, compileScript } from "./compile-script.js";

export interface AnalyzedScript {
  readonly report: Report;
  /** 1-based frame number of each label. */
  readonly labels: ReadonlyMap<string, number>;
}

/**
 * Runs a script in packet notation through the whole program, with what `ip -ts monitor route` printed meanwhile if
 * `routeLog` gives it; second 0 of the script is 2023-11-14T22:13:20 UTC.
 */
export async function analyzeScript(
  packets: string,
  { routeLog, ...options }: Omit<AnalyzeOptions, "paths" | "input"> & { routeLog?: string | undefined } = {},
  compileOptions: Partial<CompileOptions> = {},
): Promise<AnalyzedScript> {
  const { pcap, labels } = compileScript(parseScript(packets), {
    clientIsn: 1_000_000,
    serverIsn: 2_500_000_000,
    ipVersion: 4,
    ...compileOptions,
  });
  // Only a Buffer passes a stream as octets.
  const input = Readable.from([Buffer.from(pcap)]);
  const run = async (routes?: string): Promise<AnalyzedScript> => {
    const report = await analyze({
      paths: ["-"],
      input,
      database: ":memory:",
      timeline: "none",
      ...(routes === undefined ? {} : { routes: [routes] }),
      ...options,
    });
    return { report, labels };
  };
  if (routeLog === undefined) return await run();
  const folder = mkdtempSync(join(tmpdir(), "tcptrace-analyze-test-"));
  try {
    const path = join(folder, "routes.txt");
    writeFileSync(path, routeLog);
    return await run(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
