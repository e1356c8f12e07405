import { join } from "node:path";
import { AnalyzeError } from "../errors.js";
import { makeFolder } from "../make-folder.js";
import { replaceFile } from "../replace-file.js";
import type { OpenDatabase } from "../store/open-database.js";
import { type PlottedSegment, xplotLines } from "./xplot.js";

/** Columns of the query below, in its order. */
const TIME = 0;
const SENDER = 1;
const FLAGS = 2;
const SEQ = 3;
const LENGTH = 4;
const ACK = 5;
const WINDOW = 6;
const OPTIONS = 7;
const CAUSE = 8;
const SYN = 0x02;

/**
 * Writes a time-sequence graph for each end of each flow that sent data: `flow-17-client.xpl`, `flow-17-server.xpl`.
 * Returns the files.
 * @throws AnalyzeError EXPORT_WRITE, or EXPORT_EMPTY when no packets were kept
 */
export function exportXplot(database: OpenDatabase, flows: readonly number[], folder: string): string[] {
  makeFolder(folder);
  const files: string[] = [];
  for (const flow of flows) {
    const [ends] = database.selectAll(
      `SELECT client, server, client_bytes, server_bytes, client_window_scale, server_window_scale,
         CAST(captures.origin_ns AS TEXT) AS origin
       FROM flows JOIN flow_endpoints ON flow_id = flows.id JOIN captures ON captures.id = flows.capture_id
       WHERE flows.id = :flow`,
      { flow },
    );
    if (ends === undefined) continue;
    const hasScale = ends["client_window_scale"] !== null && ends["server_window_scale"] !== null;
    for (const sender of ["client", "server"] as const) {
      if (Number(ends[`${sender}_bytes`]) === 0) continue;
      const receiver = sender === "client" ? "server" : "client";
      const shift = hasScale ? Number(ends[`${receiver}_window_scale`]) : 0;
      const title = `flow ${flow}: ${String(ends[sender])} ==> ${String(ends[receiver])} (time sequence graph)`;
      const segments = plottedSegments(database, flow, sender, BigInt(String(ends["origin"] ?? 0)), shift);
      const path = join(folder, `flow-${flow}-${sender}.xpl`);
      replaceFile(path, withLineEnds(xplotLines(title, segments)), "the graph", "EXPORT_WRITE");
      files.push(path);
    }
  }
  return files;
}

function* plottedSegments(
  database: OpenDatabase,
  flow: number,
  sender: "client" | "server",
  originNs: bigint,
  windowShift: number,
): IterableIterator<PlottedSegment> {
  const { rows } = database.query(
    `SELECT time_ns, sender, flags, seq, length, ack, window, options, cause
     FROM segments WHERE flow_id = ${flow} AND NOT is_copy ORDER BY id`,
  );
  let isEmpty = true;
  for (const row of rows) {
    isEmpty = false;
    const flags = Number(row[FLAGS]);
    const window = Number(row[WINDOW]);
    yield {
      epochNs: originNs + BigInt(Number(row[TIME])),
      isFromSender: row[SENDER] === sender,
      flags,
      seq: Number(row[SEQ]),
      length: Number(row[LENGTH]),
      ack: row[ACK] === null ? null : Number(row[ACK]),
      // The window of a SYN is never scaled. RFC 7323, section 2.2.
      window: flags & SYN ? window : window * 2 ** windowShift,
      sacked: sackBlocks(row[OPTIONS]),
      isRepeated: row[CAUSE] !== null,
    };
  }
  if (isEmpty)
    throw new AnalyzeError(
      "EXPORT_EMPTY",
      `The packets of flow ${flow} were not kept: analyse with --timeline all, or flagged when it has findings.`,
    );
}

/** Blocks in the text of the options, such as `sack 1:1449 2897:4345`. */
function sackBlocks(options: unknown): [number, number][] {
  if (typeof options !== "string") return [];
  const list = /(?:^|,)sack ([\d: ]+)/.exec(options)?.[1] ?? "";
  return [...list.matchAll(/(\d+):(\d+)/g)].map(([, first, end]) => [Number(first), Number(end)]);
}

function* withLineEnds(lines: Iterable<string>): IterableIterator<string> {
  for (const line of lines) yield `${line}\n`;
}
