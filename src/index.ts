/** The public interface of the package; everything else may change without notice. */
export { type AnalyzeOptions, analyze } from "./analyze.js";
export type { LiveBackend, LiveDrops, LiveOptions, LiveSource } from "./capture/live/live-source.js";
export { openLive } from "./capture/live/open-live.js";
export type { Segment } from "./decode/segment.js";
export type { Confidence, Evidence, Finding, FindingData, Severity, Vantage } from "./engine/finding.js";
export type { Listener } from "./engine/listeners.js";
export {
  type AcceptQueueCause,
  defineRule,
  type Report as RuleReport,
  type Rule,
  type RuleContext,
  type RuleHooks,
  type RuleMeta,
  type RuleOption,
  type SqlRule,
  type WatchingRule,
} from "./engine/rule.js";
export type { RuleSetting } from "./engine/rule-settings.js";
export { AnalyzeError, type ErrorCode } from "./errors.js";
export type { Endpoint } from "./flows/endpoint.js";
export type { Flow } from "./flows/flow.js";
export type { FlowIdentity } from "./flows/flow-identity.js";
export type { Progress } from "./progress-meter.js";
export type { KernelInputs } from "./read-kernel-files.js";
export type {
  AcceptedFinding,
  BaselineSummary,
  CheckedExpectation,
  GatedFinding,
  GateSummary,
} from "./report/gate-summary.js";
export type {
  CaptureSummary,
  KernelFileSummary,
  KernelSummary,
  QueueSummary,
  Report,
  ReportedEvidence,
  ReportedFinding,
  ServerSummary,
} from "./report/report.js";
export { rules } from "./rules/index.js";
export { type OpenDatabase, openDatabase } from "./store/open-database.js";
export type { QueryResult } from "./store/query.js";
export type { SqlRow, SqlValue } from "./store/sql-value.js";
export { formatFlags, parseFlags } from "./tcp/flags.js";
export { parsePacketLine, parseScript, printPacketLine, printScript } from "./tcp/notation.js";
