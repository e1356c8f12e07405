import { Worker } from "node:worker_threads";
import type { Finding } from "../../engine/finding.js";
import type { ActiveRule } from "../../engine/rule-settings.js";
import type { FlowRange } from "../../engine/sql-rules.js";
import { AnalyzeError } from "../../errors.js";
import type { SqlRulesAnswer, SqlRulesQuestion, SqlRulesWorkerData } from "./sql-rules-messages.js";

/** What the rules found, and how long that took in milliseconds. */
export interface SqlRulesFound {
  readonly findings: readonly Finding[];
  readonly spentMs: number;
}

interface Asker {
  readonly resolve: (found: SqlRulesFound) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Asks the rules that are queries about the database of a live capture, in a thread of its own: while a query goes on, what
 * comes in is written.
 */
export class SqlRulesThread {
  readonly #worker: Worker;
  /** Those who wait for an answer, in the order of their questions. */
  readonly #askers: Asker[] = [];
  #failure: unknown;

  private constructor(data: SqlRulesWorkerData) {
    this.#worker = new Worker(new URL("./sql-rules-worker.js", import.meta.url), { workerData: data });
    this.#worker.on("message", (answer: SqlRulesAnswer) => this.#receive(answer));
    this.#worker.on("error", (error) => this.#fail(error));
    this.#worker.on("exit", () => this.#fail(new Error("the thread that asks the database has ended")));
  }

  /** Null when none of the rules is a query. The database is opened with the first question. */
  static open(database: string, active: readonly ActiveRule[]): SqlRulesThread | null {
    const queries = active.filter(({ rule }) => rule.sql !== undefined);
    return queries.length === 0 ? null : new SqlRulesThread({ database, active: queries });
  }

  /**
   * What the rules find about these flows now. Behind the last question the database is closed here. Throws AnalyzeError
   * DATABASE_WRITE when there is no room for what a query keeps on disk.
   */
  ask(range: FlowRange, isLast: boolean): Promise<SqlRulesFound> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      this.#askers.push({ resolve, reject });
      const question: SqlRulesQuestion = { range, isLast };
      this.#worker.postMessage(question);
    });
  }

  /** Ends the thread, wherever it is. Safe to call twice. */
  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #receive(answer: SqlRulesAnswer): void {
    if (answer.kind === "found") {
      this.#askers.shift()?.resolve(answer);
      return;
    }
    const { code, message } = answer;
    this.#askers.shift()?.reject(code === null ? new Error(message) : new AnalyzeError(code, message));
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    for (const { reject } of this.#askers.splice(0)) reject(error);
  }
}
