import { completeFinding } from "./dispatch.js";
import type { Confidence, Evidence, Finding, FindingData, Vantage } from "./finding.js";
import type { ActiveRule } from "./rule-settings.js";

/** Asks the finished database: all rows of a query whose parameters bind as `:name`. */
export type SelectAll = (
  sql: string,
  parameters: Readonly<Record<string, number>>,
) => readonly Readonly<Record<string, unknown>>[];

/**
 * Ids of the flows of one capture (or series), and of their rows in `repeated_segments`: rules never look across captures
 * that were not taken together, nor, a thousand times for a thousand captures, at the rows of all.
 */
export interface FlowRange {
  readonly firstFlow: number;
  readonly lastFlow: number;
  readonly firstRepeat: number;
  readonly lastRepeat: number;
}

type Row = Readonly<Record<string, unknown>>;

/** Runs the SQL rules over one capture (or series); see SqlRule for what a row holds. */
export function runSqlRules(
  active: readonly ActiveRule[],
  { firstFlow, lastFlow, firstRepeat, lastRepeat }: FlowRange,
  selectAll: SelectAll,
): Finding[] {
  const range = { firstFlow, lastFlow, firstRepeat, lastRepeat };
  const findings: Finding[] = [];
  const hasRows = new Map<string, boolean>();
  for (const rule of active) {
    const { sql, when } = rule.rule;
    if (sql === undefined) continue;
    if (when !== undefined) {
      if (!hasRows.has(when)) hasRows.set(when, selectAll(when, range).length > 0);
      if (hasRows.get(when) === false) continue;
    }
    const rows = selectAll(sql, { ...rule.options, ...range });
    for (const group of groupRows(rows)) findings.push(findingOf(rule, group));
  }
  return findings;
}

/** Rows of one finding: those with equal subject and message, which stand together. */
function groupRows(rows: readonly Row[]): Row[][] {
  const groups: Row[][] = [];
  for (const row of rows) {
    const group = groups.at(-1);
    const first = group?.[0];
    if (
      group !== undefined &&
      first?.["subject"] === row["subject"] &&
      first?.["message_id"] === row["message_id"]
    ) {
      group.push(row);
    } else {
      groups.push([row]);
    }
  }
  return groups;
}

function findingOf({ rule, severity, isSeverityChosen }: ActiveRule, rows: readonly Row[]): Finding {
  const row = rows[0]!;
  const alternatives = rule.create === undefined ? rule.alternatives : undefined;
  const evidence: Record<string, Evidence> = {};
  for (const role of Object.keys(rule.meta.evidence)) {
    evidence[role] = {
      flowId: numberAt(row, `${role}_flow_id`),
      frame: numberAt(row, `${role}_frame`),
      timeNs: numberAt(row, `${role}_ns`),
    };
  }
  const report = {
    messageId: textAt(row, "message_id"),
    data: dataOf(row),
    evidence,
    subject: textAt(row, "subject"),
    flowIds: rows.map((each) => numberAt(each, "flow_id")),
    confidence: oneOf<Confidence>(row, "confidence", ["certain", "strong", "weak"]),
    vantage: oneOf<Vantage>(row, "vantage", ["client-host", "server-host", "middle", "unknown"]),
    ...(alternatives === undefined ? {} : { alternatives }),
    startNs: numberAt(row, "start_ns"),
    endNs: numberAt(row, "end_ns"),
  };
  return completeFinding(rule, severity, report, isSeverityChosen);
}

function dataOf(row: Row): FindingData {
  const data: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(row)) {
    if (typeof value === "string" || typeof value === "number") data[name] = value;
  }
  return data;
}

function numberAt(row: Row, name: string): number {
  const value = row[name];
  if (typeof value !== "number") throw new Error(`an SQL rule's row needs a number in "${name}"`);
  return value;
}

function textAt(row: Row, name: string): string {
  const value = row[name];
  if (typeof value !== "string") throw new Error(`an SQL rule's row needs a text in "${name}"`);
  return value;
}

function oneOf<Name extends string>(row: Row, name: string, allowed: readonly Name[]): Name {
  const value = allowed.find((each) => each === row[name]);
  if (value === undefined)
    throw new Error(`an SQL rule's row needs one of ${allowed.join(", ")} in "${name}"`);
  return value;
}
