import { countOf, formatCount, formatDuration } from "../../quantity.js";
import type { CaptureSummary, KernelSummary, Report } from "../../report.js";
import { element, factList } from "./dom.js";
import { leftOut } from "./left-out.js";

/** Captures described one by one. */
const MAX_CAPTURES = 50;

/** Servers, what the captures hold and how far they can be trusted, and what the kernel said. */
export function capturesSection(report: Report): HTMLElement {
  const shown = report.captures.slice(0, MAX_CAPTURES);
  const section = element("section", { id: "captures", "aria-labelledby": "captures-title" });
  if (report.servers.length > 0) section.append(element("h2", {}, "Servers"), serverTable(report));
  section.append(
    element("h2", { id: "captures-title", tabindex: -1 }, "Captures"),
    ...shown.map(captureFacts),
  );
  const others = report.captures.length - shown.length;
  if (others > 0) section.append(element("p", { class: "remark" }, `and ${countOf(others, "capture")} more`));
  if (report.kernel !== null) section.append(element("h2", {}, "Kernel"), ...kernelFacts(report.kernel));
  return section;
}

function serverTable({ servers, serverCount, database }: Report): HTMLElement {
  const titles = [
    "server",
    "flows",
    "closed",
    "reset",
    "failed",
    "again",
    "RTT",
    "stalled",
    "longest",
    "flagged",
  ];
  const body = element("tbody");
  for (const each of servers) {
    const cells = [
      ...[each.flows, each.closedNormally, each.reset, each.failed, each.retransmits].map(countCell),
      numberCell(each.roundTripNs === null ? "–" : formatDuration(each.roundTripNs)),
      countCell(each.stalledFlows),
      numberCell(each.longestStallNs === 0 ? "–" : formatDuration(each.longestStallNs)),
      countCell(each.flaggedFlows),
    ];
    body.append(element("tr", {}, element("th", { scope: "row" }, each.server), ...cells));
  }
  const head = titles.map((title, at) =>
    element("th", { scope: "col", class: at === 0 ? null : "number" }, title),
  );
  const table = element(
    "table",
    { class: "servers" },
    element("thead", {}, element("tr", {}, ...head)),
    body,
  );
  const others = serverCount - servers.length;
  const remark = others > 0 ? element("p", { class: "remark" }, leftOut(others, "server", database)) : null;
  return element("div", { class: "scroll" }, table, remark);
}

function countCell(count: number): HTMLElement {
  return numberCell(formatCount(count), count === 0);
}

function numberCell(text: string, isZero = false): HTMLElement {
  return element("td", { class: isZero ? "number zero" : "number" }, text);
}

function captureFacts(capture: CaptureSummary): HTMLElement {
  const { format, compression, linkType, durationNs, droppedFrames, truncatedFrames, vantage, notTcp } =
    capture;
  const kinds = [format, compression, linkType].filter((kind) => kind !== null).join(", ");
  const dropped = droppedFrames === null ? "unknown" : formatCount(droppedFrames);
  const facts = factList([
    ["format", kinds],
    ["begins", capture.startedAt],
    ["lasts", formatDuration(durationNs)],
    ["frames", `${formatCount(capture.frames)}, ${formatCount(capture.tcpFrames)} of them TCP`],
    ["dropped", dropped],
    ["cut short", truncatedFrames === 0 ? "none" : formatCount(truncatedFrames)],
    ["ICMP errors", capture.icmpErrors === 0 ? null : formatCount(capture.icmpErrors)],
    [
      "not TCP",
      notTcp.length === 0
        ? null
        : notTcp.map(({ name, frames }) => `${name} ${formatCount(frames)}`).join(", "),
    ],
    ["seen from", vantage === null ? null : `${vantage.name} (${vantage.confidence})`],
    ["quality", capture.flaws.length === 0 ? null : `see ${capture.flaws.join(", ")}`],
    ["damaged", capture.damage],
    ["note", capture.notes.length === 0 ? null : capture.notes.join("; ")],
  ]);
  return element("div", { class: "capture" }, element("h3", {}, capture.source), facts);
}

function kernelFacts(kernel: KernelSummary): HTMLElement[] {
  const files = kernel.files.map(({ path, formats, kind, samples, firstAt, doubt, unknownLines }) =>
    element(
      "div",
      { class: "capture" },
      element("h3", {}, path),
      factList([
        ["what", `${kind} (${formats.join(", ")})`],
        [kind === "routes" ? "changes" : "samples", formatCount(samples)],
        ["begins", firstAt],
        ["clock", doubt === null ? null : `it ${doubt}`],
        ["not understood", unknownLines === 0 ? null : countOf(unknownLines, "line")],
      ]),
    ),
  );
  const queues = kernel.fullListeners.map(
    ({ listener, process, fullSamples, samples, acceptQueue, backlog }) =>
      `Full: the accept queue of ${listener}${process === null ? "" : ` (${process})`} in ${fullSamples} of ${countOf(samples, "sample")}, ${acceptQueue} waiting at most, backlog ${backlog ?? "unknown"}.`,
  );
  const grown = kernel.grownCounters.map(({ name, delta }) => `${name} grew by ${formatCount(delta)}.`);
  return [...files, ...[...queues, ...grown].map((text) => element("p", {}, text))];
}
