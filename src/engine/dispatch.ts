import { Segment } from "../decode/segment.js";
import { SegmentBatch } from "../decode/segment-batch.js";
import type { ConnectionState } from "../flows/connection-state.js";
import type { Flow } from "../flows/flow.js";
import type { FlowIdentity } from "../flows/flow-identity.js";
import {
  KIND_DATA,
  KIND_FIN,
  KIND_LABELLED,
  KIND_PAUSED,
  KIND_PURE_ACK,
  KIND_REPEATED,
  KIND_RST,
  KIND_SETS,
  KIND_SYN,
  KIND_SYN_ACK,
} from "../flows/segment-kind.js";
import type { CaptureObservation } from "./capture-observation.js";
import { type Finding, fillTemplate, fingerprintOf } from "./finding.js";
import { type Listener, Listeners } from "./listeners.js";
import type { NumberTable } from "./number-table.js";
import { PerFlowFields, removeNumbers } from "./per-flow.js";
import type { Observer, Report, Rule, RuleContext, RuleHooks, RuleMeta } from "./rule.js";
import type { ActiveRule } from "./rule-settings.js";

type SegmentHook = (segment: Segment, flow: Flow) => void;

const HOOK_OF_KIND = [
  [KIND_SYN, "syn"],
  [KIND_SYN_ACK, "synAck"],
  [KIND_DATA, "data"],
  [KIND_PURE_ACK, "pureAck"],
  [KIND_FIN, "fin"],
  [KIND_RST, "rst"],
  [KIND_LABELLED, "labelled"],
  [KIND_REPEATED, "repeated"],
  [KIND_PAUSED, "paused"],
] as const;

/**
 * Wakes rules for the segments of one capture (or series). A segment nobody watches costs the flow table one test;
 * there is no loop over rules.
 */
export class Dispatcher {
  /** Set of kinds that some rule watches. */
  readonly watchedKinds: number;
  /** Float64 fields per flow that the rules keep: the flow table must provide them. */
  readonly extraFields: number;
  readonly #active: readonly ActiveRule[];
  /** What rules report of segments, before flows end. */
  readonly #findings: Finding[] = [];
  /** What the rules keep per flow. */
  readonly #numbers: NumberTable[] = [];
  /** Hooks to call for each set of kinds. */
  readonly #hooksFor: SegmentHook[][] = Array.from({ length: KIND_SETS }, () => []);
  readonly #segment = new Segment(new SegmentBatch(0));

  constructor(active: readonly ActiveRule[]) {
    this.#active = active;
    let watched = 0;
    const { all, extraFields } = createHooks(active, this.#findings, this.#numbers);
    for (const hooks of all) {
      for (const [kind, name] of HOOK_OF_KIND) {
        const hook = hooks[name];
        if (hook === undefined) continue;
        watched |= kind;
        for (let kinds = 0; kinds < KIND_SETS; kinds++)
          if (kinds & kind) this.#hooksFor[kinds]!.push(hook.bind(hooks));
      }
    }
    this.watchedKinds = watched;
    this.extraFields = extraFields;
  }

  /** A segment of `kinds` is about to update `flow`. */
  segment(batch: SegmentBatch, row: number, flow: Flow, kinds: number): void {
    const hooks = this.#hooksFor[kinds]!;
    const segment = this.#segment.at(batch, row);
    for (let i = 0; i < hooks.length; i++) hooks[i]!(segment, flow);
  }

  /** Lets go what rules keep of a flow that is about to be forgotten. */
  forget(flow: Flow): void {
    removeNumbers(flow, this.#numbers);
  }

  /**
   * Begins to look at all flows as they are now. A file has one such look, at its end; a live capture has as many as it
   * takes, each of which finds anew what there is to find.
   */
  look(): Look {
    return new Look(this.#active, this.#findings, this.#numbers);
  }
}

/** Asks the rules for their findings: of every flow, then of the capture. */
export class Look {
  readonly findings: Finding[];
  readonly #flowEnd: NonNullable<RuleHooks["flowEnd"]>[] = [];
  readonly #captureEnd: NonNullable<RuleHooks["captureEnd"]>[] = [];
  readonly #listeners = new Listeners();

  /** `found`: what was reported before flows ended. `numbers`: what the rules keep per flow. */
  constructor(active: readonly ActiveRule[], found: readonly Finding[], numbers: NumberTable[]) {
    this.findings = [...found];
    for (const hooks of createHooks(active, this.findings, numbers).all) {
      if (hooks.flowEnd) this.#flowEnd.push(hooks.flowEnd.bind(hooks));
      if (hooks.captureEnd) this.#captureEnd.push(hooks.captureEnd.bind(hooks));
    }
  }

  /**
   * The next flow, in connection state `state`, in order of appearance; `encapsulation` is the name of its own, empty
   * without one.
   */
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

/** The hooks of every rule that watches, which report into `findings`; their fields per flow are always the same ones. */
function createHooks(
  active: readonly ActiveRule[],
  findings: Finding[],
  numbers: NumberTable[],
): { all: RuleHooks[]; extraFields: number } {
  const fields = new PerFlowFields(numbers);
  const all: RuleHooks[] = [];
  const perFlow: RuleContext["perFlow"] = (...names) => fields.allocate(names);
  const observed = new Map<Observer<RuleHooks>, RuleHooks>();
  const observe: RuleContext["observe"] = (observer) => {
    const known = observed.get(observer);
    // One observer always makes one type.
    if (known !== undefined) return known as ReturnType<typeof observer>;
    const made = observer(perFlow);
    observed.set(observer, made);
    all.push(made);
    return made;
  };
  for (const { rule, severity, isSeverityChosen, options } of active) {
    if (rule.create === undefined) continue;
    const hooks = rule.create({
      options,
      report: (report) => findings.push(completeFinding(rule, severity, report, isSeverityChosen)),
      perFlow,
      observe,
    });
    all.push(hooks);
  }
  return { all, extraFields: fields.count };
}

/**
 * A rule's report with the rule's texts filled in. A message may have a severity of its own, and what is only weakly an
 * error is a warning, unless the user chose the severity.
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
  const { why, remedy } = meta.messageTexts?.[report.messageId] ?? meta;
  const evidence = Object.keys(meta.evidence).map((role) => {
    const item = report.evidence[role];
    if (item === undefined) throw new Error(`rule ${rule.id} gave no evidence for "${role}"`);
    return { ...item, role };
  });
  return {
    ruleId: rule.id,
    severity: isSeverityChosen ? severity : severityOf(meta, severity, report),
    messageId: report.messageId,
    message: fillTemplate(message, report.data),
    why: fillTemplate(why, report.data),
    remedy: fillTemplate(remedy, report.data),
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

function severityOf(
  { messageSeverities }: RuleMeta,
  severity: Finding["severity"],
  { messageId, confidence }: Report<string, string>,
): Finding["severity"] {
  const own = messageSeverities?.[messageId] ?? severity;
  return own === "error" && confidence === "weak" ? "warning" : own;
}
