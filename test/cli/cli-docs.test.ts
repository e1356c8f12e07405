import { readFileSync } from "node:fs";
import { expect } from "chai";
import { CLI_DOCS, cliDocs } from "../../scripts/make-cli-docs.js";

describe("docs/cli.md", () => {
  it("is what the help says (else run tsx scripts/make-cli-docs.ts)", () => {
    expect(readFileSync(CLI_DOCS, "utf8")).to.equal(cliDocs());
  });

  it("names every command, every option and every exit code, within 80 columns", () => {
    const blocks = [...cliDocs().matchAll(/```text\n([\s\S]*?)```/g)].map(([, block]) => block!);
    expect(blocks).to.have.length(9);
    for (const word of [
      "live",
      "query",
      "show",
      "rules",
      "compare",
      "between",
      "export",
      "baseline",
      "--report",
      "--baseline",
      "--fail-on",
      "--timeline",
      "--option",
      "--config",
      "--no-color",
    ]) {
      expect(blocks[0]).to.contain(word);
    }
    for (const code of [0, 1, 2, 3]) expect(blocks[0]).to.match(new RegExp(`^ {2}${code}  `, "m"));
    for (const line of blocks.join("").split("\n")) expect(line.length, line).to.be.at.most(80);
  });
});
