import { toNotation } from "../../notation-packet.js";
import { countOf } from "../../quantity.js";
import type { LadderGap, LadderPacket, ReportedFinding } from "../../report.js";
import { button, element } from "./dom.js";
import { inlineNodes } from "./markdown.js";
import { formatMoment } from "./time-format.js";

/** Flows linked one by one; the table has all. */
const FLOWS_LINKED = 8;

export interface FindingLinks {
  /** Shows the flows of a finding in the table. */
  readonly showFlows: (findingId: number) => void;
  /** Whether the page has the packets of a flow. */
  readonly isDrawn: (flowId: number) => boolean;
}

/** What happened, why it matters, what to do; what proves it, what else it could be, how sure it is and seen from where. */
export function findingCard(finding: ReportedFinding, links: FindingLinks): HTMLElement {
  const { id, ruleId, severity, confidence, vantage, message, why, remedy, alternatives } = finding;
  const card = element(
    "article",
    { class: `finding ${severity}`, id: `finding-${id}`, "aria-labelledby": `finding-${id}-title` },
    element(
      "header",
      {},
      element("span", { class: `severity ${severity}` }, severity),
      element("h3", { id: `finding-${id}-title`, tabindex: -1 }, ruleId),
      element("span", { class: "judgement" }, `${confidence} · seen from: ${vantage} · ${finding.subject}`),
    ),
    element("p", { class: "message" }, ...inlineNodes(message)),
    evidenceLadder(finding),
  );
  const texts = element("dl", { class: "texts" });
  const paragraph = (title: string, text: string): void => {
    texts.append(element("dt", {}, title), element("dd", {}, ...inlineNodes(text)));
  };
  paragraph("Why it matters", why);
  paragraph("What to do", remedy);
  for (const alternative of alternatives) paragraph("Or else", alternative);
  card.append(texts, flowLinks(finding, links));
  return card;
}

function evidenceLadder({ evidence, ladder, source, flowIds }: ReportedFinding): HTMLElement {
  const body = element("tbody");
  const shown = evidence[0]?.flowId ?? flowIds[0];
  for (const step of ladder) {
    body.append(step.kind === "gap" ? gapRow(step) : packetRow(step, source, shown));
  }
  const caption = element(
    "caption",
    {},
    `Evidence: flow ${shown} of ${source}, seconds since its first packet`,
  );
  return element("div", { class: "scroll" }, element("table", { class: "evidence-table" }, caption, body));
}

function gapRow({ packets }: LadderGap): HTMLElement {
  const text = `${countOf(packets, "packet")} between`;
  return element("tr", { class: "between" }, element("td", {}), element("td", {}), element("td", {}, text));
}

function packetRow(step: LadderPacket, source: string, shownFlow: number | undefined): HTMLElement {
  const { packet, role, description, frame, cause } = step;
  const isFromServer = packet?.startsWith("<-") ?? false;
  const place = [`frame ${frame}${step.source === source ? "" : ` of ${step.source}`}`];
  if (step.flowId !== shownFlow) place.push(`flow ${step.flowId}`);
  if (cause !== null) place.push(`cause: ${cause}`);
  const arrow = element("span", {
    class: `arrow ${isFromServer ? "left" : "right"}${cause === null ? "" : " again"}`,
    role: "img",
    "aria-label": isFromServer ? "server to client" : "client to server",
  });
  const text = packet === null ? "packets were not kept" : toNotation(packet.replace(/^(?:->|<-) /, "")).text;
  const said = element("div", { class: "proves" });
  if (role !== null) said.append(element("span", { class: "role" }, role), ` ${description} · `);
  said.append(place.join(" · "));
  return element(
    "tr",
    { class: role === null ? null : "proof" },
    element("td", { class: "time" }, formatMoment(step.timeNs)),
    element("td", { class: "rung" }, packet === null ? "" : arrow),
    element("td", { class: "packet" }, element("div", {}, text), said),
  );
}

function flowLinks(
  { id, flowIds, evidence }: ReportedFinding,
  { showFlows, isDrawn }: FindingLinks,
): HTMLElement {
  const line = element("p", { class: "flow-links" });
  const first = [...new Set([...evidence.map(({ flowId }) => flowId), ...flowIds])].filter(isDrawn);
  for (const flowId of first.slice(0, FLOWS_LINKED)) {
    line.append(element("a", { href: `#flow-${flowId}`, class: "flow-link" }, `flow ${flowId}`), " ");
  }
  line.append(
    button(`${countOf(flowIds.length, "flow")} in the table`, { class: "quiet" }, () => showFlows(id)),
  );
  return line;
}
