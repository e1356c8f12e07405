import { basename, join } from "node:path";
import { analyze } from "../analyze.js";
import { directionsOf, isWhole } from "../between/direction.js";
import { surveyLines } from "../between/format-survey.js";
import { type Survey, surveyBetween } from "../between/survey.js";
import { surveyJson } from "../between/survey-json.js";
import { STANDARD_INPUT } from "../capture/open-capture.js";
import { AnalyzeError } from "../errors.js";
import { countOf } from "../report/quantity.js";
import { identify } from "../store/database-header.js";
import { type OpenDatabase, openDatabase } from "../store/open-database.js";
import { EXIT_CLEAN } from "./exit-code.js";
import { identityOf } from "./file-identity.js";
import { interruptible } from "./interrupt.js";
import { readLimit } from "./limit-argument.js";
import { Output, textWidth, withLineEnds } from "./output.js";
import { firstFrameAtNs, readObservation } from "./read-observation.js";
import { withTemporaryFolder } from "./temporary-folder.js";

const EXIT_DIFFERENT = 1;

export interface BetweenArguments {
  readonly json?: boolean;
  readonly limit?: string;
}

/** Follows the segments of connections from one capture to another; returns the exit code. */
export async function runBetween(first: string, second: string, given: BetweenArguments): Promise<number> {
  const limit = readLimit(given.limit, "rows");
  const names = [first, second];
  if (names.includes(STANDARD_INPUT))
    throw new AnalyzeError("USAGE", "between reads two files: standard input is not one of them.");
  const shown = shortNames(first, second);
  if (identityOf(first) === identityOf(second))
    throw new AnalyzeError("USAGE", `${first} and ${second} are one file: between needs two captures.`);
  return await withTemporaryFolder(async (folder) => {
    const databases: OpenDatabase[] = [];
    try {
      for (const [index, name] of names.entries())
        databases.push(await openOrAnalyze(name, join(folder, `${index}.db`)));
      const [one, other] = databases;
      const sinceNs = firstFrameAtNs(one!) ?? firstFrameAtNs(other!) ?? 0n;
      const survey = surveyBetween(
        readObservation(one!, shown[0]!, sinceNs),
        readObservation(other!, shown[1]!, sinceNs),
      );
      if (survey.flows.length === 0)
        throw new AnalyzeError(
          "USAGE",
          `${shown.join(" and ")} hold no connection in common${nothingBy(survey)}.`,
        );
      const directions = directionsOf(survey);
      const lines = given.json
        ? [surveyJson(survey, directions)]
        : surveyLines(survey, directions, limit, textWidth(process.stdout));
      await new Output(process.stdout).write(withLineEnds(lines));
      return isWhole(directions) ? EXIT_CLEAN : EXIT_DIFFERENT;
    } finally {
      for (const database of databases) database.close();
    }
  });
}

/** Without their folders, where that leaves them different. */
function shortNames(first: string, second: string): string[] {
  const short = [first, second].map((path) => basename(path));
  return short[0] === short[1] ? [first, second] : short;
}

/** Of connections that are in both, and yet cannot be followed. */
function nothingBy({ unalike }: Survey): string {
  if (unalike === 0) return "";
  return ` that can be followed: of ${countOf(unalike, "connection")} too few segments look alike`;
}

/** A database of this tool as it is, a capture as it would be written. */
async function openOrAnalyze(path: string, scratch: string): Promise<OpenDatabase> {
  if (identify(path).is === "ours") return openDatabase(path);
  await interruptible((signal) => analyze({ paths: [path], database: scratch, rules: [], signal }));
  return openDatabase(scratch);
}
