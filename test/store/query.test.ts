import { readFileSync } from "node:fs";
import { expect } from "chai";
import { AnalyzeError } from "../../src/errors.js";
import { DatabaseWriter } from "../../src/store/database-writer.js";
import { type OpenDatabase, openDatabase } from "../../src/store/open-database.js";
import { captureRow, flowRow } from "./sample-rows.js";
import { useScratchFolder } from "./scratch-folder.js";

describe("a query as a user types it", () => {
  const folder = useScratchFolder();
  let database: OpenDatabase;

  beforeEach(() => {
    const writer = new DatabaseWriter(folder.path("t.db"));
    for (let id = 1; id <= 3; id++) writer.appendFlow(flowRow({ id }));
    const tables = writer.finishTimelines();
    tables.insert("captures", captureRow());
    tables.commit();
    database = openDatabase(folder.path("t.db"));
  });
  afterEach(() => database.close());

  it("gives the columns in order, also two of one name, and the rows", () => {
    const { columns, rows } = database.query("SELECT id, state, id FROM flows ORDER BY id DESC LIMIT 2;");
    expect(columns).to.deep.equal(["id", "state", "id"]);
    expect([...rows]).to.deep.equal([
      [3, "SF", 3],
      [2, "SF", 2],
    ]);
  });

  it("gives integers exactly, on both sides of 2^53, and all other types", () => {
    const { rows } = database.query(
      "SELECT 9007199254740991, 9007199254740992, -9223372036854775807 - 1, 1.5, NULL, 'x', x'00ff'",
    );
    expect([...rows]).to.deep.equal([
      [9007199254740991, 9007199254740992n, -9223372036854775808n, 1.5, null, "x", Buffer.of(0, 255)],
    ]);
    expect([...database.query("SELECT start_ns FROM captures").rows]).to.deep.equal([[1700000000000000001n]]);
  });

  for (const sql of [
    "DELETE FROM flows",
    "INSERT INTO encapsulations VALUES (1, 'x') RETURNING id",
    "CREATE TABLE t (a)",
    "DROP TABLE flows",
    "PRAGMA user_version = 5",
    "ATTACH DATABASE 'other.db' AS other",
    "VACUUM INTO 'copy.db'",
    "BEGIN",
    "SELECT * FROM nowhere",
    "SELEC 1",
    "SELECT 1; SELECT 2",
    "SELECT ?",
    "",
    "-- nothing",
  ]) {
    it(`is refused with a sentence, and nothing is changed: ${sql || "(empty)"}`, () => {
      const before = readFileSync(folder.path("t.db"));
      expect(() => [...database.query(sql).rows])
        .to.throw(AnalyzeError)
        .with.property("code", "SQL_INVALID");
      expect(readFileSync(folder.path("t.db")).equals(before)).to.equal(true);
    });
  }

  it("says what SQLite says", () => {
    expect(() => database.query("SELECT * FROM nowhere")).to.throw("no such table: nowhere");
    expect(() => database.query("DELETE FROM flows")).to.throw("only statements that read");
  });
});
