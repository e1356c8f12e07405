import type { Finding } from "../../engine/finding.js";
import type { ActiveRule } from "../../engine/rule-settings.js";
import type { FlowRange } from "../../engine/sql-rules.js";
import type { ErrorCode } from "../../errors.js";

/** What the thread is started with. */
export interface SqlRulesWorkerData {
  /** The database, as another thread writes it. */
  readonly database: string;
  /** Rules with a query only: they can be copied from thread to thread. */
  readonly active: readonly ActiveRule[];
}

/** Asks all rules about these flows; behind the last question the database is closed. */
export interface SqlRulesQuestion {
  readonly range: FlowRange;
  readonly isLast: boolean;
}

export type SqlRulesAnswer =
  | { readonly kind: "found"; readonly findings: readonly Finding[]; readonly spentMs: number }
  /** The database cannot be read; `code` is null for what is a bug, ours or a rule's. */
  | { readonly kind: "error"; readonly code: ErrorCode | null; readonly message: string };
