import { type Alignment, alignColumns } from "../../src/report/columns.js";
import { FAULTS, type Fault, OF_ANY_PATH } from "./faults.js";
import type { FindingAtEnd, SeedResult } from "./run-seed.js";

export interface Verdict {
  /** For people: a table, and each finding that blames something else. */
  readonly lines: readonly string[];
  /** Sentences about what must not be. */
  readonly complaints: readonly string[];
}

const ALIGNMENTS: readonly Alignment[] = ["left", "right", "right", "right", "right"];

/** Errors must not blame anything but the fault; most faults must be named. Notes are what they are. */
export function judge(results: readonly SeedResult[]): Verdict {
  const rows: string[][] = [];
  const complaints: string[] = [];
  for (const fault of FAULTS) {
    const own = results.filter((result) => result.fault === fault);
    if (own.length === 0) continue;
    const named = own.filter(({ findings }) => findings.some((finding) => isNaming(fault, finding))).length;
    const [errors, warnings] = (["error", "warning"] as const).map(
      (severity) => own.flatMap(wrongOf).filter((finding) => finding.severity === severity).length,
    );
    rows.push([fault.name, ...[own.length, named, errors!, warnings!].map(String)]);
    if (errors! > 0) complaints.push(`${fault.name}: ${errors} errors blame something else.`);
    if (named < fault.leastNamed * own.length)
      complaints.push(`${fault.name}: named in ${named} of ${own.length} scenarios only.`);
  }
  const header = ["what happened", "scenarios", "named", "wrong errors", "wrong warnings"];
  const wrong = results.flatMap((result) => wrongOf(result).map((finding) => lineOf(result, finding)));
  return { lines: [...wrong, ...alignColumns([header, ...rows], ALIGNMENTS)], complaints };
}

function wrongOf({ fault, findings }: SeedResult): FindingAtEnd[] {
  return findings.filter(
    ({ rule, severity }) => severity !== "note" && ![...fault.rules, ...OF_ANY_PATH].includes(rule),
  );
}

function isNaming({ rules }: Fault, { rule, severity }: FindingAtEnd): boolean {
  return severity !== "note" && rules.includes(rule);
}

/** Enough to find it in what --keep keeps. */
function lineOf(
  { seed, fault }: SeedResult,
  { end, rule, severity, confidence, message }: FindingAtEnd,
): string {
  return `seed ${seed}, ${fault.name}, ${end}.pcap: ${severity} (${confidence}) ${rule}: ${message}`;
}
