/**
 * Compares the statistics of captures with those of Tstat (3.1.1), connection by connection, and prints how many cells
 * agree, by column; what differs comes behind. Tstat must be installed, `--tstat` says where. With --record it writes what Tstat
 * says of captures/ into answers.log, for the test.
 *
 *     npm run test:tstat -- [--tstat PROGRAM] CAPTURE…
 *     npm run test:tstat -- [--tstat PROGRAM] --record
 */
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { recordAnswers } from "./answers.js";
import { askTstat } from "./ask-tstat.js";
import { compareWithTstat, type TstatDifference } from "./compare-tstat.js";

const MOST_DIFFERENCES = 200;

const { values, positionals } = parseArgs({
  options: { tstat: { type: "string", default: "tstat" }, record: { type: "boolean", default: false } },
  allowPositionals: true,
});
// Whoever reads only the first lines (| head) has seen enough.
process.stdout.on("error", () => process.exit());
if (values.record) await recordAnswers(values.tstat);
else if (positionals.length === 0) {
  console.error("Which captures? npm run test:tstat -- [--tstat PROGRAM] CAPTURE…");
  process.exitCode = 2;
} else await compareAll(positionals);

async function compareAll(paths: readonly string[]): Promise<void> {
  const equal = new Map<string, number>();
  const different = new Map<string, number>();
  const kinds = new Map<string, { ours: number; theirs: number }>();
  const lines: string[] = [];
  let [compared, cut, equalConnections] = [0, 0, 0];
  for (const path of paths) {
    try {
      const agreement = await compareWithTstat(path, askTstat(values.tstat, path));
      compared += agreement.compared;
      cut += agreement.cutElsewhere.length;
      equalConnections +=
        agreement.compared - new Set(agreement.differences.map(({ connection }) => connection)).size;
      for (const [column, count] of agreement.equalByColumn) add(equal, column, count);
      for (const { column } of agreement.differences) add(different, column.replace(/^[cs]_/, ""), 1);
      for (const [kind, { ours, theirs }] of agreement.kinds) {
        const sum = kinds.get(kind) ?? { ours: 0, theirs: 0 };
        kinds.set(kind, { ours: sum.ours + ours, theirs: sum.theirs + theirs });
      }
      lines.push(...agreement.differences.map((difference) => lineOf(path, difference)));
    } catch (error) {
      console.log(`${basename(path)}: not compared: ${(error as Error).message}`);
    }
  }
  console.log(
    `${equalConnections} of ${compared} connections have the same statistics; ${cut} more consist of other segments.`,
  );
  for (const [column, count] of [...equal].sort()) {
    console.log(
      `${column.padEnd(12)} equal ${String(count).padStart(7)}  different ${different.get(column) ?? 0}`,
    );
  }
  console.log("Segments sent again, by Tstat's kind (ours, Tstat's):");
  for (const [kind, { ours, theirs }] of kinds) console.log(`${kind.padEnd(12)} ${ours}  ${theirs}`);
  for (const line of lines.slice(0, MOST_DIFFERENCES)) console.log(line);
  if (lines.length > MOST_DIFFERENCES) console.log(`and ${lines.length - MOST_DIFFERENCES} more`);
}

function add(counts: Map<string, number>, name: string, count: number): void {
  counts.set(name, (counts.get(name) ?? 0) + count);
}

function lineOf(path: string, { connection, column, ours, theirs }: TstatDifference): string {
  return `${basename(path)}  ${connection}  ${column}  ours ${ours}  Tstat's ${theirs}`;
}
