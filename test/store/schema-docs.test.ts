import { readFileSync } from "node:fs";
import Database from "better-sqlite3";
import { expect } from "chai";
import { parseSchema, schemaDocs } from "../../scripts/generate-schema-docs.mjs";

const sqlOf = (name: string): string =>
  readFileSync(new URL(`../../src/store/${name}`, import.meta.url), "utf8");

describe("docs/schema.md", () => {
  it("is what the comments in the .sql files say: run `node scripts/generate-schema-docs.mjs`", () => {
    const stored = readFileSync(new URL("../../docs/schema.md", import.meta.url), "utf8");
    expect(stored).to.equal(schemaDocs());
  });

  it("describes every table, every view and every column of each", () => {
    const database = new Database(":memory:");
    database.exec(sqlOf("schema.sql") + sqlOf("views.sql"));
    const objects = [...parseSchema(sqlOf("schema.sql")), ...parseSchema(sqlOf("views.sql"))];
    const names = database
      .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY rowid")
      .pluck()
      .all();
    expect(objects.map((object) => object.name)).to.deep.equal(names);
    for (const { name, description, columns } of objects) {
      expect(description, name).to.not.equal("");
      const expected = database
        .prepare<[string], string>("SELECT name FROM pragma_table_info(?)")
        .pluck()
        .all(name);
      expect(
        columns.map((column) => column.name),
        name,
      ).to.deep.equal(expected);
    }
    database.close();
  });
});
