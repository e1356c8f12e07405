import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SegmentBatch, HAS_TIMESTAMPS } from "../src/decode/segment-batch.js";
import { appendSegmentRows } from "../src/store/segment-rows.js";
import { createDatabase } from "../src/store/create-database.js";
import { PageFile } from "../src/store/sqlite-file/page-file.js";
import { TableWriter } from "../src/store/sqlite-file/table-writer.js";
import { IndexWriter } from "../src/store/sqlite-file/index-writer.js";
import { RunSorter } from "../src/store/sqlite-file/run-sorter.js";
import Database from "better-sqlite3";
const pageBytes = Number(process.argv[2] ?? 8192);
const ROWS = Number(process.argv[3] ?? 5e6);
const path = join(tmpdir(), "bench-store.db");
for (let round = 0; round < 3; round++) {
rmSync(path, { force: true });
const roots = createDatabase(path, pageBytes);
const file = new PageFile(path);
const segments = new TableWriter(file, roots.segments);
const sorter = new RunSorter(path + "-runs");
const batch = new SegmentBatch(4096);
batch.bytes = new Uint8Array([0x45]);
batch.length = 4096;
let t = 0, tf = 0, rows = 0;
let seed = 1;
const t00 = process.hrtime.bigint();
while (rows < ROWS) {
  const a = process.hrtime.bigint();
  for (let i = 0; i < 4096; i++) {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    batch.frame[i] = rows + i + 1; batch.timeNs[i] = (rows + i) * 1200 + 17; batch.flow[i] = 1 + Math.floor((rows + i) / 50) + (seed >>> 8) % 2000;
    batch.fromServer[i] = seed >>> 31; batch.flags[i] = 0x10 | (seed & 8); batch.relativeSeq[i] = seed >>> 12; batch.relativeAck[i] = seed >>> 16;
    batch.payloadLength[i] = (seed >>> 3) % 1448; batch.window[i] = 501; batch.facts[i] = HAS_TIMESTAMPS; batch.tsval[i] = 3000000000 + rows; batch.tsecr[i] = 12345678 + rows;
    batch.ipId[i] = seed; batch.ttl[i] = 64;
  }
  const b = process.hrtime.bigint();
  tf += Number(b - a);
  appendSegmentRows(segments, batch, 1, () => null);
  sorter.add(batch.flow, batch.length);
  t += Number(process.hrtime.bigint() - b);
  rows += 4096;
}
const c = process.hrtime.bigint();
segments.finish();
const index = new IndexWriter(file, roots.segmentsFlowId);
sorter.drainTo(index);
index.finish();
sorter.close();
new TableWriter(file, roots.flows).finish();
file.finish();
const d = process.hrtime.bigint();
console.log(pageBytes, rows, "rows append s", t / 1e9, "Mrows/s", rows / t * 1e3, "index s", Number(d - c) / 1e9, "Mrows/s all", rows / (t + Number(d - c)) * 1e3, "bytes", file.pageCount * pageBytes / 1e6, "MB", Math.round(process.memoryUsage().rss / 1e6));
if (round === 2) {
const db = new Database(path, { readonly: true });
const e = Date.now();
console.log(db.pragma("integrity_check(3)"), Date.now() - e, "ms", db.prepare("select count(*), max(id), sum(length) from segments").get());
}
}
rmSync(path, { force: true });
