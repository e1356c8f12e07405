/**
 * Writes docs/schema.md from the comments of src/store/*.sql: `node scripts/generate-schema-docs.mjs`.
 * A table or view is described by the `--` lines above it, a column by the `--` at the end of its line.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const SOURCES = ["schema.sql", "views.sql"];

const INTRODUCTION = `# The database

Generated from the comments in \`src/store/schema.sql\` and \`src/store/views.sql\` by
\`node scripts/generate-schema-docs.mjs\`; change those.

An ordinary SQLite file: \`PRAGMA application_id\` is 0x74637061, \`PRAGMA user_version\` is the version of these tables.
Times ending in \`_ns\` are nanoseconds, \`_bytes\` are octets; a \`frame\` is Wireshark's \`frame.number\`.
`;

/**
 * The tables and views of an SQL text.
 * @param {string} sql
 * @returns {{ kind: string, name: string, description: string, columns: { name: string, type: string, description: string }[] }[]}
 */
export function parseSchema(sql) {
  const objects = [];
  let comment = [];
  let current;
  for (const line of sql.split("\n")) {
    const start = line.match(/^CREATE (TABLE|VIEW) (\w+)/);
    if (start) {
      current = { kind: start[1].toLowerCase(), name: start[2], description: comment.join(" "), columns: [] };
      objects.push(current);
    } else if (current && !line.startsWith("--")) {
      const column = parseColumn(current.kind, line);
      if (column) current.columns.push(column);
    }
    comment = line.startsWith("-- ") ? [...comment, line.slice(3)] : [];
    if (/;\s*$/.test(line)) current = undefined;
  }
  return objects;
}

/** @param {string} kind @param {string} line */
function parseColumn(kind, line) {
  const comment = line.match(/^(.*?)\s+-- (.*)$/);
  if (!comment) return undefined;
  const definition = comment[1].trim().replace(/,$/, "");
  if (kind === "view")
    return { name: definition.match(/\bAS (\w+)$/)?.[1] ?? definition, type: "", description: comment[2] };
  const [name, type] = definition.split(" ");
  const isNullable = !/NOT NULL|PRIMARY KEY/.test(definition);
  const reference = definition.match(/REFERENCES (\w+)/)?.[1];
  return {
    name,
    type: `${type}${isNullable ? " or NULL" : ""}${reference ? `, [${reference}](#${reference})` : ""}`,
    description: comment[2],
  };
}

/** The whole of docs/schema.md. */
export function schemaDocs() {
  const parts = [INTRODUCTION];
  for (const source of SOURCES) {
    const sql = readFileSync(new URL(`../src/store/${source}`, import.meta.url), "utf8");
    for (const { kind, name, description, columns } of parseSchema(sql)) {
      const isView = kind === "view";
      parts.push(`## ${name}\n\n${isView ? "View. " : ""}${description}\n`);
      parts.push(isView ? "| column | |\n| --- | --- |" : "| column | type | |\n| --- | --- | --- |");
      for (const column of columns) {
        parts.push(`| \`${column.name}\` |${isView ? "" : ` ${column.type} |`} ${column.description} |`);
      }
      parts.push("");
    }
  }
  return parts.join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL("../docs/schema.md", import.meta.url), schemaDocs());
}
