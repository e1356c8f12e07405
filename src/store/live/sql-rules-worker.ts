import { getPriority, setPriority } from "node:os";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import Database from "better-sqlite3";
import type { Finding } from "../../engine/finding.js";
import { type FlowRange, runSqlRules } from "../../engine/sql-rules.js";
import { AnalyzeError } from "../../errors.js";
import { asWriteError } from "../write-error.js";
import type { SqlRulesAnswer, SqlRulesQuestion, SqlRulesWorkerData } from "./sql-rules-messages.js";

/** Octets of pages that stay in memory: most of what one question reads is the same as the time before. */
const CACHE_KIBIBYTES = 32 * 1024;

/** Niceness of this thread, as of setpriority(2): what is captured does not wait for questions. */
const NICENESS = 10;

/** The thread that asks the database of a live capture for findings, beside the one that writes it. */
class SqlRulesWorker {
  readonly #data: SqlRulesWorkerData;
  #database: Database.Database | null = null;

  constructor(port: MessagePort, data: SqlRulesWorkerData) {
    this.#data = data;
    port.on("message", (question: SqlRulesQuestion) => port.postMessage(this.#answer(question)));
  }

  #answer({ range, isLast }: SqlRulesQuestion): SqlRulesAnswer {
    const beganMs = performance.now();
    try {
      const findings = this.#ask(range);
      if (isLast) this.#close();
      return { kind: "found", findings, spentMs: performance.now() - beganMs };
    } catch (error) {
      const failure = asWriteError(this.#data.database, error);
      const isForUser = failure instanceof AnalyzeError;
      const message = isForUser ? failure.message : String(error instanceof Error ? error.stack : error);
      return { kind: "error", code: isForUser ? failure.code : null, message };
    }
  }

  #ask(range: FlowRange): Finding[] {
    const database = this.#open();
    // All rules see the same moment.
    database.exec("BEGIN");
    try {
      return runSqlRules(this.#data.active, range, (sql, parameters) =>
        database.prepare<[typeof parameters], Readonly<Record<string, unknown>>>(sql).all(parameters),
      );
    } finally {
      database.exec("COMMIT");
    }
  }

  #open(): Database.Database {
    if (this.#database !== null) return this.#database;
    this.#database = new Database(this.#data.database, { readonly: true });
    this.#database.pragma(`cache_size = -${CACHE_KIBIBYTES}`);
    return this.#database;
  }

  /** The one who writes can take the write-ahead log away only when nobody else has the database open. */
  #close(): void {
    this.#database?.close();
    this.#database = null;
  }
}

if (parentPort !== null) {
  // On Linux each thread has its own; elsewhere this would slow down the whole process.
  if (process.platform === "linux") setPriority(Math.max(NICENESS, getPriority()));
  new SqlRulesWorker(parentPort, workerData as SqlRulesWorkerData);
}
