import type { Severity } from "../engine/finding.js";

/** What the gate compares between runs. */
export interface RatedFinding {
  readonly ruleId: string;
  readonly subject: string;
  readonly severity: Severity;
  /** Connections that it is about. */
  readonly flows: number;
  /** All connections to their servers, in the same capture or series. */
  readonly serverFlows: number;
}

/**
 * Upper ends of the buckets that rates are sorted into, as shares of the connections: about three to each factor of ten,
 * so that chance does not move a finding from one to the next.
 */
const BUCKET_ENDS = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1] as const;

/** Lowest port that Linux gives to clients by default, net.ipv4.ip_local_port_range; IANA's dynamic ports are above it. */
export const FIRST_EPHEMERAL_PORT = 32_768;

/** The share of connections concerned, above 0 and at most 1. */
export function rateOf({ flows, serverFlows }: RatedFinding): number {
  return Math.min(1, flows / Math.max(serverFlows, flows, 1));
}

/** The upper end of the bucket that `rate` is in. */
export function bucketEndOf(rate: number): number {
  return BUCKET_ENDS.find((end) => rate <= end) ?? 1;
}

/** What the finding is about, free of ports that change from run to run. */
export function stableSubject(subject: string): string {
  // The groups of an IPv6 address have four digits at most, so five are a port.
  return subject.replace(/:(\d{5})(?!\d)/g, (found, port: string) =>
    Number(port) >= FIRST_EPHEMERAL_PORT ? ":ephemeral" : found,
  );
}

/** Equal for findings that count as the same from run to run. */
export function keyOf(ruleId: string, subject: string): string {
  return `${ruleId} ${stableSubject(subject)}`;
}
