/**
 * Rows of `segments` per second: this package's page writer against better-sqlite3's multi-row INSERT, in turn, the
 * same rows, both with the index on flow_id. `node --import tsx bench/write-segments.ts [rows] [rounds]`
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { HAS_TIMESTAMPS, SegmentBatch } from "../src/decode/segment-batch.js";
import { createDatabase, PAGE_BYTES } from "../src/store/create-database.js";
import { DatabaseWriter } from "../src/store/database-writer.js";
import { openDatabase } from "../src/store/open-database.js";

const BATCH_ROWS = 4096;
const ROWS_PER_INSERT = 50;
const COLUMNS = 18;

const rows = Math.ceil(Number(process.argv[2] ?? 5_000_000) / BATCH_ROWS) * BATCH_ROWS;
const rounds = Number(process.argv[3] ?? 3);
const folder = mkdtempSync(join(tmpdir(), "bench-"));
const path = join(folder, "bench.db");

/** A batch of data segments and ACKs of some 2000 concurrent flows of 50 segments, 1.2 µs apart. */
function fillBatch(batch: SegmentBatch, first: number): void {
  let seed = first + 1;
  for (let row = 0; row < BATCH_ROWS; row++) {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    const isAck = seed >>> 31;
    batch.frame[row] = first + row + 1;
    batch.timeNs[row] = (first + row) * 1200 + 17;
    batch.flow[row] = 1 + Math.floor((first + row) / 50) + ((seed >>> 8) % 2000);
    batch.fromServer[row] = isAck;
    batch.flags[row] = 0x10 | (seed & 8);
    batch.relativeSeq[row] = seed >>> 12;
    batch.relativeAck[row] = seed >>> 16;
    batch.payloadLength[row] = isAck ? 0 : (seed >>> 3) % 1448;
    batch.window[row] = 501;
    batch.facts[row] = HAS_TIMESTAMPS;
    batch.tsval[row] = 3_000_000_000 + first;
    batch.tsecr[row] = 12_345_678 + first;
    batch.ipId[row] = seed;
    batch.ttl[row] = 64;
  }
}

function createBatch(): SegmentBatch {
  const batch = new SegmentBatch(BATCH_ROWS);
  batch.bytes = Uint8Array.of(0x45);
  batch.length = BATCH_ROWS;
  return batch;
}

function writePages(): void {
  const writer = new DatabaseWriter(path);
  const batch = createBatch();
  for (let first = 0; first < rows; first += BATCH_ROWS) {
    fillBatch(batch, first);
    writer.appendSegments(batch, 1, () => null);
  }
  writer.finishTimelines().commit();
}

function insertRows(): void {
  createDatabase(path, PAGE_BYTES);
  const database = new Database(path);
  database.pragma("journal_mode = OFF");
  database.pragma("synchronous = OFF");
  database.pragma("foreign_keys = OFF");
  database.exec("DROP INDEX segments_flow_id");
  const places = `(NULL${", ?".repeat(COLUMNS - 1)})`;
  const insert = database.prepare(
    `INSERT INTO segments VALUES ${Array(ROWS_PER_INSERT).fill(places).join(", ")}`,
  );
  const batch = createBatch();
  let values: unknown[] = [];
  database.exec("BEGIN");
  for (let first = 0; first < rows; first += BATCH_ROWS) {
    fillBatch(batch, first);
    for (let row = 0; row < BATCH_ROWS; row++) {
      values.push(
        batch.flow[row],
        1,
        batch.frame[row],
        batch.timeNs[row],
        batch.fromServer[row] ? "server" : "client",
      );
      values.push(batch.flags[row], batch.relativeSeq[row], batch.relativeAck[row], batch.payloadLength[row]);
      values.push(
        batch.window[row],
        batch.tsval[row],
        batch.tsecr[row],
        null,
        batch.ipId[row],
        batch.ttl[row],
        0,
        0,
      );
      if (values.length === ROWS_PER_INSERT * (COLUMNS - 1)) {
        insert.run(values);
        values = [];
      }
    }
  }
  database.exec("COMMIT");
  database.exec("CREATE INDEX segments_flow_id ON segments(flow_id)");
  database.close();
}

function report(name: string, action: () => void): void {
  rmSync(path, { force: true });
  const cpuBefore = process.cpuUsage();
  const start = process.hrtime.bigint();
  action();
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const cpu = process.cpuUsage(cpuBefore);
  const rate = (rows / seconds / 1e6).toFixed(2);
  const cpuSeconds = ((cpu.user + cpu.system) / 1e6).toFixed(2);
  const megabytes = Math.round(statSync(path).size / 1e6);
  console.log(`${name}: ${rate} M rows/s, ${seconds.toFixed(2)} s (CPU ${cpuSeconds} s), ${megabytes} MB`);
}

/** Milliseconds to read all lines of a flow in the middle, the database just opened. */
function reportTimeline(): void {
  const start = process.hrtime.bigint();
  const database = openDatabase(path);
  // The flow itself is not in this database of segments only, so the view is asked for its parts.
  const lines = database.selectAll("SELECT * FROM segments WHERE flow_id = :flow", {
    flow: Math.floor(rows / 100),
  });
  const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;
  console.log(`one flow of ${lines.length} segments: ${milliseconds.toFixed(2)} ms`);
  database.close();
}

report("generating alone", () => {
  const batch = createBatch();
  createDatabase(path, PAGE_BYTES);
  for (let first = 0; first < rows; first += BATCH_ROWS) fillBatch(batch, first);
});
for (let round = 0; round < rounds; round++) {
  report("better-sqlite3", insertRows);
  report("pages", writePages);
}
reportTimeline();
rmSync(folder, { recursive: true });
