import { AnalyzeError } from "../errors.js";
import { chooseFlows } from "../export/choose-flows.js";
import { exportParquet } from "../export/export-parquet.js";
import { exportPcapng } from "../export/export-pcapng.js";
import { exportXplot } from "../export/export-xplot.js";
import { FileReplacement } from "../replace-file.js";
import { printable } from "../report/printable.js";
import { countOf } from "../report/quantity.js";
import type { OpenDatabase } from "../store/open-database.js";
import type { EXPORT_FORMATS } from "./choices.js";
import { type DatabaseArguments, withDatabase } from "./database-argument.js";
import { EXIT_CLEAN } from "./exit-code.js";
import { identityOf } from "./file-identity.js";
import { Output, withLineEnds } from "./output.js";

type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportArguments extends DatabaseArguments {
  readonly out?: string;
  readonly finding?: readonly string[];
}

const DEFAULT_FOLDER = ".";
const DEFAULT_PCAPNG = "flows.pcapng";

/** Writes flows in the format of another tool and prints what it wrote; returns the exit code. */
export async function runExport(
  format: ExportFormat,
  flows: readonly string[],
  given: ExportArguments,
): Promise<number> {
  await withDatabase(given, async (database) => {
    const isChosen = flows.length > 0 || given.finding !== undefined;
    if (!isChosen && format !== "parquet")
      throw new AnalyzeError(
        "USAGE",
        `Name the flows to export, such as 17 or 3-9, or a finding with --finding.`,
      );
    const chosen = isChosen ? chooseFlows(database, flows, given.finding) : null;
    const lines = await exportAs(format, database, chosen, given.out);
    await new Output(process.stdout).write(withLineEnds(lines.map(printable)));
  });
  return EXIT_CLEAN;
}

async function exportAs(
  format: ExportFormat,
  database: OpenDatabase,
  flows: readonly number[] | null,
  out: string | undefined,
): Promise<string[]> {
  if (format === "parquet") return exportParquet(database, flows, out ?? DEFAULT_FOLDER);
  if (format === "xplot") {
    const files = exportXplot(database, flows ?? [], out ?? DEFAULT_FOLDER);
    return files.length > 0 ? files : ["No flow sent any data: there is nothing to draw."];
  }
  const path = out ?? DEFAULT_PCAPNG;
  if (identityOf(database.path) === identityOf(path))
    throw new AnalyzeError("USAGE", `${path} is the database itself; name another file with --out.`);
  for (const { source } of database.selectAll("SELECT source FROM captures")) {
    if (identityOf(String(source)) !== identityOf(path)) continue;
    throw new AnalyzeError("USAGE", `${path} is the capture itself; name another file with --out.`);
  }
  const file = new FileReplacement(path, "the capture", "EXPORT_WRITE");
  try {
    const frames = await exportPcapng(database, flows ?? [], (bytes) => file.write(bytes));
    file.commit();
    return [`${path}: ${countOf(frames, "frame")}`];
  } finally {
    file.close();
  }
}
