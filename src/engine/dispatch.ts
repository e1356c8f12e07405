import { Segment } from "../decode/segment.js";
import { SegmentBatch } from "../decode/segment-batch.js";
import type { ConnectionState } from "../flows/connection-state.js";
import type { Flow } from "../flows/flow.js";
import type { FlowIdentity } from "../flows/flow-identity.js";
import {
  KIND_DATA,
  KIND_FIN,
  KIND_PURE_ACK,
  KIND_RST,
  KIND_SYN,
  KIND_SYN_ACK,
} from "../flows/segment-kind.js";
import type { CaptureObservation } from "./capture-observation.js";
import { type Finding, fillTemplate, fingerprintOf } from "./finding.js";
import { type Listener, Listeners } from "./listeners.js";
import { PerFlowFields } from "./per-flow.js";
import type { Report, Rule, RuleHooks } from "./rule.js";
import type { ActiveRule } from "./rule-settings.js";

type SegmentHook = (segment: Segment, flow: Flow) => void;

const HOOK_OF_KIND = [
  [KIND_SYN, "syn"],
  [KIND_SYN_ACK, "synAck"],
  [KIND_DATA, "data"],
  [KIND_PURE_ACK, "pureAck"],
  [KIND_FIN, "fin"],
  [KIND_RST, "rst"],
] as const;
const ALL_KINDS = 64;

/**
 * Wakes rules for the segments and flows of one capture (or series). A segment nobody watches costs the flow table
 * one test; there is no loop over rules.
 */
export class Dispatcher {
  /** Set of kinds that some rule watches. */
  readonly watchedKinds: number;
  /** Float64 fields per flow that the rules keep: the flow table must provide them. */
  readonly extraFields: number;
  readonly findings: Finding[] = [];
  /** Hooks to call for each set of kinds. */
  readonly #hooksFor: SegmentHook[][] = Array.from({ length: ALL_KINDS }, () => []);
  readonly #flowEnd: NonNullable<RuleHooks["flowEnd"]>[] = [];
  readonly #captureEnd: NonNullable<RuleHooks["captureEnd"]>[] = [];
  readonly #listeners = new Listeners();
  readonly #segment = new Segment(new SegmentBatch(0));

  constructor(active: readonly ActiveRule[]) {
    const fields = new PerFlowFields();
    let watched = 0;
    for (const { rule, severity, isSeverityChosen, options } of active) {
      if (rule.create === undefined) continue;
      const hooks = rule.create({
        options,
        report: (report) => this.findings.push(completeFinding(rule, severity, report, isSeverityChosen)),
        perFlow: (...names) => fields.allocate(names),
      });
      for (const [kind, name] of HOOK_OF_KIND) {
        const hook = hooks[name];
        if (hook === undefined) continue;
        watched |= kind;
        for (let kinds = 0; kinds < ALL_KINDS; kinds++)
          if (kinds & kind) this.#hooksFor[kinds]!.push(hook.bind(hooks));
      }
      if (hooks.flowEnd) this.#flowEnd.push(hooks.flowEnd.bind(hooks));
      if (hooks.captureEnd) this.#captureEnd.push(hooks.captureEnd.bind(hooks));
    }
    this.watchedKinds = watched;
    this.extraFields = fields.count;
  }

  /** A segment of `kinds` is about to update `flow`. */
  segment(batch: SegmentBatch, row: number, flow: Flow, kinds: number): void {
    const hooks = this.#hooksFor[kinds]!;
    const segment = this.#segment.at(batch, row);
    for (let i = 0; i < hooks.length; i++) hooks[i]!(segment, flow);
  }

  /** A flow has ended, in connection state `state`; `encapsulation` is the name of its own, empty without one. */
  flowEnd(flow: Flow, identity: FlowIdentity, state: ConnectionState, encapsulation: string): Listener {
    const listener = this.#listeners.count(flow, identity, state, encapsulation);
    for (const hook of this.#flowEnd) hook(flow, identity, listener);
    return listener;
  }

  /** Every listener that a flow went to; call it after the last flowEnd. */
  listeners(): Listener[] {
    return this.#listeners.all();
  }

  captureEnd(observation: CaptureObservation): void {
    this.#listeners.complete();
    for (const hook of this.#captureEnd) hook(observation);
  }
}

/**
 * A rule's report with the rule's texts filled in. What is only weakly an error is a warning, unless the user chose the
 * severity.
 */
export function completeFinding(
  rule: Rule,
  severity: Finding["severity"],
  report: Report<string, string>,
  isSeverityChosen = false,
): Finding {
  const { meta } = rule;
  const message = meta.messages[report.messageId];
  if (message === undefined) throw new Error(`rule ${rule.id} has no message "${report.messageId}"`);
  const evidence = Object.keys(meta.evidence).map((role) => {
    const item = report.evidence[role];
    if (item === undefined) throw new Error(`rule ${rule.id} gave no evidence for "${role}"`);
    return { ...item, role };
  });
  return {
    ruleId: rule.id,
    severity:
      severity === "error" && report.confidence === "weak" && !isSeverityChosen ? "warning" : severity,
    messageId: report.messageId,
    message: fillTemplate(message, report.data),
    why: fillTemplate(meta.why, report.data),
    remedy: fillTemplate(meta.remedy, report.data),
    data: report.data,
    confidence: report.confidence,
    vantage: report.vantage,
    alternatives: report.alternatives ?? [],
    subject: report.subject,
    flowIds: report.flowIds,
    evidence: evidence.sort((a, b) => a.timeNs - b.timeNs),
    startNs: report.startNs,
    endNs: report.endNs,
    fingerprint: fingerprintOf(rule.id, report.messageId, report.subject),
  };
}
