import { countOf, formatCount, formatDuration } from "../../quantity.js";
import type { PageSummary } from "../summary.js";
import { element } from "./dom.js";
import { FLOW_COLUMNS, type FlowColumnKey, FlowRows } from "./flow-rows.js";
import { leftOut } from "./left-out.js";
import { formatBytes } from "./time-format.js";
import { VirtualRows } from "./virtual-rows.js";

const ROW_HEIGHT = 28;
/** Typing is let finish before 100 000 rows are searched. */
const SEARCH_DELAY_MS = 80;

/** The table of all flows: searched by words, sorted by any column, opened by Enter. */
export class FlowTable {
  readonly element: HTMLElement;
  readonly #flows: FlowRows;
  readonly #drawn: ReadonlySet<number>;
  readonly #rows: VirtualRows;
  readonly #heads = new Map<FlowColumnKey, HTMLElement>();
  readonly #search: HTMLInputElement;
  readonly #count = element("span", { class: "count", role: "status" });
  readonly #table = element("div", { class: "flow-table", role: "grid", "aria-label": "flows" });
  #shown: number[] = [];
  #key: FlowColumnKey = "findings";
  #isDescending = true;

  constructor(summary: PageSummary, open: (flowId: number) => void) {
    this.#flows = new FlowRows(summary);
    this.#drawn = new Set(summary.drawnFlowIds);
    this.#search = element("input", {
      type: "search",
      id: "search",
      placeholder: "address, port, state, rule …",
      "aria-label": "search flows",
      autocomplete: "off",
      spellcheck: "false",
    });
    this.#rows = new VirtualRows({
      rowHeight: ROW_HEIGHT,
      count: () => this.#shown.length,
      make: (index) => this.#makeRow(this.#shown[index]!),
      onOpen: (index) => open(this.#flows.flows.id[this.#shown[index]!]!),
      label: "flows; arrow keys choose, Enter opens",
      idPrefix: "flow-row",
    });
    this.#table.append(this.#makeHead(), this.#rows.element);
    this.element = element(
      "div",
      {},
      element("div", { class: "bar" }, this.#search, this.#count),
      ...leftOutFlows(summary),
      this.#table,
    );
    let waiting: ReturnType<typeof setTimeout> | undefined;
    this.#search.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => this.#select(), SEARCH_DELAY_MS);
    });
    this.#search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== "ArrowDown") return;
      event.preventDefault();
      this.#select();
      this.#rows.element.focus();
    });
    this.#select();
  }

  /** The keyboard goes on with the row that was opened last. */
  focusRows(): void {
    this.#rows.element.focus({ preventScroll: true });
  }

  focusSearch(): void {
    this.#search.focus();
    this.#search.select();
  }

  /** Shows the flows that hold these words. */
  search(words: string): void {
    this.#search.value = words;
    this.#select();
  }

  #select(): void {
    this.#shown = this.#flows.select(this.#search.value, this.#key, this.#isDescending);
    const total = this.#flows.flows.id.length;
    this.#count.textContent =
      this.#shown.length === total
        ? countOf(total, "flow")
        : `${formatCount(this.#shown.length)} of ${countOf(total, "flow")}`;
    for (const [key, head] of this.#heads) {
      const sorted = key !== this.#key ? "none" : this.#isDescending ? "descending" : "ascending";
      head.setAttribute("aria-sort", sorted);
    }
    this.#table.setAttribute("aria-rowcount", String(this.#shown.length + 1));
    this.#rows.element.scrollTop = 0;
    this.#rows.refresh();
  }

  #sortBy(key: FlowColumnKey, isNumber: boolean): void {
    this.#isDescending =
      key === this.#key ? !this.#isDescending : isNumber && key !== "id" && key !== "startNs";
    this.#key = key;
    this.#select();
  }

  #makeHead(): HTMLElement {
    const row = element("div", { role: "row", class: "row" });
    for (const { key, title, isNumber } of FLOW_COLUMNS) {
      const press = element("button", { type: "button" }, title);
      press.addEventListener("click", () => this.#sortBy(key, isNumber));
      const head = element("div", { role: "columnheader", class: `cell ${key}` }, press);
      this.#heads.set(key, head);
      row.append(head);
    }
    return element("div", { role: "rowgroup", class: "head" }, row);
  }

  #makeRow(row: number): HTMLElement {
    const { flows } = this.#flows;
    const id = flows.id[row]!;
    const texts: Readonly<Record<Exclude<FlowColumnKey, "findings">, string>> = {
      id: String(id),
      client: this.#flows.client(row),
      server: this.#flows.server(row),
      startNs: `${(flows.startNs[row]! / 1e9).toFixed(3)} s`,
      durationNs: formatDuration(flows.durationNs[row]!),
      segments: formatCount(flows.segments[row]!),
      bytes: formatBytes(flows.bytes[row]!),
      retransmits: formatCount(flows.retransmits[row]!),
      state: this.#flows.state(row),
    };
    const made = element("div", { role: "row", class: this.#drawn.has(id) ? "row drawn" : "row" });
    for (const { key } of FLOW_COLUMNS) {
      const cell = element("div", { role: "gridcell", class: `cell ${key}` });
      if (key === "findings") cell.append(...this.#findingSigns(row));
      else cell.append(texts[key]);
      made.append(cell);
    }
    return made;
  }

  #findingSigns(row: number): HTMLElement[] {
    return this.#flows
      .findings(row)
      .map(({ ruleId, severity }) => element("span", { class: `chip ${severity}`, title: severity }, ruleId));
  }
}

function leftOutFlows({ flows, report }: PageSummary): HTMLElement[] {
  const missing = flows.total - flows.id.length;
  if (missing === 0) return [];
  const here = `The table has ${formatCount(flows.id.length)} of ${countOf(flows.total, "flow")}, those with findings first.`;
  return [element("p", { class: "remark" }, `${here} ${leftOut(missing, "flow", report.database)}`)];
}
