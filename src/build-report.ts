import type { CaptureResult, StreamResult } from "./analyze-stream.js";
import { buildLadder } from "./build-ladder.js";
import { linkTypeName } from "./decode/link-type.js";
import { HEADER_CUT, whyUnjudgeable } from "./engine/judgeable.js";
import { type Listener, listenerName } from "./engine/listeners.js";
import type { ActiveRule } from "./engine/rule-settings.js";
import { medianNsOf } from "./engine/typical-time.js";
import type { JudgedVantage } from "./engine/vantage.js";
import { readPacket } from "./read-packet.js";
import type {
  CaptureSummary,
  KernelSummary,
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

/** The report of a run whose database holds everything. `database`: where that will be; null when nowhere. */
export function buildReport(
  tables: DatabaseTables,
  active: readonly ActiveRule[],
  results: readonly StreamResult[],
  findings: readonly StoredFinding[],
  kernel: KernelSummary | null,
  database: string | null,
): Report {
  const captures = results.flatMap((result) => result.captures);
  const sourceOf = new Map(captures.map(({ id, path }) => [id, path]));
  const qualityRules = active
    .filter(({ rule }) => rule.meta.isAboutCapture === true)
    .map(({ rule }) => rule.id);
  const summaries = results.flatMap((result) => {
    const ids = new Set(result.captures.map(({ id }) => id));
    const spoken = findings
      .filter(({ captureId }) => ids.has(captureId))
      .map(({ finding }) => finding.ruleId);
    const flaws = qualityRules.filter((id) => spoken.includes(id));
    return result.captures.map((capture) => summarize(capture, result.vantage, flaws));
  });
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
    servers: listServers(tables, results),
    serverCount: results.reduce((sum, { listeners }) => sum + listeners.length, 0),
    kernel,
    unjudgeable: whyUnjudgeable(
      summaries.map((summary) => ({
        ...summary,
        headerlessFrames: summary.notTcp.find(({ name }) => name === HEADER_CUT)?.frames ?? 0,
      })),
    ),
    gate: null,
    database,
  };
}

function summarize(
  capture: CaptureResult,
  { vantage, confidence }: JudgedVantage,
  flaws: readonly string[],
): CaptureSummary {
  const { originNs, startNs } = capture;
  const linkType = capture.interfaces[0]?.linkType;
  return {
    source: capture.path,
    format: capture.format,
    compression: capture.compression,
    linkType: linkType === undefined ? "none" : linkTypeName(linkType),
    frames: capture.frames,
    tcpFrames: capture.tcpFrames,
    icmpErrors: capture.icmpErrors,
    truncatedFrames: capture.truncatedFrames,
    droppedFrames: droppedFrames(capture),
    startedAt: originNs === undefined || startNs === null ? null : isoTime(originNs + BigInt(startNs)),
    durationNs: capture.durationNs,
    damage: capture.damage,
    notes: capture.notes,
    vantage: confidence === null ? null : { name: vantage, confidence },
    flaws,
    notTcp: capture.counts,
  };
}

function reportFinding(
  tables: DatabaseTables,
  active: readonly ActiveRule[],
  sourceOf: ReadonlyMap<number, string>,
  { id, finding, captureId, serverFlows, evidence }: StoredFinding,
): ReportedFinding {
  const roles = active.find(({ rule }) => rule.id === finding.ruleId)?.rule.meta.evidence ?? {};
  const shown = evidence[0]?.flowId ?? finding.flowIds[0]!;
  const [first] = tables.selectAll(
    `SELECT client || ' -> ' || server AS endpoints, start_ns FROM flow_endpoints JOIN flows ON flows.id = flow_id
     WHERE flow_id = :flowId`,
    { flowId: shown },
  );
  const packets = evidence.map(({ flowId, captureId: itsCapture, frame }) =>
    readPacket(tables, flowId!, itsCapture, frame),
  );
  return {
    ...finding,
    id,
    source: sourceOf.get(captureId) ?? "",
    endpoints: String(first?.["endpoints"] ?? ""),
    serverFlows,
    evidence: evidence.map((item, index): ReportedEvidence => {
      const flowId = item.flowId!;
      const [flow] = tables.selectAll("SELECT start_ns FROM flows WHERE id = :flowId", { flowId });
      return {
        role: item.role,
        description: roles[item.role] ?? "",
        source: sourceOf.get(item.captureId) ?? "",
        frame: item.frame,
        flowId,
        flowTimeNs: item.timeNs - Number(flow?.["start_ns"] ?? 0),
        packet: packets[index]?.packet ?? null,
      };
    }),
    ladder: buildLadder(tables, {
      flowId: shown,
      startNs: Number(first?.["start_ns"] ?? 0),
      evidence,
      packets,
      describe: (role) => roles[role] ?? "",
      sourceOf: (capture) => sourceOf.get(capture) ?? "",
    }),
  };
}

/** Servers of each stream; the same server in two captures that were not taken together comes twice. */
function listServers(tables: DatabaseTables, results: readonly StreamResult[]): ServerSummary[] {
  const flagged = tables.selectAll(
    `SELECT DISTINCT finding_flows.flow_id AS id, finding_flows.server AS server, ifnull(encapsulations.name, '') AS encapsulation
     FROM finding_flows JOIN flows ON flows.id = finding_flows.flow_id
     LEFT JOIN encapsulations ON encapsulations.id = flows.encapsulation_id`,
  );
  const servers = results.flatMap(({ listeners, firstFlow, lastFlow }) => {
    const flaggedFlows = new Map<string, number>();
    for (const { id, server, encapsulation } of flagged) {
      if (Number(id) < firstFlow || Number(id) > lastFlow) continue;
      const name = listenerName(String(server), String(encapsulation));
      flaggedFlows.set(name, (flaggedFlows.get(name) ?? 0) + 1);
    }
    const flaggedAt = ({ name }: Listener) => flaggedFlows.get(name) ?? 0;
    // Few are listed, and a scan finds a million.
    return [...listeners]
      .sort((a, b) => flaggedAt(b) - flaggedAt(a) || b.flows - a.flows)
      .slice(0, MAX_SERVERS)
      .map((listener) => summarizeServer(listener, flaggedAt(listener)));
  });
  return servers.sort((a, b) => b.flaggedFlows - a.flaggedFlows || b.flows - a.flows).slice(0, MAX_SERVERS);
}

/** Member by member: what only rules ask a listener for stays out of the report. */
function summarizeServer(listener: Listener, flaggedFlows: number): ServerSummary {
  return {
    server: listener.name,
    flows: listener.flows,
    closedNormally: listener.closedNormally,
    reset: listener.reset,
    failed: listener.failed,
    retransmits: listener.retransmits,
    segments: listener.segments,
    stalledFlows: listener.stalledFlows,
    longestStallNs: listener.longestStallNs,
    roundTripNs: medianNsOf(listener.roundTripsNs),
    flaggedFlows,
  };
}
