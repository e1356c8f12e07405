import { readFileSync } from "node:fs";

/** Version of this package, from its package.json: the folder above both src/ and dist/. */
export const VERSION = readVersion();

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  if (typeof manifest === "object" && manifest !== null && "version" in manifest)
    return String(manifest.version);
  throw new Error("package.json has no version");
}

/** Where a rule's page is, relative to the package. */
export function ruleDocs(ruleId: string): string {
  return `docs/rules/${ruleId}.md`;
}
