import type { Finding } from "../engine/finding.js";
import type { ActiveRule } from "../engine/rule-settings.js";
import type { FlowRange } from "../engine/sql-rules.js";
import type { FlowTable } from "../flows/flow-table.js";
import type { SqlRulesThread } from "../store/live/sql-rules-thread.js";

/** Questions may take one part in so many of the time. */
const PAUSE_SHARE = 20;
/** Flows that are asked about, the latest: a question about all of months would never end. */
const MOST_FLOWS = 1_000_000;

/** A live capture has one series, in one database. */
const ALL_REPEATS = { firstRepeat: 1, lastRepeat: Number.MAX_SAFE_INTEGER };

/** Who answers the questions of these rules. */
export type SqlRulesAsker = Pick<SqlRulesThread, "ask">;

/** What the rules found that are queries, when they were last asked: from time to time, and at the end. */
export class AskedFindings {
  /** As of the last answer. */
  findings: readonly Finding[] = [];
  readonly #thread: SqlRulesAsker | null;
  readonly #table: Pick<FlowTable, "firstId" | "count">;
  readonly #queries: ReadonlySet<string>;
  #range: FlowRange = { firstFlow: 1, lastFlow: 0, ...ALL_REPEATS };
  #nextMs = 0;

  /** `thread` is null where none of the active rules is a query. */
  constructor(
    thread: SqlRulesAsker | null,
    active: readonly ActiveRule[],
    table: Pick<FlowTable, "firstId" | "count">,
  ) {
    this.#thread = thread;
    this.#queries = new Set(active.filter(({ rule }) => rule.sql !== undefined).map(({ rule }) => rule.id));
    this.#table = table;
  }

  /** Asks when it is time for that, what has been committed until now. Throws what SqlRulesThread.ask does. */
  async ask(): Promise<void> {
    if (performance.now() < this.#nextMs) return;
    const spentMs = await this.#ask(false);
    this.#nextMs = performance.now() + spentMs * PAUSE_SHARE;
  }

  /** Asks for the last time, when all is committed; the database is free then. */
  async askLast(): Promise<void> {
    await this.#ask(true);
  }

  /** Whether one of these rules found it. */
  isFrom({ ruleId }: Pick<Finding, "ruleId">): boolean {
    return this.#queries.has(ruleId);
  }

  /** Whether a finding of these rules would be found again if it still were one. */
  covers({ flowIds }: Pick<Finding, "flowIds">): boolean {
    return flowIds.every((flowId) => flowId >= this.#range.firstFlow);
  }

  async #ask(isLast: boolean): Promise<number> {
    if (this.#thread === null) return 0;
    const { firstId, count } = this.#table;
    const lastFlow = firstId + count - 1;
    const range = { firstFlow: Math.max(firstId, lastFlow - MOST_FLOWS + 1), lastFlow, ...ALL_REPEATS };
    const { findings, spentMs } = await this.#thread.ask(range, isLast);
    this.findings = findings;
    this.#range = range;
    return spentMs;
  }
}
