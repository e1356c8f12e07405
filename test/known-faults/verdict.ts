import { type Alignment, alignColumns } from "../../src/report/columns.js";
import { FAULTS, type Fault, OF_ANY_PATH } from "./faults.js";
import { FLAWS, type Flaw, THE_FAULTS } from "./flaws.js";
import type { LostBetween } from "./lost-between.js";
import type { AnalyzedCapture, Finding, SeedResult } from "./run-seed.js";

export interface Verdict {
  /** For people: two tables, and each finding that blames something else. */
  readonly lines: readonly string[];
  /** Sentences about what must not be. */
  readonly complaints: readonly string[];
}

/** A finding that blames something else than the fault. */
interface Wrong {
  readonly seed: number;
  readonly fault: Fault;
  readonly capture: AnalyzedCapture;
  readonly finding: Finding;
}

/** The rest was sent when a recording had ended, or is the same as another one. */
const LEAST_FOUND = 0.98;
const ALIGNMENTS: readonly Alignment[] = ["left", "right", "right", "right", "right"];

/**
 * Errors must not blame anything but the fault, also where the capture has a flaw; most faults and flaws must be named. Notes are
 * what they are.
 */
export function judge(results: readonly SeedResult[]): Verdict {
  const complaints: string[] = [];
  const wrong = results.flatMap(wrongOf);
  const rows: string[][] = [];
  for (const fault of FAULTS) {
    const own = results.filter((result) => result.fault === fault);
    if (own.length === 0) continue;
    const named = own.filter(({ captures }) =>
      captures.some((capture) => capture.flaw === null && isNaming(fault, capture)),
    ).length;
    if (named < fault.leastNamed * own.length)
      complaints.push(`${fault.name}: named in ${named} of ${own.length} scenarios only.`);
    const about = wrong.filter((each) => each.fault === fault && each.capture.flaw === null);
    rows.push([fault.name, `${own.length}`, `${named}`, ...countsOf(fault.name, about, complaints)]);
  }
  const flawed: string[][] = [];
  for (const flaw of FLAWS) {
    const own = results.flatMap(({ fault, captures }) =>
      captures.filter((capture) => capture.flaw === flaw).map((capture) => ({ fault, capture })),
    );
    if (own.length === 0) continue;
    const told = own.filter(({ fault, capture }) => isTold(flaw, fault, capture)).length;
    if (told < flaw.leastTold * own.length)
      complaints.push(`${flaw.name}: told of ${told} of ${own.length} captures only.`);
    const about = wrong.filter(({ capture }) => capture.flaw === flaw);
    flawed.push([flaw.name, `${own.length}`, `${told}`, ...countsOf(flaw.name, about, complaints)]);
  }
  const between = sumUp(results.map((result) => result.between));
  const { lost, found, wrong: wronglyLost, unknown } = between;
  if (wronglyLost > 0) complaints.push(`between: ${wronglyLost} segments are called lost that were not.`);
  if (found + unknown < LEAST_FOUND * lost)
    complaints.push(`between: of ${lost} lost segments only ${found} are found.`);
  const counts = ["wrong errors", "wrong warnings"];
  return {
    lines: [
      ...wrong.map(lineOf),
      ...alignColumns([["what happened", "scenarios", "named", ...counts], ...rows], ALIGNMENTS),
      ...alignColumns([["flaw of the capture", "captures", "told", ...counts], ...flawed], ALIGNMENTS),
      `between both ends: ${lost} segments lost by the path's log, ${found} found, ${wronglyLost} of them wrongly, ${unknown} not known`,
    ],
    complaints,
  };
}

function sumUp(all: readonly LostBetween[]): LostBetween {
  const sum = (pick: (each: LostBetween) => number) => all.reduce((total, each) => total + pick(each), 0);
  return {
    lost: sum(({ lost }) => lost),
    found: sum(({ found }) => found),
    wrong: sum(({ wrong }) => wrong),
    unknown: sum(({ unknown }) => unknown),
  };
}

/** How many are errors, and how many warnings. */
function countsOf(name: string, wrong: readonly Wrong[], complaints: string[]): string[] {
  const [errors, warnings] = (["error", "warning"] as const).map(
    (severity) => wrong.filter(({ finding }) => finding.severity === severity).length,
  );
  if (errors! > 0) complaints.push(`${name}: ${errors} errors blame something else.`);
  return [`${errors}`, `${warnings}`];
}

function wrongOf({ seed, fault, captures }: SeedResult): Wrong[] {
  const allowed = [...fault.rules, ...OF_ANY_PATH];
  return captures.flatMap((capture) =>
    capture.findings
      .filter(({ rule, severity }) => severity !== "note" && !allowed.includes(rule))
      .map((finding) => ({ seed, fault, capture, finding })),
  );
}

function isNaming({ rules }: Fault, { findings }: AnalyzedCapture): boolean {
  return findings.some(({ rule, severity }) => severity !== "note" && rules.includes(rule));
}

/** Of what is no flaw any rule about captures is too many. */
function isTold({ rule: own }: Flaw, fault: Fault, capture: AnalyzedCapture): boolean {
  if (own === THE_FAULTS) return isNaming(fault, capture);
  return capture.findings.some(({ rule }) => (own === null ? rule.startsWith("capture-") : rule === own));
}

/** Enough to find it in what --keep keeps. */
function lineOf({ seed, fault, capture: { end, flaw }, finding }: Wrong): string {
  const { rule, severity, confidence, message } = finding;
  const capture = flaw === null ? `${end}.pcap` : `${end}-flawed.pcap (${flaw.name})`;
  return `seed ${seed}, ${fault.name}, ${capture}: ${severity} (${confidence}) ${rule}: ${message}`;
}
