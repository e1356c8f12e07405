import type { Segment } from "../decode/segment.js";
import type { Flow } from "../flows/flow.js";
import type { FlowIdentity } from "../flows/flow-identity.js";
import type { CaptureObservation } from "./capture-observation.js";
import type { Confidence, Evidence, FindingData, Severity, Vantage } from "./finding.js";
import type { Listener } from "./listeners.js";
import type { PerFlow } from "./per-flow.js";

/**
 * In what way a capture can mislead. loss: segments are missing here and there. filter: a kind of segments is missing
 * throughout. clock: the order or the distances of times are not those of the segments.
 */
export type CaptureFlaw = "loss" | "filter" | "clock";

/** A message of a rule about the capture itself says that findings of other rules are less sure. */
export interface FlawOfMessage {
  readonly kind: CaptureFlaw;
  /** The finding's own flows, what lies in the finding's time, or all of the capture (or series). */
  readonly reach: "flows" | "time" | "capture";
  /** Sentence for the alternatives of the findings that it makes less sure. */
  readonly reason: string;
}

/** The rule's findings blame a full accept queue; what the kernel reported makes them certain, see strengthen.ts. */
export interface AcceptQueueCause {
  /** Counters that must have grown besides TcpExtListenOverflows, where they are known. */
  readonly counters: readonly string[];
  /** Alternatives that are left when not all of these counters are known. */
  readonly remaining: readonly string[];
}

/** Why what a message says matters, and what to do about it. */
export interface MessageTexts {
  readonly why: string;
  readonly remedy: string;
}

/** What a rule says about itself. The texts are templates: `{{name}}` is replaced by that member of the finding's data. */
export interface RuleMeta<MessageId extends string = string, Role extends string = string> {
  /** One sentence: the rule's row in lists. */
  readonly summary: string;
  readonly severity: Severity;
  /** What happened. */
  readonly messages: Readonly<Record<MessageId, string>>;
  /** Severities of single messages where they differ from the rule's; what the user sets overrides them. */
  readonly messageSeverities?: Readonly<Partial<Record<MessageId, Severity>>>;
  /** Why it matters. */
  readonly why: string;
  /** What to check and change, with the exact command. */
  readonly remedy: string;
  /** `why` and `remedy` of single messages where they differ from the rule's. */
  readonly messageTexts?: Readonly<Partial<Record<MessageId, MessageTexts>>>;
  /** What each piece of evidence is; every finding gives every role. */
  readonly evidence: Readonly<Record<Role, string>>;
  /** RFC sections, kernel counters and functions. */
  readonly references: readonly string[];
  /** Options by name with their defaults; all are numbers with their unit in the name. */
  readonly options?: Readonly<Record<string, RuleOption>>;
  /** It judges the capture and not the connections: reports name it where they describe the capture. */
  readonly isAboutCapture?: boolean;
  /** For such rules: which messages make other rules' findings less sure, see weaken.ts. */
  readonly flaws?: Readonly<Partial<Record<MessageId, FlawOfMessage>>>;
  /** Flaws of a capture that cannot mislead this rule: its findings stay as sure. Default: none. */
  readonly withstands?: readonly CaptureFlaw[];
  /**
   * Rules whose findings are consequences of this one's where they are about none but its flows, or about the same
   * client and listener, which both name in their data as `client` and `listener`: they are left out, see supersede.ts.
   */
  readonly supersedes?: readonly string[];
  /** The same for findings about the same listener, whatever the flows and clients. */
  readonly supersedesAtListener?: readonly string[];
  /** It says what happened but not why: it gives way even to findings that are less sure. Default: false. */
  readonly isSymptom?: boolean;
  /** Its findings blame a full accept queue: their `subject` is the listener's name. */
  readonly acceptQueue?: AcceptQueueCause;
}

export interface RuleOption {
  readonly default: number;
  readonly minimum: number;
  readonly description: string;
}

/** What a rule reports; the engine adds the rule's texts and the fingerprint. */
export interface Report<MessageId extends string, Role extends string> {
  readonly messageId: MessageId;
  readonly data: FindingData;
  readonly evidence: Readonly<Record<Role, Evidence>>;
  readonly subject: string;
  readonly flowIds: readonly number[];
  readonly confidence: Confidence;
  readonly vantage: Vantage;
  readonly alternatives?: readonly string[];
  readonly startNs: number;
  readonly endNs: number;
}

