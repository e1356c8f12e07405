import type { CaptureResult, StreamResult } from "./analyze-stream.js";
import { icmpErrorName } from "./decode/icmp-error-name.js";
import type { FlowIcmpError } from "./engine/capture-observation.js";
import { type Finding, SEVERITIES } from "./engine/finding.js";
import { listenerName } from "./engine/listeners.js";
import type { JudgedVantage } from "./engine/vantage.js";
import { nameProcedure } from "./rpc/program-names.js";
import { latencyNs, type RpcCall } from "./rpc/rpc-call.js";
import type { DatabaseTables } from "./store/database-tables.js";
import type { CaptureRow, EvidenceRow, IcmpErrorRow, RpcCallRow } from "./store/table-rows.js";
import { formatAddress, formatEndpoint } from "./tcp/address.js";

/** A finding in the database. */
export interface StoredFinding {
  readonly id: number;
  readonly finding: Finding;
  /** Capture of its first evidence. */
  readonly captureId: number;
  /** All connections to the servers of its flows, in the same capture or series. */
  readonly serverFlows: number;
  /** As `finding.evidence`, with the capture of each frame. */
  readonly evidence: readonly EvidenceRow[];
}

const CONFIDENCES = ["certain", "strong", "weak"];

/** Stores the captures and what they say of themselves: all other rows refer to them. */
export function storeCaptures(tables: DatabaseTables, results: readonly StreamResult[]): void {
  for (const result of results)
    for (const capture of result.captures) storeCapture(tables, capture, result.vantage);
  for (const [id, name] of (results.at(-1)?.encapsulations ?? []).entries()) {
    if (id > 0) tables.insert("encapsulations", { id, name });
  }
  storeIcmpErrors(tables, results);
  storeRpcCalls(tables, results);
}

/** Stores the findings; captures, flows and rules are in. Returns them, worst first, as they were numbered. */
export function storeFindings(
  tables: DatabaseTables,
  results: readonly StreamResult[],
  findings: readonly (readonly Finding[])[],
): StoredFinding[] {
  const placed = results.flatMap((result, index) => {
    const named = (findings[index] ?? []).map((finding) => ({
      finding,
      servers: serversOf(tables, finding),
    }));
    const flowsOf = flowsByListener(result, new Set(named.flatMap(({ servers }) => [...servers])));
    return named.map(({ finding, servers }) => ({
      finding,
      serverFlows: [...servers].reduce((sum, name) => sum + (flowsOf.get(name) ?? 0), 0),
      evidence: placeEvidence(tables, finding, result),
    }));
  });
  placed.sort((a, b) => compareFindings(a.finding, b.finding));
  return placed.map(({ finding, serverFlows, evidence }, index) => {
    const id = index + 1;
    const captureId = evidence[0]?.captureId ?? 1;
    tables.insertFinding({ ...finding, id, captureId, serverFlows, evidence });
    return { id, finding, captureId, serverFlows, evidence };
  });
}

/** Connections to each of the listeners `wanted`, by its name: findings are about few of them. */
function flowsByListener({ listeners }: StreamResult, wanted: ReadonlySet<string>): Map<string, number> {
  const flowsOf = new Map<string, number>();
  for (const { name, flows } of listeners) if (wanted.has(name)) flowsOf.set(name, flows);
  return flowsOf;
}

/** Names of the listeners of a finding's flows. */
function serversOf(tables: DatabaseTables, finding: Finding): Set<string> {
  const servers = tables.selectAll(
    `SELECT DISTINCT flow_endpoints.server AS server, ifnull(encapsulations.name, '') AS encapsulation
     FROM json_each(:flowIds) AS ids JOIN flows ON flows.id = ids.value
     JOIN flow_endpoints ON flow_endpoints.flow_id = flows.id
     LEFT JOIN encapsulations ON encapsulations.id = flows.encapsulation_id`,
    { flowIds: JSON.stringify(finding.flowIds) },
  );
  return new Set(
    servers.map(({ server, encapsulation }) => listenerName(String(server), String(encapsulation))),
  );
}

/** Worst first: severity, then confidence, then how many flows are concerned. */
function compareFindings(a: Finding, b: Finding): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    CONFIDENCES.indexOf(a.confidence) - CONFIDENCES.indexOf(b.confidence) ||
    b.flowIds.length - a.flowIds.length
  );
}

/**
 * Frames keep their own file's numbers, so each piece of evidence needs its file. The segment knows; where segments are
 * not stored, the time of the frame tells, but for frames that were written out of order around a rotation.
 */
function placeEvidence(tables: DatabaseTables, finding: Finding, result: StreamResult): EvidenceRow[] {
  return finding.evidence.map(({ role, frame, flowId, timeNs }) => {
    let captureId = result.captures[0]!.id;
    for (const capture of result.captures) {
      if (capture.startNs !== null && capture.startNs <= timeNs) captureId = capture.id;
    }
    if (result.captures.length > 1) {
      const [segment] = tables.selectAll(
        "SELECT capture_id FROM segments WHERE flow_id = :flowId AND frame = :frame AND time_ns = :timeNs",
        { flowId, frame, timeNs },
      );
      if (segment !== undefined) captureId = Number(segment["capture_id"]);
    }
    return { role, captureId, frame, flowId, timeNs, note: null };
  });
}

