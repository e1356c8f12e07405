import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { analyze, openDatabase } from "../../src/index.js";
import { TSTAT_COLUMNS, TSTAT_KINDS } from "./tstat-columns.js";
import type { TstatConnection } from "./tstat-log.js";

/** A cell where Tstat and the database differ. */
export interface TstatDifference {
  /** `10.0.0.1:1024 -> 10.0.0.2:80`, the client first. */
  readonly connection: string;
  /** Tstat's column, `c_` or `s_` included. */
  readonly column: string;
  readonly ours: number;
  readonly theirs: number;
}

/** How a capture's flows agree with Tstat's connections. */
export interface TstatAgreement {
  /** Connections that consist of the same segments: only their cells are compared. */
  readonly compared: number;
  /** Those that Tstat begins or ends elsewhere, or leaves segments out of. */
  readonly cutElsewhere: readonly string[];
  /** Cells that agree, by column without its direction. */
  readonly equalByColumn: ReadonlyMap<string, number>;
  readonly differences: readonly TstatDifference[];
  /** Segments sent again, by Tstat's kind. */
  readonly kinds: ReadonlyMap<string, { readonly ours: number; readonly theirs: number }>;
}

/** Tstat prints microseconds and cuts off what is below, from times that were cut off before. Milliseconds. */
const TIME_TOLERANCE_MS = 0.0021;
/** How far the times of one first segment may lie apart for the same reason. Milliseconds. */
const SAME_START_MS = 0.01;

const END = (prefix: "client" | "server"): string => `
  SELECT f.id AS flow, '${prefix}' AS sender, (c.origin_ns + f.start_ns) / 1e6 AS start_ms,
    f.client_addr, f.client_port, f.server_addr, f.server_port, f.duration_ns / 1e6 AS durat,
    ${TSTAT_COLUMNS.map(({ name, sql }) => `${withPrefix(sql, prefix)} AS ${name}`).join(", ")},
    ${[...TSTAT_KINDS].map(([name, causes]) => `${countOf(causes)} AS ${name}`).join(", ")}
  FROM flows f JOIN captures c ON c.id = f.capture_id
  JOIN flow_statistics s ON s.flow_id = f.id AND s.sender = '${prefix}'`;

const SQL = `${END("client")} UNION ALL ${END("server")} ORDER BY flow, sender`;

function withPrefix(sql: string, prefix: string): string {
  return sql.replace(/\bmss\b/g, `f.${prefix}_mss`).replace(/\bscale\b/g, `f.${prefix}_window_scale`);
}

function countOf(causes: readonly string[]): string {
  const list = causes.map((cause) => `'${cause}'`).join(", ");
  return `(SELECT coalesce(sum(r.segments), 0) FROM retransmission_counts r
    WHERE r.flow_id = f.id AND r.sender = s.sender AND r.cause IN (${list}))`;
}

type End = Readonly<Record<string, number | string>>;

interface Candidate {
  readonly startMs: number;
  readonly durationMs: number;
  readonly client: End;
  readonly server: End | undefined;
}

/** Compares the database made of `capturePath` with what Tstat wrote of the same. Rejects with AnalyzeError when it cannot be read. */
export async function compareWithTstat(
  capturePath: string,
  connections: readonly TstatConnection[],
): Promise<TstatAgreement> {
  const candidates = await candidatesOf(capturePath);
  const cutElsewhere: string[] = [];
  const differences: TstatDifference[] = [];
  const equalByColumn = new Map<string, number>();
  const kinds = new Map<string, { ours: number; theirs: number }>();
  let compared = 0;
  for (const theirs of connections) {
    const name = `${theirs.client}:${theirs.clientPort} -> ${theirs.server}:${theirs.serverPort}`;
    const ours = takeSame(candidates.get(name) ?? [], theirs);
    if (ours === undefined) {
      cutElsewhere.push(name);
      continue;
    }
    compared++;
    for (const { column, ourCell, isTime } of cellsOf(ours)) {
      const text = theirs.cells.get(column);
      if (text === undefined) continue;
      const cell = Number(text);
      const isSame = isTime ? Math.abs(ourCell - cell) <= TIME_TOLERANCE_MS : ourCell === cell;
      if (isSame) equalByColumn.set(bare(column), (equalByColumn.get(bare(column)) ?? 0) + 1);
      else differences.push({ connection: name, column, ours: ourCell, theirs: cell });
    }
    for (const [kind] of TSTAT_KINDS) addKind(kinds, kind, ours, theirs);
  }
  return { compared, cutElsewhere, equalByColumn, differences, kinds };
}

