import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";

const root = new URL("../../", import.meta.url);

/** Reads a JSON Schema of the repository. */
export function readSchema(path: string): object {
  return JSON.parse(readFileSync(new URL(path, root), "utf8"));
}

/** What is wrong with `value` by the schema; null when nothing. */
export function problemsBy(schema: object): (value: unknown) => string | null {
  const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true });
  addFormats.default(ajv);
  const validate = ajv.compile(schema);
  return (value) => (validate(value) ? null : ajv.errorsText(validate.errors));
}

/** The schema with every object closed: members that it does not describe are wrong. */
export function closed(schema: unknown): object {
  const close = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(close);
    if (typeof value !== "object" || value === null) return value;
    const members = Object.entries(value).map(([key, member]) => [key, close(member)] as const);
    const isObject = "properties" in value && "required" in value;
    return { ...(isObject ? { additionalProperties: false } : {}), ...Object.fromEntries(members) };
  };
  return { ...Object(close(schema)) };
}
