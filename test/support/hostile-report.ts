import type { GateSummary } from "../../src/report/gate-summary.js";
import type { Report } from "../../src/report/report.js";
import { sampleCapture, sampleFinding, sampleReport, sampleServer, sampleStep } from "./sample-report.js";

/** Characters that some format could take for its own, as a capture's file name may hold them all. */
export const HOSTILE =
  "x\u001b[31m\n::error::y\r\u2028]]><script>alert(1)</script>&\"'`${|](http://e.vil)%0A,:\ufffe\ud800.pcap";

/** A report whose paths, subjects and messages all are hostile. */
export function hostileReport(): Report {
  const finding = sampleFinding({
    source: HOSTILE,
    subject: HOSTILE,
    message: HOSTILE,
    why: HOSTILE,
    remedy: HOSTILE,
    alternatives: [HOSTILE],
    endpoints: HOSTILE,
    evidence: [
      {
        role: "synack",
        description: HOSTILE,
        source: HOSTILE,
        frame: 5,
        flowId: 17,
        flowTimeNs: 1,
        packet: HOSTILE,
      },
    ],
    ladder: [sampleStep({ description: HOSTILE, source: HOSTILE, packet: HOSTILE, cause: HOSTILE })],
  });
  const entry = { rule: HOSTILE, subject: HOSTILE, severity: "error", rateUpTo: 1, reason: HOSTILE } as const;
  return sampleReport({
    captures: [sampleCapture({ source: HOSTILE, damage: HOSTILE, notes: [HOSTILE], flaws: [HOSTILE] })],
    rules: [{ id: "some-rule", summary: HOSTILE, severity: "error", docs: "" }],
    findings: [finding],
    servers: [sampleServer({ server: HOSTILE, flaggedFlows: 1 })],
    serverCount: 1,
    unjudgeable: HOSTILE,
    database: HOSTILE,
    gate: gateOf({
      result: "failed",
      findings: [{ findingId: 1, status: "worse", isFailure: true, reason: HOSTILE }],
      baseline: {
        path: HOSTILE,
        gone: [{ ...entry, expires: "2026-01-01" }],
        expired: [{ ...entry, expires: "2025-01-01" }],
      },
      expectations: [
        { path: HOSTILE, source: HOSTILE, kind: "must", demand: HOSTILE, isMet: false, problem: HOSTILE },
      ],
    }),
  });
}

export function gateOf(members: Partial<GateSummary> = {}): GateSummary {
  return { failOn: "error", result: "passed", findings: [], baseline: null, expectations: [], ...members };
}
