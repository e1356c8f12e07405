import { existsSync } from "node:fs";
import Database from "better-sqlite3";
import { expect } from "chai";
import { PageFile } from "../../../src/store/sqlite-file/page-file.js";
import { RecordSpool } from "../../../src/store/sqlite-file/record-spool.js";
import { RecordWriter } from "../../../src/store/sqlite-file/record-writer.js";
import { TableWriter } from "../../../src/store/sqlite-file/table-writer.js";
import { useScratchFolder } from "../scratch-folder.js";
import { createEmptyDatabase, integrityOf } from "./empty-database.js";

describe("records that wait for their table's turn", () => {
  const folder = useScratchFolder();

  /** Rows whose lengths need one octet and two. */
  const textOf = (row: number): string => "x".repeat((row * 37) % 400);

  function spoolRows(count: number, blockBytes: number): { spool: RecordSpool; scratch: string } {
    const scratch = folder.path("scratch");
    const spool = new RecordSpool(scratch, { blockBytes });
    const record = new RecordWriter(spool.bytes);
    for (let row = 1; row <= count; row++) {
      record.begin(spool.begin(3 * row), 2);
      record.null();
      record.text(textOf(row));
      spool.end(record.end());
    }
    return { spool, scratch };
  }

  for (const [name, count, blockBytes] of [
    ["no row at all", 0, 1000],
    ["rows that fit in memory", 20, 1 << 20],
    ["blocks in a file and a rest in memory", 1001, 1000],
    ["blocks of one row each", 50, 1],
  ] as const) {
    it(`come out as they went in: ${name}`, () => {
      const { spool, scratch } = spoolRows(count, blockBytes);
      expect(existsSync(scratch)).to.equal(count * 50 > blockBytes);
      const path = folder.path("t.db");
      const roots = createEmptyDatabase(path, 1024, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)");
      const file = new PageFile(path);
      const table = new TableWriter(file, roots.get("t")!);
      spool.drainTo(table);
      spool.close();
      spool.close();
      table.finish();
      file.finish();
      expect(existsSync(scratch)).to.equal(false);
      expect(integrityOf(path)).to.equal("ok");
      const database = new Database(path, { readonly: true });
      const rows = database.prepare("SELECT id, a FROM t ORDER BY id").raw(true).all();
      database.close();
      expect(rows).to.deep.equal(Array.from({ length: count }, (_, row) => [3 * (row + 1), textOf(row + 1)]));
    });
  }

  it("are refused when a length of 16 bits does not hold them", () => {
    const { spool } = spoolRows(0, 1000);
    const at = spool.begin(1);
    expect(() => spool.end(at + 0x10000)).to.throw(RangeError, "65536 octets");
  });
});
