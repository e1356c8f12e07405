import { expect } from "chai";
import { formatJunit } from "../../src/report/junit.js";
import { gateOf, hostileReport } from "../support/hostile-report.js";
import { sampleCapture, sampleFinding, sampleReport } from "../support/sample-report.js";

const rule = (id: string) => ({ id, summary: "", severity: "error", docs: "" }) as const;

/** Start tags with their attributes, in order. */
function tagsOf(xml: string): string[] {
  return [...xml.matchAll(/<(\w+(?: [^<>]*?)?)\/?>/g)].map(([, tag]) => tag!);
}

describe("the JUnit report", () => {
  it("has a suite for each capture and a case for each rule", () => {
    const xml = formatJunit(
      sampleReport({
        captures: [sampleCapture({ source: "a.pcap" }), sampleCapture({ source: "b.pcap" })],
        rules: [rule("some-rule"), rule("other-rule")],
        findings: [sampleFinding({ source: "b.pcap" })],
      }),
    );
    const tags = tagsOf(xml);
    expect(tags[0]).to.equal(
      'testsuites name="tcptrace-analyze" tests="4" failures="1" errors="0" skipped="0"',
    );
    expect(tags.filter((tag) => tag.startsWith("testsuite "))).to.deep.equal([
      'testsuite name="a.pcap" tests="2" failures="0" errors="0" skipped="0"',
      'testsuite name="b.pcap" tests="2" failures="1" errors="0" skipped="0"',
    ]);
    expect(tags).to.include('testcase classname="b.pcap" name="other-rule"');
    expect(tags).to.include('failure message="It happened." type="error"');
    expect(xml).to.contain(
      [
        "Flow 17, 10.0.0.1:40000 -> 10.0.0.2:80:",
        "  // frame 5, dump.pcap: the server's SYN-ACK",
        "  0.000034    <- S. 0:0(0) ack 1 win 65160",
      ].join("\n"),
    );
  });

  it("fails only with what fails the run; what is accepted stands in the output", () => {
    const gate = gateOf({
      findings: [
        { findingId: 1, status: "accepted", isFailure: false, reason: "accepted until 2027-01-01: known" },
      ],
    });
    const xml = formatJunit(sampleReport({ rules: [rule("some-rule")], findings: [sampleFinding()], gate }));
    expect(xml).to.contain('tests="1" failures="0"');
    expect(xml).to.match(/<system-out>.*accepted until 2027-01-01: known.*It happened\./s);
  });

  it("has a case for each expectation of a capture", () => {
    const unmet = { kind: "must", demand: "some-rule", isMet: false, problem: "it was not found" } as const;
    const expectation = { path: "dump.expect.json", source: "dump.pcap", ...unmet };
    const xml = formatJunit(sampleReport({ gate: gateOf({ expectations: [expectation] }) }));
    expect(tagsOf(xml)).to.include('testcase classname="dump.pcap" name="must be there: some-rule"');
    expect(xml).to.contain('message="it was not found (dump.expect.json)"');
  });

  it("has an error when the captures cannot be judged", () => {
    const xml = formatJunit(sampleReport({ unjudgeable: "Too few frames" }));
    expect(tagsOf(xml)[0]).to.contain('errors="1"');
    expect(xml).to.contain('<error message="Too few frames" type="unjudgeable"/>');
  });

  it("stays XML with hostile names", () => {
    const xml = formatJunit(hostileReport());
    // XML 1.0, section 2.2: the characters that it has.
    expect(xml).not.to.match(/[^\t\n\u0020-\ud7ff\ue000-\ufffd]/);
    const outside = xml.replaceAll(/<!\[CDATA\[.*?\]\]>/gs, "");
    expect(outside).not.to.contain("]]>");
    expect(outside).not.to.match(/<script|&(?!amp;|lt;|gt;|quot;|apos;|#\w+;)/);
  });
});