export interface RuleContext<MessageId extends string = string, Role extends string = string> {
  /** The rule's options: the user's, else the defaults. */
  readonly options: Readonly<Record<string, number>>;
  report(report: Report<MessageId, Role>): void;
  /**
   * Private numbers per flow, 0 when the flow begins; call it in `create` only. The result is a cursor: `of(flow)`
   * moves it, so do not keep two at a time. Costs no allocation per segment. Numbers that most flows need
   * only for a while should be released afterwards.
   */
  perFlow<Name extends string>(...names: Name[]): PerFlow<Name>;
  /**
   * What several rules watch alike, watched once for all of them. The first rule that asks has `observer` called; its
   * hooks are called before those of the rules, and every rule that asks gets the same object. Call it in `create` only.
   */
  observe<Observed extends RuleHooks>(observer: Observer<Observed>): Observed;
}

/** Makes hooks that rules share, and what these have learned; the same function is the same observer. */
export type Observer<Observed extends RuleHooks> = (perFlow: RuleContext["perFlow"]) => Observed;

/**
 * Called in capture order. Each hook sees the flow as it was before the segment; segment and flow are valid
 * only during the call. Copies (frames recorded twice) are not shown.
 *
 * What the hooks for segments learn they keep in `perFlow` numbers and nowhere else: `flowEnd` and `captureEnd` may be
 * those of another `create`, and of a live capture the flows are asked again and again, each time by new ones.
 */
export interface RuleHooks {
  /** SYN without ACK. */
  syn?(segment: Segment, flow: Flow): void;
  synAck?(segment: Segment, flow: Flow): void;
  /** Any payload. */
  data?(segment: Segment, flow: Flow): void;
  /** ACK, no payload, no SYN, FIN or RST. */
  pureAck?(segment: Segment, flow: Flow): void;
  fin?(segment: Segment, flow: Flow): void;
  rst?(segment: Segment, flow: Flow): void;
  /** tshark would label it: `segment.analysis`. */
  labelled?(segment: Segment, flow: Flow): void;
  /** It repeats what its sender had sent before: `segment.cause`. */
  repeated?(segment: Segment, flow: Flow): void;
  /** Nothing was captured of the flow for the 30 ms before it (PAUSE_NS); `flow.endNs` is when that began. */
  paused?(segment: Segment, flow: Flow): void;
  /** Once for every flow when its capture (or series) has been read, in order of appearance. */
  flowEnd?(flow: Flow, identity: FlowIdentity, listener: Listener): void;
  /** Once, after every flowEnd of a capture (or series); with what the kernel said, if that was given. */
  captureEnd?(observation: CaptureObservation): void;
}

interface RuleBase<MessageId extends string, Role extends string> {
  /** Kebab-case; equals the names of its file, test and doc page. */
  readonly id: string;
  readonly meta: RuleMeta<MessageId, Role>;
}

/** A rule that watches segments and flows. */
export interface WatchingRule<MessageId extends string = string, Role extends string = string>
  extends RuleBase<MessageId, Role> {
  create(context: RuleContext<MessageId, Role>): RuleHooks;
  readonly sql?: never;
  readonly when?: never;
}

/**
 * A rule that asks the finished database. The query yields a row per finding and flow, a finding's rows together:
 * `subject`, `message_id`, `flow_id`, `confidence`, `vantage`, `start_ns`, `end_ns`, for each evidence role
 * `<role>_frame`, `<role>_ns` and `<role>_flow_id`; every other column is data. All but `flow_id` is taken from the
 * finding's first row. Options bind as `:name`, `:firstFlow` and `:lastFlow` as the ids of the flows to look at, those
 * of one capture or series, and `:firstRepeat` and `:lastRepeat` as ids in `repeated_segments` between which all of
 * theirs lie.
 */
export interface SqlRule<MessageId extends string = string, Role extends string = string>
  extends RuleBase<MessageId, Role> {
  readonly sql: string;
  /**
   * A short query over the flows between :firstFlow and :lastFlow: where it has no row `sql` has none either, and is not
   * prepared, which takes longer than looking at most captures. Equal ones of several rules are run once.
   */
  readonly when?: string;
  /** Sentences for the finding's alternatives. */
  readonly alternatives?: readonly string[];
  readonly create?: never;
}

export type Rule<MessageId extends string = string, Role extends string = string> =
  | WatchingRule<MessageId, Role>
  | SqlRule<MessageId, Role>;

/**
 * Types a rule's message ids and evidence roles: reporting a message that does not exist, or without one of the
 * roles, does not compile.
 */
export function defineRule<const MessageId extends string, const Role extends string>(
  rule: Rule<MessageId, Role>,
): Rule {
  // A rule's own context is narrower than the engine's; the engine calls create() with one made for this rule.
  return rule as unknown as Rule;
}
