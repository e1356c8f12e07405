import { statSync, writeSync } from "node:fs";
import Database from "better-sqlite3";
import { expect } from "chai";
import fc from "fast-check";
import { LOCK_BYTE_AT, PageFile, type PageFileOptions } from "../../../src/store/sqlite-file/page-file.js";
import { RecordWriter } from "../../../src/store/sqlite-file/record-writer.js";
import { TableWriter } from "../../../src/store/sqlite-file/table-writer.js";
import { putVarint } from "../../../src/store/sqlite-file/varint.js";
import { useScratchFolder } from "../scratch-folder.js";
import { createEmptyDatabase, integrityOf } from "./empty-database.js";

type Value = number | string | null;
interface Row {
  readonly id: number;
  readonly values: readonly [Value, Value, Value];
}

const SCHEMA = "CREATE TABLE t (id INTEGER PRIMARY KEY, a ANY, b ANY, c ANY) STRICT";

function writeRows(
  path: string,
  pageBytes: number,
  rows: Iterable<Row>,
  options: PageFileOptions = {},
): void {
  const roots = createEmptyDatabase(path, pageBytes, SCHEMA);
  const file = new PageFile(path, options);
  const table = new TableWriter(file, roots.get("t")!);
  const record = new RecordWriter(table.bytes);
  for (const { id, values } of rows) {
    record.begin(table.begin(id, 1), 4);
    record.null();
    for (const value of values) {
      if (value === null) record.null();
      else if (typeof value === "number") record.integer(value);
      else record.text(value);
    }
    table.end(record.end());
  }
  table.finish();
  file.finish();
}

function readRows(path: string): Row[] {
  const database = new Database(path, { readonly: true });
  const rows = database
    .prepare<[], [bigint, ...(bigint | string | null)[]]>("SELECT id, a, b, c FROM t")
    .raw(true)
    .safeIntegers(true)
    .all();
  database.close();
  return rows.map(([id, a, b, c]) => {
    const plain = (value: bigint | string | null | undefined): Value =>
      typeof value === "bigint" ? Number(value) : (value ?? null);
    return { id: Number(id), values: [plain(a), plain(b), plain(c)] };
  });
}

/** Rows 1 to `count` of about 30 octets each. */
function* simpleRows(count: number): Iterable<Row> {
  for (let id = 1; id <= count; id++) yield { id, values: [id * 1000, "some text of a row", null] };
}

