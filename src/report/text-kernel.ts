import { printable } from "./printable.js";
import { countOf, formatCount, formatDuration, listOf } from "./quantity.js";
import type { KernelFileSummary, KernelSummary, QueueSummary } from "./report.js";
import { wrap } from "./wrap.js";

const INDENT = "  ";
const NOUNS = { counters: "sample", sockets: "sample", routes: "route change" } as const;
const LISTENERS_SHOWN = 10;

/** What the kernel said: a paragraph for each file, then full queues and telling counters; no line without files. */
export function kernelLines(kernel: KernelSummary | null, width: number): string[] {
  if (kernel === null) return [];
  const lines = ["Kernel"];
  const note = (text: string, indent: string): void => {
    lines.push(...wrap(text, width, indent, `${indent}  `));
  };
  for (const file of kernel.files) {
    note(`${printable(file.path)} (${file.formats.map(printable).join(", ")}) ${extentOf(file)}`, INDENT);
    if (file.doubt !== null) note(`Clock: it ${file.doubt}`, `${INDENT}  `);
    if (file.unknownLines > 0) note(`${countOf(file.unknownLines, "line")} not understood`, `${INDENT}  `);
  }
  const shown = kernel.fullListeners.slice(0, LISTENERS_SHOWN);
  for (const listener of shown) note(queueText(listener), INDENT);
  const others = kernel.fullListeners.length - shown.length;
  if (others > 0) note(`and ${countOf(others, "listener")} more with a full accept queue`, INDENT);
  if (kernel.listeners > 0 && kernel.fullListeners.length === 0)
    note(`None of ${countOf(kernel.listeners, "listener")} had a full accept queue when looked at`, INDENT);
  if (kernel.grownCounters.length > 0) {
    const grown = kernel.grownCounters.map(
      ({ name, delta }) => `${printable(name)} by ${formatCount(delta)}`,
    );
    note(`Grown: ${listOf(grown)}`, INDENT);
  }
  return lines;
}

function extentOf({ kind, samples, firstAt, lastAt }: KernelFileSummary): string {
  const count = countOf(samples, NOUNS[kind]);
  if (firstAt === null || lastAt === null) return count;
  const lasting = Number(BigInt(Date.parse(lastAt)) - BigInt(Date.parse(firstAt))) * 1e6;
  return `${count} from ${firstAt}${samples > 1 ? `, ${formatDuration(lasting)}` : ""}`;
}

function queueText({ listener, process, samples, fullSamples, acceptQueue, backlog }: QueueSummary): string {
  const owner = process === null ? "" : ` (${printable(process)})`;
  return `Full: the accept queue of ${printable(listener)}${owner} in ${formatCount(fullSamples)} of ${countOf(samples, "sample")}, ${formatCount(acceptQueue)} waiting at most, backlog ${backlog === null ? "unknown" : formatCount(backlog)}`;
}
