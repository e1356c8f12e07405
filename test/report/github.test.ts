import { expect } from "chai";
import { githubLines, withoutCommands } from "../../src/report/github.js";
import type { Report } from "../../src/report/report.js";
import { gateOf, hostileReport } from "../support/hostile-report.js";
import { sampleFinding, sampleReport } from "../support/sample-report.js";

const linesOf = (members: Partial<Report>) => [...githubLines(sampleReport(members))];

describe("the report as workflow commands", () => {
  it("annotates the capture with each finding, its evidence and its remedy", () => {
    expect(linesOf({ findings: [sampleFinding({ source: "./a/dump.pcap" })] })).to.deep.equal([
      "::error file=a/dump.pcap,title=some-rule::It happened.%0Aframe 5: the server's SYN-ACK%0AMend it.\n",
    ]);
    const [warning, note] = linesOf({
      findings: [sampleFinding({ severity: "warning" }), sampleFinding({ severity: "note" })],
    });
    expect(warning).to.match(/^::warning /);
    expect(note).to.match(/^::notice /);
  });

  it("writes a percent sign as no escape", () => {
    const [line] = linesOf({ findings: [sampleFinding({ message: "30 %0A of them", source: "100%.pcap" })] });
    expect(line).to.match(/^::error file=100%25\.pcap,title=some-rule::30 %250A of them%0A/);
  });

  it("gives what is accepted as a notice, and what is unmet or cannot be judged too", () => {
    const gate = gateOf({
      findings: [{ findingId: 1, status: "accepted", isFailure: false, reason: "known" }],
      expectations: [
        {
          path: "dump.expect.json",
          source: "dump.pcap",
          kind: "must",
          demand: "other-rule",
          isMet: false,
          problem: "it was not found",
        },
      ],
    });
    const lines = linesOf({ findings: [sampleFinding()], gate, unjudgeable: "Too few frames" });
    expect(lines[0]).to.match(/^::notice file=dump\.pcap,title=some-rule \(accepted\)::/);
    expect(lines.slice(1)).to.deep.equal([
      "::error file=dump.expect.json,title=expectation not met::other-rule must be there; it was not found.\n",
      "::warning title=no verdict::Too few frames\n",
    ]);
  });

  it("is escaped as GitHub's toolkit does: nothing ends a command, and no other begins", () => {
    const lines = [...githubLines(hostileReport())];
    for (const line of lines) {
      expect(line).to.match(/^::(?:error|warning|notice) [^\n\r\u2028]*\n$/);
      const properties = line.slice(2, line.indexOf("::", 2));
      for (const property of properties.split(" ").slice(1).join(" ").split(","))
        expect(property).to.match(/^(?:file|title)=[^:,]*$/);
    }
  });

  it("keeps another report's text in the same log from being taken for commands", () => {
    expect([...withoutCommands(["::error::x"], "token")].join("")).to.equal(
      "::stop-commands::token\n::error::x\n::token::\n",
    );
  });
});
