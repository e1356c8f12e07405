import { createHash } from "node:crypto";

/** How much harm: an error breaks connections, a warning costs time, a note explains. */
export type Severity = "error" | "warning" | "note";

export const SEVERITIES: readonly Severity[] = ["error", "warning", "note"];

/**
 * certain: the kernel said so, or nothing else can produce these packets. strong: alternatives would need a
 * coincidence. weak: the packets fit, but so do the alternatives listed.
 */
export type Confidence = "certain" | "strong" | "weak";

/** Where the capture was taken, seen from the flow. A capture on loopback is on the server's host. */
export type Vantage = "client-host" | "server-host" | "middle" | "unknown";

/** A segment that proves a part of the finding. */
export interface Evidence {
  readonly flowId: number;
  /** Frame number in the file that holds `timeNs`. */
  readonly frame: number;
  /** Nanoseconds since the capture's origin. */
  readonly timeNs: number;
}

/** Values for the placeholders of a rule's texts. */
export type FindingData = Readonly<Record<string, string | number>>;

/** One incident: what a rule found, over one flow or many. Plain data. */
export interface Finding {
  readonly ruleId: string;
  readonly severity: Severity;
  readonly messageId: string;
  /** What happened, why it matters, what to do: the rule's texts with the data filled in. */
  readonly message: string;
  readonly why: string;
  readonly remedy: string;
  readonly data: FindingData;
  readonly confidence: Confidence;
  readonly vantage: Vantage;
  /** What else could have made these packets, in sentences. */
  readonly alternatives: readonly string[];
  /** What it is about, without anything that changes from run to run: a listener, a client and a listener, a prefix. */
  readonly subject: string;
  /** All flows concerned, in order of appearance; at least one. */
  readonly flowIds: readonly number[];
  readonly evidence: readonly (Evidence & { readonly role: string })[];
  readonly startNs: number;
  readonly endNs: number;
  /** Stable across runs, captures and ephemeral ports: 16 hexadecimal digits of rule, message and subject. */
  readonly fingerprint: string;
}

/** Fills `{{name}}` with `data[name]`; a name without a value is our bug and throws. */
export function fillTemplate(template: string, data: FindingData): string {
  return template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = data[name];
    if (value === undefined) throw new Error(`no value for {{${name}}} in "${template}"`);
    return String(value);
  });
}

export function fingerprintOf(ruleId: string, messageId: string, subject: string): string {
  return createHash("sha256").update(`${ruleId}\n${messageId}\n${subject}`).digest("hex").slice(0, 16);
}
