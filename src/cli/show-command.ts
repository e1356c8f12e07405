import { AnalyzeError } from "../errors.js";
import { ladderLines } from "../report/ladder.js";
import { ladderJson } from "../report/ladder-json.js";
import { SequencePlot } from "../report/sequence-plot.js";
import { type DatabaseArguments, withDatabase } from "./database-argument.js";
import { EXIT_CLEAN } from "./exit-code.js";
import { Output, withLineEnds } from "./output.js";
import { readTimeline } from "./read-timeline.js";

export interface ShowArguments extends DatabaseArguments {
  readonly json?: boolean;
  /** Commander's name for `--no-plot`. */
  readonly plot?: boolean;
}

/** Prints one flow packet by packet; returns the exit code. */
export async function runShow(flow: string, given: ShowArguments): Promise<number> {
  if (!/^\d{1,15}$/.test(flow)) {
    throw new AnalyzeError("USAGE", `A flow is named by its number, such as 17, not "${flow}".`);
  }
  await withDatabase(given, async (database) => {
    const timeline = readTimeline(database, Number(flow));
    const plots = given.plot === false ? [] : [new SequencePlot("->"), new SequencePlot("<-")];
    const lines = given.json ? ladderJson(timeline) : ladderLines(timeline, plots);
    await new Output(process.stdout).write(withLineEnds(lines));
  });
  return EXIT_CLEAN;
}
