import { existsSync } from "node:fs";
import Database from "better-sqlite3";
import { expect } from "chai";
import fc from "fast-check";
import { IndexWriter } from "../../../src/store/sqlite-file/index-writer.js";
import { PageFile } from "../../../src/store/sqlite-file/page-file.js";
import { RecordWriter } from "../../../src/store/sqlite-file/record-writer.js";
import { RunSorter } from "../../../src/store/sqlite-file/run-sorter.js";
import { TableWriter } from "../../../src/store/sqlite-file/table-writer.js";
import { useScratchFolder } from "../scratch-folder.js";
import { createEmptyDatabase, integrityOf } from "./empty-database.js";

/** Writes rows 1, 2, 3 … with these keys, and their index through runs of `blockKeys`, merged through the least windows. */
function writeKeys(path: string, pageBytes: number, keys: Uint32Array, blockKeys: number): void {
  const roots = createEmptyDatabase(
    path,
    pageBytes,
    "CREATE TABLE t (id INTEGER PRIMARY KEY, key INTEGER NOT NULL); CREATE INDEX t_key ON t(key)",
  );
  const file = new PageFile(path);
  const table = new TableWriter(file, roots.get("t")!);
  const record = new RecordWriter(table.bytes);
  const sorter = new RunSorter(`${path}-runs`, { blockKeys, mergeEntries: 1 });
  for (const [row, key] of keys.entries()) {
    record.begin(table.begin(row + 1, 1), 2);
    record.null();
    record.integer(key);
    table.end(record.end());
  }
  table.finish();
  // In two parts, as batches come.
  const half = keys.length >> 1;
  sorter.add(keys, half);
  sorter.add(keys.subarray(half), keys.length - half);
  const index = new IndexWriter(file, roots.get("t_key")!);
  sorter.drainTo(index);
  sorter.close();
  index.finish();
  file.finish();
}

/** Integrity_check compares every row with its entry; the query must walk the index. */
function expectWhole(path: string, keys: Uint32Array): void {
  expect(integrityOf(path)).to.equal("ok");
  const database = new Database(path, { readonly: true });
  const found = database
    .prepare<[], [number, number]>("SELECT key, id FROM t INDEXED BY t_key ORDER BY key")
    .raw()
    .all();
  database.close();
  const expected = Array.from(keys, (key, row): [number, number] => [key, row + 1]).sort(
    ([keyA, idA], [keyB, idB]) => keyA - keyB || idA - idB,
  );
  expect(found).to.deep.equal(expected);
}

describe("an index written as pages", () => {
  const folder = useScratchFolder();

  it("is an empty index when there are no rows", () => {
    writeKeys(folder.path("t.db"), 4096, new Uint32Array(0), 16);
    expectWhole(folder.path("t.db"), new Uint32Array(0));
  });

  for (const pageBytes of [512, 4096, 65536]) {
    it(`holds any keys, in memory or through runs, in pages of ${pageBytes} octets`, () => {
      const key = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
      let run = 0;
      fc.assert(
        fc.property(
          fc.array(key, { maxLength: 400 }),
          fc.integer({ min: 1, max: 500 }),
          (list, blockKeys) => {
            const path = folder.path(`${run++}.db`);
            const keys = Uint32Array.from(list);
            writeKeys(path, pageBytes, keys, blockKeys);
            expectWhole(path, keys);
          },
        ),
        { numRuns: 30 },
      );
    });
  }

  it("grows level upon level, and a divider stands in no leaf", () => {
    for (const count of [35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 1500, 30000]) {
      const keys = Uint32Array.from({ length: count }, (_, row) => (row * 7919) % 1000);
      const path = folder.path(`${count}.db`);
      writeKeys(path, 512, keys, 4096);
      expectWhole(path, keys);
    }
  });

  it("removes its scratch file", () => {
    const path = folder.path("t.db");
    writeKeys(
      path,
      512,
      Uint32Array.from({ length: 100 }, (_, row) => row),
      10,
    );
    expect(existsSync(`${path}-runs`)).to.equal(false);
  });

  it("keeps rows of one key in their order when their runs are longer than a window of the merge", () => {
    const keys = Uint32Array.from({ length: 40000 }, (_, row) => (row % 10000 < 5000 ? 5 : row % 3));
    const path = folder.path("t.db");
    writeKeys(path, 4096, keys, 10000);
    expectWhole(path, keys);
  });
});
