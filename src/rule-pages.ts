import { readFileSync } from "node:fs";
import { ruleDocs } from "./version.js";

/** The page of a rule, Markdown; null for rules without one, such as a user's own. */
export function readRulePage(ruleId: string): string | null {
  // Only names of rules, never paths: a rule of a user's own may be named in any way.
  if (!/^[a-z0-9-]+$/.test(ruleId)) return null;
  try {
    return readFileSync(new URL(`../${ruleDocs(ruleId)}`, import.meta.url), "utf8");
  } catch {
    return null;
  }
}
