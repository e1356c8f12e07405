import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { askTstat } from "./ask-tstat.js";
import { TSTAT_COLUMNS } from "./tstat-columns.js";
import { parseTstatLog, type TstatConnection } from "./tstat-log.js";

/** Where our captures lie. */
export const CAPTURES = fileURLToPath(new URL("../../captures/", import.meta.url));
const ANSWERS = new URL("answers.log", import.meta.url);

/** Of each capture: many are hundreds of connections of one kind. */
const MOST_CONNECTIONS = 3;
const ENDS = ["c", "s"] as const;
const COLUMNS = [
  "c_ip",
  "c_port",
  "s_ip",
  "s_port",
  "first",
  "durat",
  ...ENDS.flatMap((end) => TSTAT_COLUMNS.map(({ name }) => `${end}_${name}`)),
];

/** Writes what `program` says of the first connections of each capture into answers.log, in the format of Tstat's logs. */
export async function recordAnswers(program: string): Promise<void> {
  const lines: string[] = [];
  for (const capture of readdirSync(CAPTURES)
    .filter((name) => /\.pcap(ng)?$/.test(name))
    .sort()) {
    let connections: TstatConnection[];
    try {
      connections = askTstat(program, CAPTURES + capture);
    } catch (error) {
      console.log(`${capture}: left out: ${(error as Error).message}`);
      continue;
    }
    const closed = connections.filter(({ cells }) => isClosed(cells)).slice(0, MOST_CONNECTIONS);
    const open = connections.filter(({ cells }) => !isClosed(cells)).slice(0, MOST_CONNECTIONS);
    for (const [kept, columns] of [
      [closed, COLUMNS],
      [open, COLUMNS.filter((column) => open[0]?.cells.has(column))],
    ] as const) {
      if (kept.length === 0) continue;
      lines.push(`#0#${["capture", ...columns].map((column, index) => `${column}:${index + 1}`).join(" ")}`);
      for (const { cells } of kept)
        lines.push([capture, ...columns.map((column) => cells.get(column))].join(" "));
    }
  }
  writeFileSync(ANSWERS, `${lines.join("\n")}\n`);
}

/** The log of the others lacks this column and many more. */
function isClosed(cells: TstatConnection["cells"]): boolean {
  return cells.has("c_cwin_max");
}

/** What Tstat said of each capture, by its name. */
export function readAnswers(): Map<string, TstatConnection[]> {
  const answers = new Map<string, TstatConnection[]>();
  for (const connection of parseTstatLog(readFileSync(ANSWERS, "utf8"))) {
    const capture = connection.cells.get("capture")!;
    const known = answers.get(capture);
    if (known === undefined) answers.set(capture, [connection]);
    else known.push(connection);
  }
  return answers;
}
