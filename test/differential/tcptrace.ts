import { decodeSeries } from "../../src/decode/decode-series.js";
import { createFlowCursor, type Flow } from "../../src/flows/flow.js";
import { readFlowIdentity } from "../../src/flows/flow-identity.js";
import { FlowTable } from "../../src/flows/flow-table.js";
import { lastSegmentNs, longestIdleNs } from "../../src/flows/statistics/derived.js";
import type { Direction } from "../../src/flows/statistics/direction.js";
import { FlowStatistics } from "../../src/flows/statistics/flow-statistics.js";
import {
  createStatisticsRecord,
  type StatisticsRecord,
} from "../../src/flows/statistics/statistics-record.js";
import { type DirectionContext, TCPTRACE_COLUMNS } from "./tcptrace-columns.js";
import { explain } from "./tcptrace-explained.js";
import { parseTcptraceTable, type TcptraceRow } from "./tcptrace-table.js";

/** A cell where tcptrace and the flow's statistics differ. */
export interface StatisticsDifference {
  /** tcptrace's column, `_a2b` or `_b2a` included. */
  readonly column: string;
  readonly ours: string;
  readonly theirs: string;
}

export interface DifferentFlow {
  /** `10.0.0.1:1024 -> 10.0.0.2:80`, the client first. */
  readonly name: string;
  readonly differences: readonly StatisticsDifference[];
}

/** How the statistics of a capture's flows agree with tcptrace's. */
export interface StatisticsAgreement {
  /** Connections that tcptrace lists. */
  readonly connections: number;
  /** Those that are no flow of ours. */
  readonly unmatched: readonly string[];
  /** How many of these begin or end elsewhere than our flow for a known reason, by reason. */
  readonly cutElsewhere: ReadonlyMap<string, number>;
  /** Flows without a difference that is not explained. */
  readonly equalFlows: number;
  readonly differentFlows: readonly DifferentFlow[];
  /** Differences that are not explained, by column without its direction: in how many flows. */
  readonly differencesByColumn: ReadonlyMap<string, number>;
  /** Differences that are, by class: in how many flows. */
  readonly explainedByClass: ReadonlyMap<string, number>;
}

/** A flow of ours, waiting for its row. */
interface Candidate {
  readonly id: number;
  readonly segments: number;
  readonly startUs: bigint;
  readonly endUs: bigint;
  /** Its longest silence, of both ends. */
  readonly idleNs: number;
  readonly isReused: boolean;
}

/** After so long a silence tcptrace begins a new connection. */
const LONGEST_SILENCE_NS = 240e9;

const NS_PER_US = 1000n;

/** What the comparison knows of the capture. */
interface CaptureFacts {
  originNs: bigint;
  /** Time of the latest frame, nanoseconds since the origin. */
  endNs: number;
  hasNanoseconds: boolean;
  isUnsorted: boolean;
}

/**
 * Compares the statistics of a capture's flows with `csv`, what `tcptrace -n -l -r --csv` printed of it, cell by
 * cell as printed. Throws AnalyzeError when the capture cannot be read.
 */
export async function compareWithTcptrace(capturePath: string, csv: string): Promise<StatisticsAgreement> {
  const rows = parseTcptraceTable(csv);
  const table = new FlowTable();
  const statistics = new FlowStatistics();
  try {
    const facts: CaptureFacts = { originNs: 0n, endNs: 0, hasNanoseconds: false, isUnsorted: false };
    if (rows.length > 0) await trackCapture(capturePath, table, statistics, facts);
    return compareRows(rows, table, statistics, facts);
  } finally {
    table.close();
    statistics.close();
  }
}

async function trackCapture(
  capturePath: string,
  table: FlowTable,
  statistics: FlowStatistics,
  facts: CaptureFacts,
): Promise<void> {
  let latestNs = Number.NEGATIVE_INFINITY;
  for await (const part of decodeSeries({ paths: [capturePath] })) {
    if (part.kind === "file") {
      facts.originNs = part.file.originNs ?? 0n;
      facts.endNs = (part.file.startNs ?? 0) + part.file.durationNs;
      if (facts.originNs % NS_PER_US !== 0n) facts.hasNanoseconds = true;
      continue;
    }
    const { timeNs, length } = part.segments;
    for (let row = 0; row < length; row++) {
      if (timeNs[row]! % Number(NS_PER_US) !== 0) facts.hasNanoseconds = true;
      if (timeNs[row]! < latestNs) facts.isUnsorted = true;
      else latestNs = timeNs[row]!;
    }
    table.track(part.segments, 1, 0, () => {});
    statistics.noteBatch(part.segments);
  }
}

function compareRows(
  rows: readonly TcptraceRow[],
  table: FlowTable,
  statistics: FlowStatistics,
  facts: CaptureFacts,
): StatisticsAgreement {
  const flow = createFlowCursor();
  const record = createStatisticsRecord();
  const candidates = candidatesByEnds(table, statistics, facts.originNs);
  const unmatched: string[] = [];
  const cutElsewhere = new Map<string, number>();
  const differentFlows: DifferentFlow[] = [];
  const differencesByColumn = new Map<string, number>();
  const explainedByClass = new Map<string, number>();
  let equalFlows = 0;
  for (const row of rows) {
    const id = takeFlow(candidates, row);
    if (id === undefined) {
      const reason = reasonOfCut(
        row,
        candidates.get(endsOf(row.addressA, row.portA, row.addressB, row.portB)) ?? [],
      );
      unmatched.push(nameOf(row));
      if (reason !== undefined) countAll(cutElsewhere, new Set([reason]));
      continue;
    }
    table.seek(flow, id);
    statistics.seek(record, id);
    const { differences, classes } = compareFlow(row, flow, record, facts);
    if (differences.length === 0) equalFlows++;
    else differentFlows.push({ name: nameOf(row), differences });
    countAll(differencesByColumn, new Set(differences.map(({ column }) => column.slice(0, -4))));
    countAll(explainedByClass, classes);
  }
  return {
    connections: rows.length,
    unmatched,
    cutElsewhere,
    equalFlows,
    differentFlows,
    differencesByColumn,
    explainedByClass,
  };
}

