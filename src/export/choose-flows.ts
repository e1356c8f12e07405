import { AnalyzeError } from "../errors.js";
import type { OpenDatabase } from "../store/open-database.js";

/** More flows at a time are a database of their own. */
const MOST_FLOWS = 10_000;

/**
 * Numbers of flows as a user names them, `17`, `3-9` or those of a finding, ascending and once each.
 * @throws AnalyzeError USAGE or FLOW_UNKNOWN
 */
export function chooseFlows(
  database: OpenDatabase,
  words: readonly string[],
  findings: readonly string[] = [],
): number[] {
  const chosen = new Set<number>();
  for (const word of words) {
    const range = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(word);
    if (range === null)
      throw new AnalyzeError("USAGE", `Flows are named by numbers, such as 17 or 3-9, not "${word}".`);
    const first = Number(range[1]);
    const last = Number(range[2] ?? range[1]);
    if (last - first >= MOST_FLOWS) throw tooMany();
    for (let flow = first; flow <= last; flow++) chosen.add(flow);
  }
  for (const finding of findings) for (const flow of flowsOfFinding(database, finding)) chosen.add(flow);
  if (chosen.size > MOST_FLOWS) throw tooMany();
  const flows = [...chosen].sort((a, b) => a - b);
  const [count] = database.selectAll("SELECT count(*) AS flows FROM flows");
  const known = Number(count?.["flows"] ?? 0);
  const unknown = flows.find((flow) => flow < 1 || flow > known);
  if (unknown !== undefined) {
    const has = known === 0 ? "it has none" : `it has flows 1 to ${known}`;
    throw new AnalyzeError("FLOW_UNKNOWN", `There is no flow ${unknown} in ${database.path}; ${has}.`);
  }
  return flows;
}

function flowsOfFinding(database: OpenDatabase, finding: string): number[] {
  const rows = /^\d{1,15}$/.test(finding)
    ? database.selectAll("SELECT flow_id AS flow FROM finding_flow_links WHERE finding_id = :id", {
        id: Number(finding),
      })
    : [];
  if (rows.length === 0)
    throw new AnalyzeError("FLOW_UNKNOWN", `There is no finding ${finding} with flows in ${database.path}.`);
  return rows.map(({ flow }) => Number(flow));
}

function tooMany(): AnalyzeError {
  return new AnalyzeError("USAGE", `At most ${MOST_FLOWS} flows can be exported at a time.`);
}
