import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { encodePage } from "./encode-page.js";
import type { PageData } from "./page-data.js";
import { FLOWS_ELEMENT, SUMMARY_ELEMENT } from "./summary.js";

/** Where the build puts the script and the style of the page; the same path from src/ and from dist/. */
const BUILT = new URL("../../../dist/report/html/", import.meta.url);

/**
 * The report as one HTML file that needs nothing else: it asks no network, and nothing of a capture becomes markup.
 * The script builds the page from the data with text nodes; the policy allows no script and no style but these two.
 */
export function formatHtml(data: PageData): string {
  const script = readFileSync(new URL("page.js", BUILT), "utf8");
  const style = readFileSync(new URL("page.css", BUILT), "utf8");
  const { summary, flows } = encodePage(data, Buffer.byteLength(script) + Buffer.byteLength(style));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyFor(script, style)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>tcptrace-analyze report</title>
<style>${style}</style>
</head>
<body>
<noscript>This report draws itself: allow scripts for this file, or read the findings with <code>tcptrace-analyze query</code>.</noscript>
<script type="application/json" id="${SUMMARY_ELEMENT}">${JSON.stringify(summary)}</script>
<script type="application/json" id="${FLOWS_ELEMENT}">${JSON.stringify(flows)}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** https://www.w3.org/TR/CSP3: everything is forbidden but the script and the style with these hashes. */
function policyFor(script: string, style: string): string {
  return [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
