import { expect } from "chai";
import { mergeRuleArguments } from "../../src/cli/rule-arguments.js";
import { AnalyzeError } from "../../src/errors.js";

describe("--rule and --option", () => {
  it("win over the configuration file, the last word over the ones before", () => {
    const file = { a: { severity: "off", options: { x: 1, y: 2 } }, b: { severity: "note" } } as const;
    expect(
      mergeRuleArguments(file, { rule: ["a=note", "a=error", "c=off"], option: ["a.x=5", "d.z=0.5"] }),
    ).to.deep.equal({
      a: { severity: "error", options: { x: 5, y: 2 } },
      b: { severity: "note" },
      c: { severity: "off" },
      d: { options: { z: 0.5 } },
    });
    expect(mergeRuleArguments(file, {})).to.deep.equal(file);
  });

  it("keep a rule named like an inherited property, so that it is refused as unknown later", () => {
    const merged = mergeRuleArguments({}, { rule: ["__proto__=off"] });
    expect(Object.keys(merged)).to.deep.equal(["__proto__"]);
  });

  for (const argument of ["a", "a=", "=off", "a=on", "a=off=off"]) {
    it(`refuse --rule ${argument}`, () => {
      expect(() => mergeRuleArguments({}, { rule: [argument] })).to.throw(AnalyzeError, `not "${argument}"`);
    });
  }

  for (const argument of ["a", "a=1", "a.x", "a.x=", "a.x= ", "a.x=y", "a.x=Infinity", ".x=1"]) {
    it(`refuse --option ${argument}`, () => {
      expect(() => mergeRuleArguments({}, { option: [argument] })).to.throw(
        AnalyzeError,
        `not "${argument}"`,
      );
    });
  }
});