function storeCapture(tables: DatabaseTables, capture: CaptureResult, judged: JudgedVantage): void {
  const { id } = capture;
  tables.insert("captures", captureRow(capture, "file", judged));
  for (const [position, each] of capture.interfaces.entries()) {
    tables.insert("interfaces", { ...each, captureId: id, position });
  }
  for (const { name, frames: count } of capture.counts) {
    tables.insert("decode_counts", { captureId: id, name, frames: count });
  }
}

/** The row of a file, or of a live capture so far. */
export function captureRow(
  capture: CaptureResult,
  kind: CaptureRow["kind"],
  judged: JudgedVantage,
): CaptureRow {
  const { id, frames, tcpFrames, startNs } = capture;
  const originNs = capture.originNs ?? null;
  const epochNs = originNs === null || startNs === null ? null : originNs + BigInt(startNs);
  return {
    id,
    source: capture.path,
    kind,
    format: capture.format,
    compression: capture.compression,
    linkType: capture.interfaces[0]?.linkType ?? null,
    startNs: epochNs,
    originNs,
    startedAt: epochNs === null ? null : isoTime(epochNs),
    durationNs: capture.durationNs,
    frames,
    tcpFrames,
    skippedFrames: frames - tcpFrames,
    truncatedFrames: capture.truncatedFrames,
    droppedFrames: droppedFrames(capture),
    damage: capture.damage,
    vantage: judged.vantage,
    vantageConfidence: judged.confidence,
  };
}

/** Sum over the interfaces that tell; null when none does. */
export function droppedFrames({ interfaces }: Pick<CaptureResult, "interfaces">): number | null {
  const told = interfaces.map((each) => each.dropped).filter((dropped) => dropped !== null);
  return told.length === 0 ? null : told.reduce((sum, dropped) => sum + dropped, 0);
}

/** ISO 8601 in UTC to the nanosecond; a time that no calendar holds comes as seconds since 1970. */
export function isoTime(epochNs: bigint): string {
  const date = new Date(Number(epochNs / 1_000_000_000n) * 1000);
  if (Number.isNaN(date.getTime())) return `${epochNs / 1_000_000_000n} s`;
  const fraction = (((epochNs % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n)
    .toString()
    .padStart(9, "0");
  return date.toISOString().replace(/\.\d+Z$/, `.${fraction}Z`);
}

function storeIcmpErrors(tables: DatabaseTables, results: readonly StreamResult[]): void {
  const errors = results.flatMap((result) => result.icmpErrors);
  for (const [index, error] of errors.entries()) tables.insert("icmp_errors", icmpErrorRow(index + 1, error));
}

export function icmpErrorRow(id: number, { captureId, flowId, error }: FlowIcmpError): IcmpErrorRow {
  const { frame, timeNs, type, code, ipVersion, mtu, quotedSeq } = error;
  return {
    id,
    captureId,
    frame,
    timeNs,
    flowId,
    type,
    code,
    name: icmpErrorName(ipVersion, type, code),
    ipVersion,
    reporterAddr: formatAddress(error.reporter),
    mtu,
    quotedFrom: formatEndpoint(formatAddress(error.quotedSource), error.quotedSourcePort),
    quotedTo: formatEndpoint(formatAddress(error.quotedDestination), error.quotedDestinationPort),
    quotedSeq,
  };
}

function storeRpcCalls(tables: DatabaseTables, results: readonly StreamResult[]): void {
  const calls = results.flatMap(({ rpcCalls }) => rpcCalls);
  for (const [index, call] of calls.entries()) tables.insert("rpc_calls", rpcCallRow(index + 1, call));
}

export function rpcCallRow(id: number, call: RpcCall): RpcCallRow {
  const { flowId, xid, program, version, minorVersion, procedure, credential, captureId, reply } = call;
  return {
    id,
    ...{ flowId, xid, program, version, minorVersion, procedure, credential, captureId },
    ...nameProcedure(program, version, procedure),
    sender: call.isFromServer ? "server" : "client",
    callFrame: call.frame,
    callNs: call.timeNs,
    callBytes: call.bytes,
    isCallComplete: call.isComplete ? 1 : 0,
    transmission: call.transmission,
    replyCaptureId: reply?.captureId ?? null,
    replyFrame: reply?.frame ?? null,
    replyNs: reply?.timeNs ?? null,
    replyBytes: reply?.bytes ?? null,
    isReplyComplete: reply === null ? null : reply.isComplete ? 1 : 0,
    mayHaveReply: reply === null && call.mayHaveReply ? 1 : 0,
    latencyNs: latencyNs(call),
    status: reply?.status ?? null,
  };
}
