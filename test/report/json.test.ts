import { expect } from "chai";
import { formatJson } from "../../src/report/json.js";
import { sampleFinding, sampleReport } from "../support/sample-report.js";

describe("the JSON report", () => {
  it("is the report, with its version and verdict", () => {
    const report = sampleReport({ findings: [sampleFinding({ message: "with \u001b and \u009b" })] });
    const text = formatJson(report);
    expect(JSON.parse(text)).to.deep.equal({
      reportVersion: 1,
      verdict: "1 error found: 7 TCP connections in 1 capture.",
      ...report,
    });
    expect(text).to.match(/\}\n$/);
  });
});
