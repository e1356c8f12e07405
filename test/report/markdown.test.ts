import { expect } from "chai";
import { formatMarkdown } from "../../src/report/markdown.js";
import {
  markdownCode,
  markdownCodeBlock,
  markdownCodeCell,
  markdownProse,
  markdownText,
} from "../../src/report/markdown-text.js";
import { gateOf, hostileReport } from "../support/hostile-report.js";
import { sampleFinding, sampleReport, sampleServer } from "../support/sample-report.js";

describe("text in Markdown", () => {
  it("is no markup", () => {
    expect(markdownText("a_b *c* [d](e) <f> `g` $h$ i|j &amp; @k")).to.equal(
      "a\\_b \\*c\\* \\[d\\](e) \\<f\\> \\`g\\` \\$h\\$ i\\|j \\&amp; \\@k",
    );
    expect(["# a", "1. a", "- a", "+ a", "=== "].map(markdownText)).to.deep.equal([
      "\\# a",
      "1\\. a",
      "\\- a",
      "\\+ a",
      "\\=== ",
    ]);
  });

  it("does not become a link by itself", () => {
    expect(markdownText("http://e.vil and www.e.vil")).to.equal("http\\://e.vil and www\\.e.vil");
  });

  it("keeps a rule's commands as code", () => {
    expect(markdownProse("Look at `ss -ltn` and *think*.")).to.equal("Look at `ss -ltn` and \\*think\\*.");
    expect(markdownProse("an unmatched ` stays")).to.equal("an unmatched \\` stays");
  });

  it("is held by a code span whatever backticks it has", () => {
    expect(markdownCode("a`b``c")).to.equal("```a`b``c```");
    expect(markdownCode("`a`")).to.equal("`` `a` ``");
    expect(markdownCodeCell("a|b")).to.equal("`a\\|b`");
  });
});

describe("a block of code in Markdown", () => {
  it("is not ended by what stands in it", () => {
    expect(markdownCodeBlock(["a", "```", "b\n````"])).to.deep.equal([
      "`````text",
      "a",
      "```",
      "b ````",
      "`````",
    ]);
  });
});

describe("the Markdown report", () => {
  it("gives verdict, gate, findings with evidence, and captures", () => {
    const gate = gateOf({
      result: "failed",
      findings: [{ findingId: 1, status: "worse", isFailure: true, reason: "50 % of the connections" }],
      baseline: { path: "b.json", gone: [], expired: [] },
    });
    const text = formatMarkdown(sampleReport({ findings: [sampleFinding()], gate }));
    expect(text).to.match(/^## 1 error found: 7 TCP connections in 1 capture\.\n/);
    expect(text).to.contain("**Gate failed: 1 finding fails it, 0 findings are accepted.**");
    expect(text).to.contain("| 1 | error | `some-rule` | `10.0.0.2:80` | 1 | strong | worse |");
    expect(text).to.contain(
      [
        "Flow 17, `10.0.0.1:40000 -> 10.0.0.2:80`, of `dump.pcap`:",
        "",
        "```text",
        "// frame 5: the server's SYN-ACK",
        "0.000034    <- S. 0:0(0) ack 1 win 65160 <mss 1460> @synack",
        "```",
      ].join("\n"),
    );
    expect(text).to.contain("**Remedy:** Mend it.");
  });

  it("tells how the connections to each server fared", () => {
    const server = sampleServer({ flows: 8, failed: 2, segments: 50, retransmits: 6, stalledFlows: 3 });
    expect(formatMarkdown(sampleReport({ servers: [server], serverCount: 1 }))).to.contain(
      [
        "| server | connections | opened | RTT | sent again | stalled | flagged |",
        "| --- | --: | --: | --: | --: | --: | --: |",
        "| `10.0.0.2:80` | 8 | 75 % | 1.00 ms | 12 % | 3 | 0 |",
      ].join("\n"),
    );
  });

  it("stays short enough for a summary, and says what it leaves out", () => {
    const findings = Array.from({ length: 5000 }, (_, index) => sampleFinding({ id: index + 1 }));
    const text = formatMarkdown(sampleReport({ findings }));
    expect(text.length).to.be.below(1_000_000);
    expect(text).to.contain("and 4,950 findings more");
  });

  it("has no markup of a hostile name outside code", () => {
    const report = formatMarkdown(hostileReport());
    const text = report.replaceAll(/^(`{3,})text\n[\s\S]*?^\1$/gm, "");
    expect(text).not.to.equal(report);
    // Code spans are fenced by more backticks than they hold.
    const outside = text.replaceAll(/(?<![\\`])(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, "");
    expect(outside).not.to.match(/(?<!\\)<script|(?<!\\)\]\(|[^\\]:\/\//);
    for (const line of text.split("\n")) expect(line).not.to.match(/^::|^<script/);
  });
});
