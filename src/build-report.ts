import type { CaptureResult, StreamResult } from "./analyze-stream.js";
import { linkTypeName } from "./decode/link-type.js";
import { whyUnjudgeable } from "./engine/judgeable.js";
import type { ActiveRule } from "./engine/rule-settings.js";
import type {
  CaptureSummary,
  Report,
  ReportedEvidence,
  ReportedFinding,
  ServerSummary,
} from "./report/report.js";
import type { DatabaseTables } from "./store/database-tables.js";
import { droppedFrames, isoTime, type StoredFinding } from "./store-results.js";
import { ruleDocs, VERSION } from "./version.js";

/** Servers listed in a report. */
const MAX_SERVERS = 100;
/** Name under which the decoder counts frames whose TCP header was cut. */
const HEADER_CUT = "tcp header cut";

/** The report of a run whose database holds everything. `database`: where that will be; null when nowhere. */
export function buildReport(
  tables: DatabaseTables,
  active: readonly ActiveRule[],
  results: readonly StreamResult[],
  findings: readonly StoredFinding[],
  database: string | null,
): Report {
  const captures = results.flatMap((result) => result.captures);
  const sourceOf = new Map(captures.map(({ id, source }) => [id, source.path]));
  const summaries = captures.map(summarize);
  return {
    version: VERSION,
    captures: summaries,
    rules: active.map(({ rule, severity }) => ({
      id: rule.id,
      summary: rule.meta.summary,
      severity,
      docs: ruleDocs(rule.id),
    })),
    findings: findings.map((finding) => reportFinding(tables, active, sourceOf, finding)),
    flows: results.reduce((sum, { firstFlow, lastFlow }) => sum + lastFlow - firstFlow + 1, 0),
    segments: results.reduce((sum, { segments }) => sum + segments, 0),
    servers: readServers(tables),
    serverCount: readNumber(
      tables,
      "SELECT count(*) AS number FROM (SELECT 1 FROM flows GROUP BY server_addr, server_port)",
    ),
    unjudgeable: whyUnjudgeable(
      summaries.map((summary) => ({
        ...summary,
        headerlessFrames: summary.notTcp.find(({ name }) => name === HEADER_CUT)?.frames ?? 0,
      })),
    ),
    database,
  };
}

function summarize(capture: CaptureResult): CaptureSummary {
  const { source, startNs } = capture;
  const { originNs } = source;
  const linkType = source.interfaces[0]?.linkType;
  return {
    source: source.path,
    format: source.format,
    compression: source.compression,
    linkType: linkType === undefined ? "none" : linkTypeName(linkType),
    frames: capture.frames,
    tcpFrames: capture.tcpFrames,
    truncatedFrames: capture.truncatedFrames,
    droppedFrames: droppedFrames(capture),
    startedAt: originNs === undefined || startNs === null ? null : isoTime(originNs + BigInt(startNs)),
    durationNs: capture.durationNs,
    damage: source.damage,
    notTcp: capture.counts,
  };
}

function reportFinding(
  tables: DatabaseTables,
  active: readonly ActiveRule[],
  sourceOf: ReadonlyMap<number, string>,
  { id, finding, captureId, evidence }: StoredFinding,
): ReportedFinding {
  const roles = active.find(({ rule }) => rule.id === finding.ruleId)?.rule.meta.evidence ?? {};
  const [first] = tables.selectAll(
    "SELECT client || ' -> ' || server AS endpoints FROM flow_endpoints WHERE flow_id = :flowId",
    {
      flowId: finding.flowIds[0]!,
    },
  );
  return {
    ...finding,
    id,
    source: sourceOf.get(captureId) ?? "",
    endpoints: String(first?.["endpoints"] ?? ""),
    evidence: evidence.map((item): ReportedEvidence => {
      const flowId = item.flowId!;
      const [flow] = tables.selectAll("SELECT start_ns FROM flows WHERE id = :flowId", { flowId });
      const [line] = tables.selectAll(
        "SELECT direction || ' ' || packet AS packet FROM timeline WHERE flow_id = :flowId AND capture_id = :captureId AND frame = :frame LIMIT 1",
        { flowId, captureId: item.captureId, frame: item.frame },
      );
      return {
        role: item.role,
        description: roles[item.role] ?? "",
        source: sourceOf.get(item.captureId) ?? "",
        frame: item.frame,
        flowId,
        flowTimeNs: item.timeNs - Number(flow?.["start_ns"] ?? 0),
        packet: line === undefined ? null : String(line["packet"]),
      };
    }),
  };
}

function readServers(tables: DatabaseTables): ServerSummary[] {
  const rows = tables.selectAll(
    `SELECT server, flows, unanswered + refused AS failed, resets, closed, client_retransmits + server_retransmits AS retransmits, flagged_flows
     FROM server_summary ORDER BY flagged_flows > 0 DESC, flows DESC, server LIMIT :limit`,
    { limit: MAX_SERVERS },
  );
  return rows.map((row) => ({
    server: String(row["server"]),
    flows: Number(row["flows"]),
    closedNormally: Number(row["closed"]),
    reset: Number(row["resets"]),
    failed: Number(row["failed"]),
    retransmits: Number(row["retransmits"]),
    flaggedFlows: Number(row["flagged_flows"]),
  }));
}

function readNumber(tables: DatabaseTables, sql: string): number {
  return Number(tables.selectAll(sql)[0]?.["number"] ?? 0);
}
