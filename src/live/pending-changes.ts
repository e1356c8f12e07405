import type { JudgedVantage } from "../engine/vantage.js";
import { createFlowCursor } from "../flows/flow.js";
import { describeFlow } from "../look-at-flows.js";
import { createFlowRow } from "../store/fill-flow-row.js";
import { FlowRows } from "../store/flow-rows.js";
import type { LiveChanges, RowsOf } from "../store/live/live-messages.js";
import { LiveRecords } from "../store/live/live-records.js";
import { captureRow, icmpErrorRow, rpcCallRow } from "../store-results.js";
import type { FindingChanges } from "./known-findings.js";
import { CAPTURE_ID, type LiveFlows } from "./live-flows.js";

/** Gathers what is to be committed beside the segments. */
export class PendingChanges {
  readonly #flows: LiveFlows;
  readonly #flow = createFlowCursor();
  readonly #row = createFlowRow();
  #rows: RowsOf[] = [];
  readonly #flowRecords = new LiveRecords();
  readonly #flowRows = new FlowRows(this.#flowRecords.sink);
  #findings: Pick<FindingChanges, "rows" | "withdrawn"> = { rows: [], withdrawn: [] };
  #forgotten: number[] = [];
  #encapsulations = 1;
  #icmpErrors = 0;

  constructor(flows: LiveFlows) {
    this.#flows = flows;
  }

  addRows(rows: readonly RowsOf[]): void {
    this.#rows.push(...rows.filter((each) => each.rows.length > 0));
  }

  /** A later look's changes go behind those of an earlier one. */
  addFindings({ rows, withdrawn }: FindingChanges): void {
    const gone = new Set(withdrawn);
    this.#findings = {
      rows: [...this.#findings.rows, ...rows].filter(({ id }) => !gone.has(id)),
      withdrawn: [...this.#findings.withdrawn, ...withdrawn],
    };
  }

  /** Everything gathered, and the capture and the flows as they are now. */
  take(vantage: JudgedVantage): LiveChanges {
    const file = this.#flows.facts();
    this.addRows([
      { table: "captures", rows: [captureRow({ ...file, id: CAPTURE_ID }, "live", vantage)] },
      { table: "decode_counts", rows: file.counts.map((each) => ({ ...each, captureId: CAPTURE_ID })) },
      {
        table: "interfaces",
        rows: file.interfaces.map((each, position) => ({ ...each, captureId: CAPTURE_ID, position })),
      },
      ...this.#newEncapsulations(),
      ...this.#newIcmpErrors(),
    ]);
    const changes: LiveChanges = {
      rows: this.#rows,
      flows: this.#takeFlows(file.interfaces.map(({ linkType }) => linkType)),
      repeats: this.#flows.repeats.take(),
      findings: this.#findings.rows,
      withdrawn: this.#findings.withdrawn,
      forgotten: this.#forgotten,
      endNs: file.endNs ?? 0,
    };
    this.#forgotten = [];
    this.#rows = [];
    this.#findings = { rows: [], withdrawn: [] };
    return changes;
  }

  /** The calls of ONC RPC, which are known when the capture has ended. */
  addRpcCalls(): void {
    this.addRows([
      { table: "rpc_calls", rows: this.#flows.rpc.calls.map((call, index) => rpcCallRow(index + 1, call)) },
    ]);
  }

  /** Takes the flows of these that have changed as they are now, for they are about to leave memory. */
  keep(ids: readonly number[]): void {
    const linkTypes = this.#flows.facts().interfaces.map(({ linkType }) => linkType);
    for (const id of ids) {
      this.#flows.table.seek(this.#flow, id);
      if (this.#flows.changed.has(this.#flow)) this.#addFlow(linkTypes);
      this.#forgotten.push(id);
    }
  }

  /** The flow that the cursor stands on. */
  #addFlow(linkTypes: readonly number[]): void {
    describeFlow(this.#flow, linkTypes, this.#row, () => this.#flowRows.append(this.#row));
  }

  #takeFlows(linkTypes: readonly number[]): LiveChanges["flows"] {
    const { table, changed } = this.#flows;
    for (const id of changed.take()) {
      // What was forgotten since has been kept.
      if (!table.has(id)) continue;
      table.seek(this.#flow, id);
      this.#addFlow(linkTypes);
    }
    return this.#flowRecords.take();
  }

  #newEncapsulations(): RowsOf[] {
    const names = this.#flows.encapsulations();
    const rows = names.slice(this.#encapsulations).map((name, index) => ({
      id: this.#encapsulations + index,
      name,
    }));
    this.#encapsulations = Math.max(this.#encapsulations, names.length);
    return [{ table: "encapsulations", rows }];
  }

  #newIcmpErrors(): RowsOf[] {
    const errors = this.#flows.icmpErrors.slice(this.#icmpErrors);
    const rows = errors.map((error, index) => icmpErrorRow(this.#icmpErrors + index + 1, error));
    this.#icmpErrors += errors.length;
    return [{ table: "icmp_errors", rows }];
  }
}
