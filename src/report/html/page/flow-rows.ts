import type { Severity } from "../../../engine/finding.js";
import type { PageSummary } from "../summary.js";

/** What the table of flows can be sorted by. */
export const FLOW_COLUMNS = [
  { key: "id", title: "flow", isNumber: true },
  { key: "client", title: "client", isNumber: false },
  { key: "server", title: "server", isNumber: false },
  { key: "startNs", title: "start", isNumber: true },
  { key: "durationNs", title: "duration", isNumber: true },
  { key: "segments", title: "segments", isNumber: true },
  { key: "bytes", title: "payload", isNumber: true },
  { key: "retransmits", title: "again", isNumber: true },
  { key: "state", title: "state", isNumber: false },
  { key: "findings", title: "findings", isNumber: false },
] as const;

export type FlowColumnKey = (typeof FLOW_COLUMNS)[number]["key"];

export interface FlowFinding {
  readonly id: number;
  readonly ruleId: string;
  readonly severity: Severity;
}

const HARM: Readonly<Record<Severity, number>> = { error: 3, warning: 2, note: 1 };

/** The flows of the page: searched and sorted by number of row, so that 100 000 stay quick. */
export class FlowRows {
  readonly flows: PageSummary["flows"];
  readonly #findings = new Map<number, FlowFinding[]>();
  readonly #texts: string[];

  constructor({ flows, report }: Pick<PageSummary, "flows" | "report">) {
    this.flows = flows;
    for (const { id, ruleId, severity, flowIds } of report.findings) {
      for (const flowId of flowIds) {
        const present = this.#findings.get(flowId);
        if (present === undefined) this.#findings.set(flowId, [{ id, ruleId, severity }]);
        else present.push({ id, ruleId, severity });
      }
    }
    this.#texts = flows.id.map((_, row) =>
      [`flow ${flows.id[row]}`, this.client(row), this.server(row), this.state(row)]
        .concat(this.findings(row).map(({ id, ruleId, severity }) => `${severity} ${ruleId} finding:${id};`))
        .join(" ")
        .toLowerCase(),
    );
  }

  client(row: number): string {
    return endpoint(this.flows.addresses[this.flows.clientAddress[row]!]!, this.flows.clientPort[row]!);
  }

  server(row: number): string {
    return endpoint(this.flows.addresses[this.flows.serverAddress[row]!]!, this.flows.serverPort[row]!);
  }

  state(row: number): string {
    return this.flows.states[this.flows.state[row]!]!;
  }

  findings(row: number): readonly FlowFinding[] {
    return this.#findings.get(this.flows.id[row]!) ?? [];
  }

  /** Rows that hold every word of `search`, in any case, sorted; equal ones stay in the order of the columns. */
  select(search: string, key: FlowColumnKey, isDescending: boolean): number[] {
    const words = search
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== "");
    const rows: number[] = [];
    for (const [row, text] of this.#texts.entries())
      if (words.every((word) => text.includes(word))) rows.push(row);
    const compare = this.#comparison(key);
    return rows.sort((a, b) => (isDescending ? compare(b, a) : compare(a, b)) || a - b);
  }

  #comparison(key: FlowColumnKey): (a: number, b: number) => number {
    switch (key) {
      case "client":
        return this.#endpoints(this.flows.clientAddress, this.flows.clientPort);
      case "server":
        return this.#endpoints(this.flows.serverAddress, this.flows.serverPort);
      case "state":
        return (a, b) => compareTexts(this.state(a), this.state(b));
      case "findings":
        return (a, b) => this.#harm(a) - this.#harm(b);
      default: {
        const column = this.flows[key];
        return (a, b) => column[a]! - column[b]!;
      }
    }
  }

  #endpoints(address: readonly number[], port: readonly number[]): (a: number, b: number) => number {
    const { addresses } = this.flows;
    const order = addresses.map((_, at) => at).sort((a, b) => compareTexts(addresses[a]!, addresses[b]!));
    const place = new Int32Array(addresses.length);
    for (const [at, number] of order.entries()) place[number] = at;
    return (a, b) => place[address[a]!]! - place[address[b]!]! || port[a]! - port[b]!;
  }

  #harm(row: number): number {
    return Math.max(0, ...this.findings(row).map(({ severity }) => HARM[severity]));
  }
}

function endpoint(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