async function candidatesOf(capturePath: string): Promise<Map<string, Candidate[]>> {
  const folder = mkdtempSync(join(tmpdir(), "tstat-"));
  try {
    const path = join(folder, "capture.db");
    await analyze({ paths: [capturePath], database: path, timeline: "none" });
    const database = openDatabase(path);
    try {
      return byEnds(database.selectAll(SQL) as unknown as End[]);
    } finally {
      database.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function byEnds(ends: readonly End[]): Map<string, Candidate[]> {
  const servers = new Map(ends.filter(({ sender }) => sender === "server").map((end) => [end["flow"], end]));
  const candidates = new Map<string, Candidate[]>();
  for (const client of ends) {
    if (client["sender"] !== "client") continue;
    const name = `${client["client_addr"]}:${client["client_port"]} -> ${client["server_addr"]}:${client["server_port"]}`;
    const list = candidates.get(name) ?? [];
    candidates.set(name, list);
    list.push({
      startMs: Number(client["start_ms"]),
      durationMs: Number(client["durat"]),
      client,
      server: servers.get(client["flow"]),
    });
  }
  return candidates;
}

/** The flow that begins at the same time and has as many segments. */
function takeSame(list: Candidate[], { firstMs, cells }: TstatConnection): Candidate | undefined {
  const index = list.findIndex(
    ({ startMs, client, server }) =>
      Math.abs(startMs - firstMs) < SAME_START_MS &&
      client["pkts_all"] === Number(cells.get("c_pkts_all")) &&
      (server?.["pkts_all"] ?? 0) === Number(cells.get("s_pkts_all")),
  );
  return index < 0 ? undefined : list.splice(index, 1)[0];
}

interface Cell {
  readonly column: string;
  readonly ourCell: number;
  readonly isTime: boolean;
}

function* cellsOf({ client, server, durationMs }: Candidate): Generator<Cell> {
  yield { column: "durat", ourCell: durationMs, isTime: true };
  for (const [prefix, end] of [
    ["c", client],
    ["s", server],
  ] as const) {
    if (end === undefined) continue;
    for (const { name, isTime } of TSTAT_COLUMNS)
      yield { column: `${prefix}_${name}`, ourCell: Number(end[name]), isTime: isTime ?? false };
  }
}

function addKind(
  kinds: Map<string, { ours: number; theirs: number }>,
  kind: string,
  { client, server }: Candidate,
  { cells }: TstatConnection,
): void {
  const known = kinds.get(kind) ?? { ours: 0, theirs: 0 };
  kinds.set(kind, known);
  // Only closed connections have these columns.
  if (!cells.has(`c_${kind}`)) return;
  known.ours += Number(client[kind]) + Number(server?.[kind] ?? 0);
  for (const prefix of ["c", "s"]) {
    known.theirs += Number(cells.get(`${prefix}_${kind}`) ?? 0);
    // It counts those that it takes for unnecessary apart.
    const unnecessary = kind.replace("pkts_", "pkts_un");
    if (unnecessary === "pkts_unrto" || unnecessary === "pkts_unfs")
      known.theirs += Number(cells.get(`${prefix}_${unnecessary}`) ?? 0);
  }
}

const bare = (column: string): string => column.replace(/^[cs]_/, "");
