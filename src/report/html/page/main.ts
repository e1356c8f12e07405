import type { PageSummary } from "../summary.js";
import { capturesSection } from "./captures.js";
import { element } from "./dom.js";
import { findingsSection } from "./findings.js";
import { FlowTable } from "./flow-table.js";
import { flowOutside, flowView } from "./flow-view.js";
import { overviewSection } from "./overview.js";
import { readFlow, readSummary } from "./payload.js";
import { themeSwitch } from "./theme.js";
import { Tooltip } from "./tooltip.js";

const SECTIONS = [
  ["overview", "Overview"],
  ["findings", "Findings"],
  ["flows", "Flows"],
  ["captures", "Captures"],
] as const;

function pageHeader(): HTMLElement {
  const links = SECTIONS.map(([id, title]) => element("a", { href: `#${id}` }, title));
  return element(
    "header",
    { class: "page" },
    element("a", { class: "skip", href: "#findings" }, "Skip to the findings"),
    element("h1", {}, "tcptrace-analyze"),
    element("nav", { "aria-label": "sections" }, ...links),
    themeSwitch(),
  );
}

function verdict({ verdict: text, gateLines, report }: PageSummary): HTMLElement {
  const worst = report.findings[0]?.severity ?? (report.unjudgeable === null ? "clean" : "warning");
  const made = element("section", { class: "verdict", "aria-label": "verdict" });
  made.append(element("p", { class: `lead ${worst}` }, text));
  if (report.unjudgeable !== null) made.append(element("p", {}, report.unjudgeable));
  for (const line of gateLines) made.append(element("p", { class: "gate" }, line));
  return made;
}

function flowsSection(table: FlowTable): HTMLElement {
  return element(
    "section",
    { id: "flows", "aria-labelledby": "flows-title" },
    element("h2", { id: "flows-title", tabindex: -1 }, "Flows"),
    table.element,
  );
}

function pageFooter(summary: PageSummary): HTMLElement {
  const { database, version } = summary.report;
  const where = database === null ? "No database was kept." : `Timelines and findings are in ${database}.`;
  return element(
    "footer",
    {},
    element("p", {}, `${where} Written by tcptrace-analyze ${version}.`),
    element(
      "p",
      {},
      "Keys: / search, t theme, Esc back; in a graph + − 0 and arrows, . and , step from packet to packet; drag to zoom, shift and drag to move, double click for the whole.",
    ),
  );
}

async function start(): Promise<void> {
  const tooltip = new Tooltip();
  const summary = await readSummary();
  const table = new FlowTable(summary, (flowId) => goTo(`flow-${flowId}`));
  const links = {
    showFlows: (findingId: number): void => {
      table.search(`finding:${findingId};`);
      goTo("flows");
      setTimeout(() => table.focusRows());
    },
    isDrawn: (flowId: number): boolean => summary.drawnFlowIds.includes(flowId),
  };
  const openFinding = (id: number): void => goTo(`finding-${id}`);
  const overview = element(
    "main",
    {},
    verdict(summary),
    overviewSection(summary, tooltip, openFinding),
    findingsSection(summary, links),
    flowsSection(table),
    capturesSection(summary.report),
  );
  const flowPlace = element("main", { hidden: true });
  const header = pageHeader();
  document.body.prepend(header, overview, flowPlace, pageFooter(summary));
  const route = (): Promise<void> => showHash(summary, overview, flowPlace, tooltip);
  addEventListener("hashchange", () => route().catch(showFailure));
  addEventListener("keydown", (event) => onKey(event, table, header));
  await route();
}

/** Also when it is where the page is already, or was before it was scrolled. */
function goTo(place: string): void {
  if (location.hash === `#${place}`) dispatchEvent(new HashChangeEvent("hashchange"));
  else location.hash = place;
}

/** `#flow-17` is a flow, anything else a place of the overview. */
async function showHash(
  summary: PageSummary,
  overview: HTMLElement,
  flowPlace: HTMLElement,
  tooltip: Tooltip,
): Promise<void> {
  tooltip.hide();
  const hash = location.hash.slice(1);
  const flowId = /^flow-(\d{1,15})$/.exec(hash)?.[1];
  overview.hidden = flowId !== undefined;
  flowPlace.hidden = flowId === undefined;
  if (flowId === undefined) {
    flowPlace.replaceChildren();
    const target = findPlace(hash);
    target?.scrollIntoView();
    // So that the keyboard goes on from there.
    target?.querySelector<HTMLElement>("h2, h3")?.focus({ preventScroll: true });
    return;
  }
  const flow = await readFlow(Number(flowId));
  const view =
    flow === null ? flowOutside(flowId, summary.report.database) : flowView(flow, summary, tooltip);
  flowPlace.replaceChildren(view);
  scrollTo(0, 0);
  document.getElementById("flow-title")?.focus({ preventScroll: true });
}

/** The element of a hash; findings that were not asked for yet are shown until it is there. */
function findPlace(hash: string): HTMLElement | null {
  if (hash === "") return null;
  const more = document.getElementById("more-findings");
  while (hash.startsWith("finding-") && document.getElementById(hash) === null && more?.hidden === false)
    more.click();
  return document.getElementById(hash);
}

function onKey(event: KeyboardEvent, table: FlowTable, header: HTMLElement): void {
  const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    if (isTyping && event.target instanceof HTMLElement) event.target.blur();
    else if (location.hash.startsWith("#flow-")) {
      location.hash = "flows";
      setTimeout(() => table.focusRows());
    }
  } else if (isTyping) return;
  else if (event.key === "/") {
    event.preventDefault();
    if (location.hash.startsWith("#flow-")) location.hash = "flows";
    // The table is hidden until the change of place is done.
    setTimeout(() => table.focusSearch());
  } else if (event.key === "t") header.querySelector("button")?.click();
}

function showFailure(error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  document.body.prepend(element("p", { class: "lead error" }, `This report cannot be shown here: ${reason}`));
}

start().catch(showFailure);
