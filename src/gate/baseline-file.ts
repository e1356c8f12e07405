import { CheckedJson } from "../checked-json/checked-json.js";
import { SEVERITIES } from "../engine/finding.js";
import type { AcceptedFinding } from "../report/gate-summary.js";
import { printableJson } from "../report/printable.js";
import { isDate } from "./date.js";
import { keyOf } from "./rated-finding.js";

/** Grows when a member is removed or changes its meaning. */
const VERSION = 1;
const KEYS = ["rule", "subject", "severity", "rateUpTo", "reason", "expires"];

/** The text of a baseline file: an entry a block, so that a version control shows what changed. */
export function formatBaseline(accepted: readonly AcceptedFinding[]): string {
  return `${printableJson({ version: VERSION, accepted }, 2)}\n`;
}

/**
 * Checks the text of a baseline file.
 * @param path for the sentences
 * @throws AnalyzeError BASELINE_INVALID
 */
export function parseBaseline(text: string, path: string): AcceptedFinding[] {
  const json = new CheckedJson("BASELINE_INVALID", `The baseline ${path}`);
  const content = json.object(json.parse(text), "the whole file");
  json.allow(content, ["$schema", "version", "accepted"], "");
  if (content["version"] !== VERSION) json.refuse(`version must be ${VERSION}`);
  const entries = json.array(content["accepted"], "accepted", (item, key) => parseEntry(json, item, key));
  const seen = new Set<string>();
  for (const { rule, subject } of entries) {
    const key = keyOf(rule, subject);
    if (seen.has(key)) json.refuse(`it accepts ${rule} about ${subject} twice`);
    seen.add(key);
  }
  return entries;
}

function parseEntry(json: CheckedJson, item: unknown, key: string): AcceptedFinding {
  const entry = json.object(item, key);
  json.allow(entry, KEYS, `${key}.`);
  const expires = json.text(entry["expires"], `${key}.expires`);
  if (!isDate(expires)) json.refuse(`${key}.expires must be a date such as 2027-01-31, not "${expires}"`);
  const rateUpTo = json.number(entry["rateUpTo"], `${key}.rateUpTo`, 0, 1);
  return {
    rule: json.text(entry["rule"], `${key}.rule`),
    subject: json.text(entry["subject"], `${key}.subject`),
    severity: json.oneOf(entry["severity"], SEVERITIES, `${key}.severity`),
    rateUpTo,
    reason: json.text(entry["reason"], `${key}.reason`),
    expires,
  };
}
