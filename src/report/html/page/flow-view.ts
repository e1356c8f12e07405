import { followUp } from "../../follow-up.js";
import { formatInstant, stateText } from "../../ladder-header.js";
import { countOf, formatCount, formatDuration } from "../../quantity.js";
import type { DrawnEnd, DrawnFlow } from "../page-data.js";
import type { PageSummary } from "../summary.js";
import { axisButtons } from "./axis-controls.js";
import { button, element, factList } from "./dom.js";
import { ladder } from "./ladder.js";
import { markdownElements } from "./markdown.js";
import { evidenceByRow } from "./packet-text.js";
import { inFlightGraph, roundTripGraph } from "./sample-graphs.js";
import { Selection } from "./selection.js";
import { TimeAxis } from "./time-axis.js";
import { formatBytes } from "./time-format.js";
import { sequenceGraph } from "./time-sequence.js";
import type { Tooltip } from "./tooltip.js";

/** One flow: what is known of it, its graphs on one axis of time, its packets, and the pages of the rules that speak of it. */
export function flowView(flow: DrawnFlow, summary: PageSummary, tooltip: Tooltip): HTMLElement {
  const findings = summary.report.findings.filter(({ flowIds }) => flowIds.includes(flow.id));
  const view = element(
    "section",
    { class: "flow", "aria-labelledby": "flow-title" },
    wayBack(),
    element("h2", { id: "flow-title", tabindex: -1 }, `Flow ${flow.id}: ${flow.client} → ${flow.server}`),
    facts(flow),
  );
  for (const { id, severity, ruleId, message } of findings) {
    view.append(
      element(
        "p",
        { class: `finding-line ${severity}` },
        element("a", { href: `#finding-${id}` }, `${severity} ${ruleId}`),
        ` ${message}`,
      ),
    );
  }
  if (flow.packets.frame.length === 0) {
    view.append(
      element(
        "p",
        { class: "remark" },
        "Its packets were not kept: analyse with --timeline all, or flagged when it has findings.",
      ),
    );
  } else view.append(...graphs(flow, summary.report.database, tooltip));
  const ruleIds = [...new Set(findings.map(({ ruleId }) => ruleId))];
  for (const { id, markdown } of summary.rulePages) {
    if (!ruleIds.includes(id)) continue;
    const page = element("div", { class: "rule-page" }, ...markdownElements(markdown));
    view.append(element("details", { class: "rule" }, element("summary", {}, `The rule: ${id}`), page));
  }
  return view;
}

/** A flow whose packets the page does not hold. */
export function flowOutside(flowId: string, database: string | null): HTMLElement {
  return element(
    "section",
    { class: "flow", "aria-labelledby": "flow-title" },
    wayBack(),
    element("h2", { id: "flow-title", tabindex: -1 }, `Flow ${flowId}`),
    element(
      "p",
      { class: "remark" },
      `This file has no packets of flow ${flowId}.`,
      ...printedBy(flowId, database),
    ),
  );
}

/** The command that prints a whole flow; nothing without a database. */
function printedBy(flowId: string, database: string | null): (string | HTMLElement)[] {
  return database === null
    ? []
    : [" All of them: ", element("code", {}, followUp(database, `show ${flowId}`))];
}

function wayBack(): HTMLElement {
  return element("p", {}, element("a", { href: "#flows" }, "← all flows"));
}

function facts(flow: DrawnFlow): HTMLElement {
  const { encapsulation, initialRttNs, vantage } = flow;
  return factList([
    ["capture", flow.source],
    ["begins", formatInstant(BigInt(flow.startedAtNs))],
    ["lasts", formatDuration(flow.durationNs)],
    ["state", `${flow.state}: ${stateText(flow.state)}`],
    ["history", flow.history],
    ["initial RTT", initialRttNs === null ? null : formatDuration(initialRttNs)],
    ["seen from", vantage === "unknown" ? null : vantage],
    ["inside", encapsulation],
    ["client sent", endText(flow.clientEnd)],
    ["server sent", endText(flow.serverEnd)],
  ]);
}

function endText(end: DrawnEnd): string {
  const parts = [countOf(end.segments, "segment"), formatBytes(end.bytes)];
  if (end.retransmits > 0) parts.push(`${formatCount(end.retransmits)} again`);
  if (end.mss !== null) parts.push(`mss ${end.mss}`);
  if (end.windowScale !== null) parts.push(`wscale ${end.windowScale}`);
  return parts.join(", ");
}

function graphs(flow: DrawnFlow, database: string | null, tooltip: Tooltip): HTMLElement[] {
  const { packets, packetsTotal } = flow;
  const roles = evidenceByRow(flow);
  const evidence = new Map(
    [...roles].map(([row, items]) => [row, [...new Set(items.map(({ role }) => role))].join(" ")]),
  );
  const [minNs, maxNs] = extentOf(packets.timeNs);
  const axis = new TimeAxis(minNs / 1e9, maxNs / 1e9);
  const selection = new Selection();
  const common = { flow, axis, selection, evidence, tooltip, syncKey: `flow-${flow.id}` };
  const place = element("div");
  const choice = directionChoice(preferredSender(flow, evidence), (fromServer) => {
    place.replaceChildren(sequenceGraph(common, fromServer));
  });
  const made: HTMLElement[] = [element("div", { class: "bar" }, choice, axisButtons(axis))];
  const missing = packetsTotal - packets.frame.length;
  if (missing > 0) {
    made.push(
      element(
        "p",
        { class: "remark" },
        `${countOf(missing, "packet")} of ${formatCount(packetsTotal)} are left out here to keep this file small; the time-sequence graph is grey there.`,
        ...printedBy(String(flow.id), database),
      ),
    );
  }
  made.push(place);
  for (const each of [roundTripGraph(common), inFlightGraph(common)]) if (each !== null) made.push(each);
  made.push(element("h3", {}, "Packets"), ladder(flow, evidence, selection, tooltip));
  return made;
}

/** A clock that went back makes times before the first packet. */
function extentOf(timesNs: readonly number[]): [min: number, max: number] {
  let min = 0;
  let max = 0;
  for (const timeNs of timesNs) {
    min = Math.min(min, timeNs);
    max = Math.max(max, timeNs);
  }
  return [min, max];
}

/** Whose data to show first: that of the end that had to send again, else of the one whose packets prove something, else of the one that sent more. */
function preferredSender(flow: DrawnFlow, evidence: ReadonlyMap<number, string>): boolean {
  const { clientEnd, serverEnd, packets } = flow;
  if (clientEnd.retransmits !== serverEnd.retransmits && clientEnd.bytes + serverEnd.bytes === 0) {
    return serverEnd.retransmits > clientEnd.retransmits;
  }
  const proving = [...evidence.keys()].filter((row) => packets.length[row]! > 0);
  if (proving.length > 0) return packets.fromServer[proving[0]!] === 1;
  return serverEnd.bytes > clientEnd.bytes;
}

function directionChoice(first: boolean, show: (fromServer: boolean) => void): HTMLElement {
  const group = element("div", { class: "buttons", role: "group", "aria-label": "whose data" });
  const choose = (fromServer: boolean): void => {
    for (const [at, each] of [...group.children].entries()) {
      each.setAttribute("aria-pressed", String((at === 1) === fromServer));
    }
    show(fromServer);
  };
  group.append(
    button("client's data", {}, () => choose(false)),
    button("server's data", {}, () => choose(true)),
  );
  choose(first);
  return group;
}
