import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { analyze } from "../../src/analyze.js";
import { formatJson, REPORT_VERSION } from "../../src/report/json.js";
import { hostileReport } from "../support/hostile-report.js";
import { closed, problemsBy, readSchema } from "../support/json-schema.js";

const SCHEMA = "docs/report.schema.json";
const captures = fileURLToPath(new URL("../../captures/", import.meta.url));

describe("docs/report.schema.json", () => {
  const problems = problemsBy(closed(readSchema(SCHEMA)));

  it("describes every member of a report, with the kernel's files beside the capture", async () => {
    const folder = mkdtempSync(join(tmpdir(), "report-schema-"));
    try {
      const report = await analyze({
        paths: [join(captures, "accept-queue-watched.pcap"), join(captures, "mirrored.pcap")],
        counters: [join(captures, "accept-queue-watched.counters.txt")],
        sockets: [join(captures, "accept-queue-watched.sockets.txt")],
        routes: [join(captures, "accept-queue-watched.routes.txt")],
        database: join(folder, "run.db"),
      });
      expect(report.findings).not.to.have.length(0);
      expect(report.kernel).not.to.equal(null);
      expect(problems(JSON.parse(formatJson(report)))).to.equal(null);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("describes the gate", () => {
    expect(problems(JSON.parse(formatJson(hostileReport())))).to.equal(null);
  });

  it("is the schema of this version, and refuses a report without findings", () => {
    expect(readSchema(SCHEMA)).to.have.nested.property("properties.reportVersion.const", REPORT_VERSION);
    const { findings: _, ...report } = JSON.parse(formatJson(hostileReport()));
    expect(problems(report)).to.contain("must have required property 'findings'");
  });
});
