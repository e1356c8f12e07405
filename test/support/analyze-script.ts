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

/** Runs a script in packet notation through the whole program. */
export async function analyzeScript(
  packets: string,
  options: Omit<AnalyzeOptions, "paths" | "input"> = {},
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
  const report = await analyze({
    paths: ["-"],
    input,
    database: ":memory:",
    timeline: "none",
    ...options,
  });
  return { report, labels };
}
