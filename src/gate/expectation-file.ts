import { CheckedJson } from "../checked-json/checked-json.js";
import { type Confidence, SEVERITIES, type Severity } from "../engine/finding.js";

/** Which findings an expectation is about; what is left out may be anything. */
export interface FindingPattern {
  readonly rule?: string;
  readonly subject?: string;
  readonly severity?: Severity;
  readonly confidence?: Confidence;
  /** How many connections the finding is about at least. */
  readonly minFlows?: number;
}

/** What the file beside a capture demands. */
export interface Expectations {
  readonly path: string;
  /** The capture. */
  readonly source: string;
  readonly must: readonly FindingPattern[];
  readonly mustNot: readonly FindingPattern[];
}

const CONFIDENCES = ["certain", "strong", "weak"] as const satisfies readonly Confidence[];
const KEYS = ["rule", "subject", "severity", "confidence", "minFlows"];

/**
 * The name of the file of expectations beside a capture: `foo.expect.json` for `foo.pcap`, `foo.pcapng.gz` and the like.
 */
export function expectationPath(source: string): string {
  return `${source.replace(/\.(?:gz|zst|xz|lz4)$/i, "").replace(/\.[A-Za-z][A-Za-z0-9]*$/, "")}.expect.json`;
}

/**
 * Checks the text of a file of expectations.
 * @param ruleIds those that exist: a slip in `mustNot` would else be met for ever
 * @throws AnalyzeError EXPECTATIONS_INVALID
 */
export function parseExpectations(
  text: string,
  path: string,
  source: string,
  ruleIds: readonly string[],
): Expectations {
  const json = new CheckedJson("EXPECTATIONS_INVALID", `The expectations ${path}`);
  const content = json.object(json.parse(text), "the whole file");
  json.allow(content, ["$schema", "must", "mustNot"], "");
  const patterns = (key: "must" | "mustNot") =>
    json.array(content[key] ?? [], key, (item, place) => parsePattern(json, item, place, ruleIds));
  return { path, source, must: patterns("must"), mustNot: patterns("mustNot") };
}

function parsePattern(
  json: CheckedJson,
  item: unknown,
  key: string,
  ruleIds: readonly string[],
): FindingPattern {
  const pattern = json.object(item, key);
  json.allow(pattern, KEYS, `${key}.`);
  const { rule, subject, severity, confidence, minFlows } = pattern;
  return {
    ...(rule === undefined ? {} : { rule: json.oneOf(rule, ruleIds, `${key}.rule`) }),
    ...(subject === undefined ? {} : { subject: json.text(subject, `${key}.subject`) }),
    ...(severity === undefined ? {} : { severity: json.oneOf(severity, SEVERITIES, `${key}.severity`) }),
    ...(confidence === undefined
      ? {}
      : { confidence: json.oneOf(confidence, CONFIDENCES, `${key}.confidence`) }),
    ...(minFlows === undefined ? {} : { minFlows: json.number(minFlows, `${key}.minFlows`, 1) }),
  };
}
