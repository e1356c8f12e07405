import { groupIncidents } from "../../incidents.js";
import { countOf } from "../../quantity.js";
import type { ReportedFinding } from "../../report.js";
import type { PageSummary } from "../summary.js";
import { button, element } from "./dom.js";
import { type FindingLinks, findingCard } from "./finding-card.js";
import { leftOut } from "./left-out.js";

/** Findings shown before the reader asks for more. */
const SHOWN_AT_ONCE = 10;

/** All findings, those of one incident together, the most harmful first. */
export function findingsSection(summary: PageSummary, links: FindingLinks): HTMLElement {
  const { report, findingsLeftOut } = summary;
  const section = element(
    "section",
    { id: "findings", "aria-labelledby": "findings-title" },
    element("h2", { id: "findings-title", tabindex: -1 }, "Findings"),
  );
  if (report.findings.length === 0)
    section.append(element("p", { class: "remark" }, "No rule found anything."));
  const waiting = groupIncidents(report.findings).map(
    (incident) => (): HTMLElement => incidentGroup(incident, links),
  );
  const showMore = (count: number): void => {
    const added = waiting.splice(0, count).map((make) => make());
    more.before(...added);
    // The keyboard goes on with what was asked for.
    if (document.activeElement === more) added[0]?.querySelector("h3")?.focus();
    more.hidden = waiting.length === 0;
    more.textContent = countOf(waiting.length, "more incident");
  };
  const more = button("", { class: "quiet", id: "more-findings" }, () => showMore(SHOWN_AT_ONCE * 5));
  section.append(more);
  showMore(SHOWN_AT_ONCE);
  if (findingsLeftOut > 0) {
    section.append(element("p", { class: "remark" }, leftOut(findingsLeftOut, "finding", report.database)));
  }
  return section;
}

function incidentGroup(incident: readonly ReportedFinding[], links: FindingLinks): HTMLElement {
  const cards = incident.map((finding) => findingCard(finding, links));
  if (cards.length === 1) return element("div", {}, ...cards);
  const flows = new Set(incident.flatMap(({ flowIds }) => flowIds)).size;
  const title = `${countOf(incident.length, "finding")} of one incident, ${countOf(flows, "connection")}:`;
  return element("div", { class: "incident" }, element("p", { class: "group-title" }, title), ...cards);
}
