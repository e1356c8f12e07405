/** Writes captures/<behaviour>.md and checks on the way that the capture shows what the page claims. */
import { writeFileSync } from "node:fs";
import { release } from "node:os";
import { basename, join } from "node:path";
import { framesMatching, streamListing } from "./observe.mjs";
import { CAPTURES } from "./recording.mjs";

const MOST_SEGMENTS_SHOWN = 24;

/**
 * `signature` is a list of `[claim, display filter, least, most]`: how many frames must match; the script fails
 * otherwise. `example` is a display filter: the first stream with a matching frame is listed. `observed` is a list of
 * `[heading, text]`; `recordedBy` the capture's command; `sysctls` what was changed from the kernel's defaults.
 * `origin` replaces the lines about kernel and sysctls where no kernel was involved.
 */
export function writePage({
  file,
  happened,
  recordedBy,
  sysctls = {},
  setup = [],
  origin,
  observed = [],
  signature,
  example,
}) {
  const path = join(CAPTURES, file);
  const counts = signature.map(([claim, filter, least, most = least]) => {
    const count = framesMatching(path, filter).length;
    if (count < least || count > most)
      throw new Error(`${file}: ${claim}: ${count}, not ${least} to ${most} (${filter})`);
    return [claim, String(count), `\`${filter.replaceAll("|", "\\|")}\``];
  });
  const parts = [
    `# ${file.replace(/\.pcap.*$/, "")}`,
    reflow(happened),
    "## How it was made",
    (origin ?? measuredOrigin({ recordedBy, sysctls, setup })).map((line) => `- ${line}`).join("\n"),
    "## What is in it",
    table([["frames", "count", "display filter"], ...counts]),
  ];
  if (example !== undefined) {
    const first = framesMatching(path, example)[0];
    if (first === undefined) throw new Error(`${file}: nothing matches the example ${example}`);
    parts.push("One of the connections, in Wireshark's relative numbers:");
    parts.push(fenced(streamListing(path, first.stream, MOST_SEGMENTS_SHOWN)));
  }
  for (const [heading, text] of observed) parts.push(`## ${heading}`, fenced(text));
  writeFileSync(path.replace(/\.pcap.*$/, ".md"), `${parts.join("\n\n")}\n`);
}

function measuredOrigin({ recordedBy, sysctls, setup }) {
  const settings = Object.entries(sysctls).map(([name, value]) => `\`${name} = ${value}\``);
  return [
    `\`captures/make/${basename(process.argv[1])}\`, in network namespaces of its own`,
    `kernel: Linux ${release()}`,
    `sysctls: ${settings.length > 0 ? settings.join(", ") : "the kernel's defaults"}`,
    `recorded by \`${recordedBy}\``,
    ...setup,
  ];
}

/** Paragraphs in lines of at most 110 characters. */
function reflow(text) {
  const paragraphs = text.trim().split(/\n{2,}/);
  return paragraphs
    .map((paragraph) =>
      paragraph
        .replace(/\s+/g, " ")
        .replace(/(.{1,110})( |$)/g, "$1\n")
        .trim(),
    )
    .join("\n\n");
}

/** A Markdown table with aligned columns; the first row is the head. */
function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(3, ...rows.map((row) => row[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
  const [head, ...body] = rows;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}

function fenced(text) {
  return `\`\`\`text\n${text}\n\`\`\``;
}

/** Outcomes of echo clients as text, a line per connection. */
export function outcomeTable(outcomes) {
  const lines = outcomes.map(({ localPort, connectedMs, repliedMs, error }) => {
    const connected = connectedMs === null ? "never connected" : `connected after ${connectedMs} ms`;
    const replied = repliedMs === null ? "no reply" : `reply after ${repliedMs} ms`;
    return `port ${localPort}: ${connected}, ${replied}${error === null ? "" : `, ${error}`}`;
  });
  return lines.join("\n");
}