describe("a table written as pages", () => {
  const folder = useScratchFolder();

  it("is an empty table when it has no rows", () => {
    writeRows(folder.path("t.db"), 4096, []);
    expect(integrityOf(folder.path("t.db"))).to.equal("ok");
    expect(readRows(folder.path("t.db"))).to.deep.equal([]);
  });

  it("holds every integer at the bounds of its serial types, and both signs", () => {
    const bounds = [7, 15, 23, 31, 47, 53].flatMap((bits) => [
      2 ** bits - 1,
      2 ** bits,
      1 - 2 ** bits,
      -(2 ** bits),
      -(2 ** bits) - 1,
    ]);
    const values = [0, 1, 2, -1, -2, 2 ** 32 - 1, 2 ** 32, ...bounds].filter(Number.isSafeInteger);
    const rows = values.map((value, index): Row => ({ id: index + 1, values: [value, "x", value] }));
    writeRows(folder.path("t.db"), 4096, rows);
    expect(readRows(folder.path("t.db"))).to.deep.equal(rows);
    expect(integrityOf(folder.path("t.db"))).to.equal("ok");
  });

  it("stores each integer in as many octets as SQLite itself does", () => {
    const values = [
      0,
      1,
      2,
      127,
      128,
      32767,
      32768,
      2 ** 23 - 1,
      2 ** 23,
      2 ** 31 - 1,
      2 ** 31,
      2 ** 47 - 1,
      2 ** 47,
      -1,
      -2,
      -128,
      -129,
      -32769,
      -(2 ** 31),
      -(2 ** 31) - 1,
    ];
    const file = new Uint8Array(64);
    const record = new RecordWriter(file);
    const sqliteOctets = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 6, 6, 8, 1, 1, 1, 2, 3, 4, 6];
    const octets = values.map((value) => {
      record.begin(0, 1);
      record.integer(value);
      return record.end() - 2;
    });
    expect(octets).to.deep.equal(sqliteOctets);
  });

  it("holds texts whose serial type takes two octets, between other values", () => {
    const rows: Row[] = [57, 58, 59, 300, 2000].map((length, index) => ({
      id: index + 1,
      values: [-5, "x".repeat(length), length],
    }));
    writeRows(folder.path("t.db"), 4096, rows);
    expect(readRows(folder.path("t.db"))).to.deep.equal(rows);
    expect(integrityOf(folder.path("t.db"))).to.equal("ok");
  });

  it("refuses a record that would need overflow pages", () => {
    const row = (length: number): Row => ({ id: 1, values: ["x".repeat(length), null, null] });
    expect(() => writeRows(folder.path("long.db"), 512, [row(600)])).to.throw(RangeError, "at most 477");
    writeRows(folder.path("fits.db"), 512, [row(470)]);
    expect(integrityOf(folder.path("fits.db"))).to.equal("ok");
  });

  it("refuses rows out of order", () => {
    const rows: Row[] = [7, 7].map((id) => ({ id, values: [1, 2, 3] }));
    expect(() => writeRows(folder.path("t.db"), 512, rows)).to.throw(RangeError, "row 7 after row 7");
  });

  for (const pageBytes of [512, 4096, 65536]) {
    it(`reads back equal whatever the rows, in pages of ${pageBytes} octets`, () => {
      const value = fc.oneof(
        fc.constant(null),
        fc.maxSafeInteger(),
        fc.integer({ min: -300, max: 300 }),
        fc.string({ unit: "binary", maxLength: 30 }).filter((text) => !text.includes("\0")),
      );
      const values = fc.tuple(value, value, value);
      const rows = fc.array(
        fc.tuple(fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 2 ** 40 })), values),
        {
          maxLength: 300,
        },
      );
      let run = 0;
      fc.assert(
        fc.property(rows, (steps) => {
          let id = 0;
          const expected = steps.map(([step, values]): Row => {
            id += step;
            return { id, values };
          });
          const path = folder.path(`${run++}.db`);
          writeRows(path, pageBytes, expected);
          expect(integrityOf(path)).to.equal("ok");
          expect(readRows(path)).to.deep.equal(expected);
        }),
        { numRuns: 30 },
      );
    });
  }

  it("grows level upon level: at each count around a new interior page it is whole", () => {
    for (const count of [
      10, 11, 12, 13, 14, 500, 700, 701, 702, 703, 704, 705, 706, 707, 708, 709, 710, 60000,
    ]) {
      const path = folder.path(`${count}.db`);
      writeRows(path, 512, simpleRows(count));
      expect(integrityOf(path), `${count} rows`).to.equal("ok");
      expect(readRows(path), `${count} rows`).to.deep.equal([...simpleRows(count)]);
    }
  });

  it("finds single rows through all levels, and SQLite can go on writing", () => {
    const path = folder.path("t.db");
    writeRows(path, 512, simpleRows(60000));
    const database = new Database(path);
    for (const id of [1, 2, 29999, 59999, 60000]) {
      expect(database.prepare("SELECT a FROM t WHERE id = ?").pluck().get(id)).to.equal(id * 1000);
    }
    database.exec("INSERT INTO t (a) VALUES ('more'); DELETE FROM t WHERE id % 3 = 0");
    database.close();
    expect(integrityOf(path)).to.equal("ok");
  });

  it("leaves the page of the lock byte unused, 1 GiB into the file", () => {
    const path = folder.path("t.db");
    const pageBytes = 65536;
    const blobBytes = 65000;
    const count = LOCK_BYTE_AT / pageBytes + 10;
    const roots = createEmptyDatabase(path, pageBytes, "CREATE TABLE t (id INTEGER PRIMARY KEY, zeros BLOB)");
    const file = new PageFile(path, { write: writeWithHoles });
    const table = new TableWriter(file, roots.get("t")!);
    for (let id = 1; id <= count; id++) {
      const at = table.begin(id, 3);
      // Five octets of header: its length, NULL for the id, the blob's serial type; the blob is what was there: zeros.
      table.bytes.set([5, 0], at);
      table.end(putVarint(table.bytes, at + 2, 12 + 2 * blobBytes) + blobBytes);
    }
    table.finish();
    file.finish();
    expect(statSync(path).size).to.be.greaterThan(LOCK_BYTE_AT + pageBytes);
    expect(integrityOf(path)).to.equal("ok");
    const database = new Database(path, { readonly: true });
    expect(database.prepare("SELECT count(*), sum(length(zeros)) FROM t").raw().get()).to.deep.equal([
      count,
      count * blobBytes,
    ]);
    database.close();
  });
});

/** Writes what is not zero, so that a file of mostly zeros takes little of the disk. */
function writeWithHoles(
  fd: number,
  bytes: Uint8Array,
  offset: number,
  length: number,
  position: number,
): number {
  const zeros = Buffer.alloc(4096);
  for (let at = 0; at < length; at += zeros.length) {
    const part = bytes.subarray(offset + at, offset + Math.min(at + zeros.length, length));
    if (zeros.compare(part, 0, part.length, 0, part.length) !== 0)
      writeSync(fd, part, 0, part.length, position + at);
  }
  return length;
}
