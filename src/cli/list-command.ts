import { listInterfaces } from "../capture/live/list-interfaces.js";
import { AnalyzeError } from "../errors.js";
import { formatInterfaces } from "../live/format-interfaces.js";
import { printableJson } from "../report/printable.js";
import { EXIT_CLEAN } from "./exit-code.js";
import type { LiveArguments } from "./live-command.js";
import { Output } from "./output.js";

/** Prints the interfaces that can be captured, as a table or as JSON Lines; returns the exit code. */
export async function runList(named: readonly string[], { format }: LiveArguments): Promise<number> {
  if (named.length > 0)
    throw new AnalyzeError("USAGE", "--list names all interfaces and captures none: give it no interface.");
  const interfaces = await listInterfaces();
  await new Output(process.stdout).write(
    format === "jsonl"
      ? interfaces.map((each) => `${printableJson(each)}\n`)
      : [formatInterfaces(interfaces)],
  );
  return EXIT_CLEAN;
}
