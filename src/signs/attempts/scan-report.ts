import { commonVantage } from "../../engine/common-vantage.js";
import { spanOf } from "../../engine/time-window.js";
import { MOST_PROBES, type Scan } from "./failed-attempts.js";

/**
 * What `Report` wants of a scan beside message, evidence and alternatives; `verdict` is a scanner's, in words, `limitNote` that of
 * `FailedAttempts`.
 */
export function scanReport(scan: Scan, verdict: string, limitNote: string) {
  const { client, attempts } = scan;
  const targets = new Set(attempts.map(({ listener }) => listener)).size;
  const addresses = new Set(attempts.map(({ serverAddress }) => serverAddress)).size;
  return {
    data: {
      client,
      targets,
      tried: targetsInWords(targets, addresses),
      verdict: peersVerdict(scan, targets, addresses) ?? verdict,
      limitNote,
      port: "PORT",
    },
    subject: client,
    flowIds: attempts.map(({ flowId }) => flowId),
    confidence: "strong",
    vantage: commonVantage(attempts),
    ...spanOf(attempts),
  } as const;
}

/** `40 ports`, `7 addresses`, `69 ports at 68 addresses`. */
function targetsInWords(targets: number, addresses: number): string {
  const ports = targets === 1 ? "1 port" : `${targets} ports`;
  if (addresses <= 1) return ports;
  return addresses === targets ? `${addresses} addresses` : `${ports} at ${addresses} addresses`;
}

/** Words for a client that looks for peers; null for a scanner. */
function peersVerdict({ attempts, isForPeers }: Scan, targets: number, addresses: number): string | null {
  if (isForPeers)
    return "again and again while others answered it on the same port: most likely peers that are gone";
  return wantsService(attempts, targets, addresses)
    ? "with SYNs repeated as by connect(): more likely peers that are gone than a scan"
    : null;
}

/** It asked mostly one port of each address, and repeated SYNs as connect() does. */
function wantsService(attempts: Scan["attempts"], targets: number, addresses: number): boolean {
  const repeated = attempts.filter(({ syns }) => syns > MOST_PROBES).length;
  return repeated * 2 > attempts.length && addresses * 2 > targets && addresses > 1;
}