function countAll(counts: Map<string, number>, names: ReadonlySet<string>): void {
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
}

function candidatesByEnds(
  table: FlowTable,
  statistics: FlowStatistics,
  originNs: bigint,
): Map<string, Candidate[]> {
  const flow = createFlowCursor();
  const record = createStatisticsRecord();
  const candidates = new Map<string, Candidate[]>();
  for (let id = table.firstId; id < table.firstId + table.count; id++) {
    table.seek(flow, id);
    const { clientAddress, clientPort, serverAddress, serverPort } = readFlowIdentity(flow);
    const ends = endsOf(clientAddress, clientPort, serverAddress, serverPort);
    statistics.seek(record, id);
    const segments = record.client.sentSegments + record.server.sentSegments;
    const startUs = (originNs + BigInt(flow.startNs)) / NS_PER_US;
    const list = candidates.get(ends);
    const candidate = {
      id,
      segments,
      startUs,
      endUs: (originNs + BigInt(flow.endNs)) / NS_PER_US,
      idleNs: Math.max(record.client.idleMaximumNs, record.server.idleMaximumNs),
      isReused: list !== undefined,
    };
    if (list === undefined) candidates.set(ends, [candidate]);
    else list.push(candidate);
  }
  return candidates;
}

/** The flow with the row's ends, first time and number of segments: then both cut the capture in the same way. */
function takeFlow(candidates: Map<string, Candidate[]>, row: TcptraceRow): number | undefined {
  const segments = Number(row.cells.get("total_packets_a2b")) + Number(row.cells.get("total_packets_b2a"));
  const list = candidates.get(endsOf(row.addressA, row.portA, row.addressB, row.portB)) ?? [];
  const index = list.findIndex((flow) => flow.segments === segments && isSameTime(flow.startUs, row.firstUs));
  return index < 0 ? undefined : list.splice(index, 1)[0]!.id;
}

/** A time that lies years after the capture's origin is exact to a few dozen nanoseconds only. */
function isSameTime(oursUs: bigint, theirsUs: bigint): boolean {
  return theirsUs - oursUs <= 1n && oursUs - theirsUs <= 1n;
}

/** Why a connection of tcptrace's begins or ends elsewhere than the flow it lies in; undefined when unknown. */
function reasonOfCut(row: TcptraceRow, flows: readonly Candidate[]): string | undefined {
  if (row.addressA === row.addressB)
    return "both directions between two ports of one address are separate connections";
  const overlapping = flows.filter(
    ({ startUs, endUs }) => startUs <= row.lastUs && row.firstUs <= endUs + 1n,
  );
  if (overlapping.some(({ idleNs }) => idleNs > LONGEST_SILENCE_NS))
    return "a silence of four minutes begins a new connection";
  if (overlapping.length > 1 || overlapping.some(({ isReused }) => isReused))
    return "a second SYN with another ISN belongs to the connection before it";
  return undefined;
}

/** What differs in a row: the cells that nothing explains, and the classes of the others. */
interface RowComparison {
  readonly differences: readonly StatisticsDifference[];
  readonly classes: ReadonlySet<string>;
}

function compareFlow(
  row: TcptraceRow,
  flow: Flow,
  record: StatisticsRecord,
  facts: CaptureFacts,
): RowComparison {
  const { clientAddress, clientPort } = readFlowIdentity(flow);
  const isClientA = clientAddress === row.addressA && clientPort === row.portA;
  const ends = isClientA
    ? ([record.client, record.server] as const)
    : ([record.server, record.client] as const);
  const directions = [
    ["a2b", contextOf(record, ends[0], ends[1], facts.endNs)],
    ["b2a", contextOf(record, ends[1], ends[0], facts.endNs)],
  ] as const;
  const differences: StatisticsDifference[] = [];
  const classes = new Set<string>();
  for (const [name, print] of TCPTRACE_COLUMNS) {
    for (const [direction, context] of directions) {
      const column = `${name}_${direction}`;
      const theirs = row.cells.get(column) ?? "";
      const ours = print(context);
      if (ours === theirs) continue;
      const difference = { column, ours, theirs };
      const explanation = explain(difference, { ...facts, ...context });
      if (explanation === undefined) differences.push(difference);
      else classes.add(explanation);
    }
  }
  return { differences, classes };
}

function contextOf(
  record: StatisticsRecord,
  sender: Direction,
  receiver: Direction,
  endNs: number,
): DirectionContext {
  return {
    sender,
    receiver,
    elapsedNs: Math.max(0, lastSegmentNs(sender, receiver) - record.startNs),
    idleNs: longestIdleNs(sender, receiver, endNs),
  };
}

function endsOf(address: string, port: number, otherAddress: string, otherPort: number): string {
  const [one, other] = [`${address}:${port}`, `${otherAddress}:${otherPort}`];
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}

function nameOf(row: TcptraceRow): string {
  return `${row.addressA}:${row.portA} -> ${row.addressB}:${row.portB}`;
}
