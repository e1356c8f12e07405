import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { keepConstants } from "../../scripts/keep-constants.mjs";

describe("constants in the bundles", () => {
  for (const [what, code] of [
    ["a number that is computed", "var FIELD = place(); use(-FIELD);"],
    ["several, and a class", "var FIRST = 1, SECOND = FIRST << 1, Third = class { at = 0; };"],
    ["one whose elements change", "var TABLE = []; TABLE[0] = 1; TABLE.length = 0; TABLE[0]++;"],
  ] as const)
    it(`are constants again: ${what}`, () => {
      expect(keepConstants(code)).to.equal(code.replaceAll("var ", "const "));
    });

  for (const [what, code] of [
    ["assigned to in a function", "var last = null; function set(value) { last = value; }"],
    ["counted", "var count = 0; function next() { return ++count; }"],
    ["added to", 'var text = ""; function add(part) { text += part; }'],
    ["set by a pattern", "var [first] = [1], second = 2; [{ second }] = [{ second: 3 }];"],
    ["set by the rest of a pattern", "var rest = []; [, ...rest] = [1, 2];"],
    ["set by a loop", "var each = 0; for (each of [1, 2]) use(each);"],
    ["not set at first", "var later; use(later);"],
    ["inside a function", "function inner() { var place = 1; return place; }"],
  ] as const)
    it(`stay variables: ${what}`, () => {
      expect(keepConstants(code)).to.equal(code);
    });

  it("are published as such: V8 folds the places of fields into the code of the hot functions", () => {
    const worker = fileURLToPath(new URL("../../dist/segment-thread/segment-worker.js", import.meta.url));
    const declarations = readFileSync(worker, "utf8").match(/^\w+ \w+ = \w+Index\(/gm) ?? [];
    expect(declarations).to.not.be.empty;
    for (const declaration of declarations) expect(declaration).to.match(/^const /);
  });
});
