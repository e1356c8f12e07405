import { expect } from "chai";
import { formatJson } from "../../src/report/json.js";
import { jsonLines } from "../../src/report/json-lines.js";
import { sampleFinding, sampleReport } from "../support/sample-report.js";

describe("the report as JSON Lines", () => {
  it("holds what the JSON report holds, a line an object", () => {
    const report = sampleReport({ findings: [sampleFinding(), sampleFinding({ id: 2 })] });
    const lines = [...jsonLines(report)];
    for (const line of lines) expect(line).to.match(/^\{.*\}\n$/);
    const objects = lines.map((line) => JSON.parse(line));
    expect(objects.map(({ type }) => type)).to.deep.equal(["run", "capture", "finding", "finding"]);
    const membersOf = (type: string) =>
      objects.filter((object) => object.type === type).map(({ type: _, ...members }) => members);
    const [run] = membersOf("run");
    expect({
      ...run,
      captures: membersOf("capture"),
      findings: membersOf("finding"),
      servers: membersOf("server"),
    }).to.deep.equal(JSON.parse(formatJson(report)));
  });

  it("cannot be made to act on a terminal or to begin another line", () => {
    const text = [...jsonLines(sampleReport({ database: "a\u001b[31m\u2028\nb" }))].join("");
    for (const character of ["\u001b", "\u2028"]) expect(text).not.to.contain(character);
    expect(text.split("\n")).to.have.length(3);
  });
});
