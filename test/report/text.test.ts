import { expect } from "chai";
import type { Report } from "../../src/report/report.js";
import { formatText } from "../../src/report/text.js";
import { parsePacketLine } from "../../src/tcp/notation.js";
import {
  sampleCapture,
  sampleFinding,
  sampleReport,
  sampleServer,
  sampleStep,
} from "../support/sample-report.js";

const plain = (report: Report): string => formatText(report, { width: 80, colour: false });
const firstLine = (report: Report): string => plain(report).split("\n")[0]!;

describe("the text report", () => {
  it("says the verdict first", () => {
    const finding = sampleFinding();
    const note = sampleFinding({ severity: "note" });
    expect(firstLine(sampleReport({ findings: [finding, finding, note] }))).to.equal(
      "2 errors and 1 note found: 7 TCP connections in 1 capture.",
    );
    expect(firstLine(sampleReport())).to.equal("Nothing found: 7 TCP connections in 1 capture.");
    expect(firstLine(sampleReport({ flows: 0 }))).to.equal(
      "Nothing to judge: no TCP connection in 1 capture.",
    );
  });

  it("never says that nothing was found when nothing could be", () => {
    const text = plain(sampleReport({ unjudgeable: "Half of the frames were lost." }));
    expect(text).to.match(/^No verdict: /);
    expect(text).to.contain("Half of the frames were lost.");
  });

  it("tells of a finding what, why, what to do, what else and where to look", () => {
    const finding = sampleFinding({ flowIds: [17, 18, 19], alternatives: ["Something else."] });
    expect(plain(sampleReport({ findings: [finding] }))).to.contain(`
1. error  some-rule  (strong, seen from: server-host)
   It happened.

   Evidence flow 17 (10.0.0.1:40000 -> 10.0.0.2:80) of dump.pcap
     // frame 5: the server's SYN-ACK
     0.000034    <- S. 0:0(0) ack 1 win 65160 <mss 1460> @synack

   Why      It matters.
   Remedy   Mend it.
   Or else  Something else.
   More     \`tcptrace-analyze show 17\` (and 2 flows alike: view finding_flows)
`);
  });

  it("names the database where commands are to look, and none when none was kept", () => {
    const textWith = (database: string | null): string =>
      plain(
        sampleReport({
          database,
          findings: [sampleFinding({ flowIds: [17, 18] })],
          servers: [sampleServer()],
          serverCount: 40,
        }),
      );
    expect(textWith("it's here.db"))
      .to.contain("`tcptrace-analyze show 17 --db 'it'\\''s here.db'`")
      .and.contain("server_summary\" --db 'it'\\''s here.db'`");
    expect(textWith("a\u001b.db")).to.contain("--db 'a?.db'");
    expect(textWith("tcptrace.db")).to.contain("`tcptrace-analyze show 17`");
    expect(textWith(null)).to.contain("More     1 flow alike\n").and.not.contain("tcptrace-analyze");
    const alone = sampleReport({ database: null, findings: [sampleFinding({ flowIds: [17] })] });
    expect(plain(alone)).not.to.contain("More");
  });

  it("explains once what findings have in common", () => {
    const findings = [
      sampleFinding({ flowIds: [1] }),
      sampleFinding({ flowIds: [2] }),
      sampleFinding({ flowIds: [3], remedy: "Mend something else." }),
    ];
    const [, first, second, third] = plain(sampleReport({ findings })).split(/^\d\. error/m);
    expect(first).to.contain("Why      It matters.").and.contain("Remedy   Mend it.");
    expect(second).to.contain("Why      see 1, also for what").and.not.contain("Mend it.");
    expect(third).to.contain("Why      It matters.").and.contain("Remedy   Mend something else.");
  });

  it("shows packets of three findings of a rule, ten of them in all, and counts the others", () => {
    const many = Array.from({ length: 13 }, (_, index) => sampleFinding({ flowIds: [index + 1] }));
    const findings = [...many, sampleFinding({ ruleId: "other-rule", flowIds: [99] })];
    const text = plain(sampleReport({ database: "run.db", findings }));
    expect(text.match(/@synack/g)).to.have.length(3 + 1);
    expect(text.match(/^\d+\. error {2}some-rule/gm)).to.have.length(10);
    expect(text).to.contain("14. error  other-rule").and.not.contain("other-rule:");
    expect(text.replaceAll(/\s+/g, " ")).to.contain(
      'And more alike, 3 of some-rule: `tcptrace-analyze query "SELECT rule_id, message FROM findings" --db run.db`',
    );
    expect(plain(sampleReport({ database: null, findings }))).to.contain("`--report json=FILE` writes all");
  });

  it("says how many findings of an incident are not shown", () => {
    const many = Array.from({ length: 1200 }, (_, index) => sampleFinding({ flowIds: [7, index + 10] }));
    expect(plain(sampleReport({ findings: many })).replaceAll(/\s+/g, " ")).to.contain(
      "Findings 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 1,190 more are one incident of 1,201 connections:",
    );
  });

  it("shows a packet that proves two things once, below both notes", () => {
    const ladder = [
      sampleStep({ role: "last", description: "the last" }),
      sampleStep({ role: "first", description: "the first" }),
    ];
    expect(plain(sampleReport({ findings: [sampleFinding({ ladder })] }))).to.contain(`
     // frame 5: the last
     // frame 5: the first
     0.000034    <- S. 0:0(0) ack 1 win 65160 <mss 1460> @first
`);
  });

  it("keeps the findings of one incident together, under their numbers in the report", () => {
    const text = plain(
      sampleReport({
        findings: [
          sampleFinding({ flowIds: [1, 2] }),
          sampleFinding({ flowIds: [9] }),
          sampleFinding({ flowIds: [2, 3] }),
        ],
      }),
    );
    expect(text).to.contain("Findings 1 and 3 are one incident of 3 connections:\n\n1. error");
    expect(text.indexOf("2. error")).to.be.greaterThan(text.indexOf("3. error"));
  });

  it("points to the evidence's flow when that is not the first", () => {
    const text = plain(sampleReport({ findings: [sampleFinding({ flowIds: [3, 17] })] }));
    expect(text).to.contain("show 17").and.not.contain("show 3");
  });

  it("shows what proves a finding among its neighbours, and counts what lies between", () => {
    const finding = sampleFinding({
      ladder: [
        sampleStep({ role: null, frame: 4, timeNs: 0, packet: "-> S 0:0(0) win 64240 <mss 1460>" }),
        sampleStep(),
        { kind: "gap", timeNs: 9_000_000, packets: 1200 },
        sampleStep({
          role: null,
          frame: 1300,
          timeNs: 9_000_000,
          packet: "-> P. 1:6(5) ack 1",
          cause: "timeout",
        }),
      ],
    });
    expect(plain(sampleReport({ findings: [finding] }))).to.contain(`
     0           -> S 0:0(0) win 64240 <mss 1460> // frame 4
     // frame 5: the server's SYN-ACK
     0.000034    <- S. 0:0(0) ack 1 win 65160 <mss 1460> @synack
     // 1,200 packets more
     0.009       -> P. 1:6(5) ack 1 // frame 1300, timeout
`);
  });

  it("prints evidence that the packet notation reads, within 80 columns", () => {
    const long = [
      "<- S. 0:0(0) ack 1 win 65160 <mss 1460,sackOK,TS val 3816405384 ecr 1563892741,wscale 7>",
      "-> P. 4294967296:4294968744(1448) ack 4294967297 win 65535 <TS val 3816405384 ecr 1563892741>",
      "-> . 1:1(0) ack 1 win 502 <malformed 0x0800>",
    ];
    for (const packet of long) {
      const finding = sampleFinding({ ladder: [sampleStep({ packet, role: "retransmission" })] });
      const lines = plain(sampleReport({ findings: [finding] })).split("\n");
      const line = lines.find((each) => each.includes("@retransmission"))!;
      expect(line.length).to.be.at.most(80);
      expect(parsePacketLine(line.trim())).to.include({ timeNs: 34_000, label: "retransmission" });
    }
  });

  it("keeps the whole packet when there is room, and says when options were cut", () => {
    const linesOf = (packet: string): string =>
      plain(sampleReport({ findings: [sampleFinding({ ladder: [sampleStep({ packet })] })] }));
    expect(linesOf("<- S. 0:0(0) ack 1 <mss 1460>")).to.contain("ack 1 <mss 1460> @synack\n");
    const options = "<mss 1460,sackOK,TS val 3816405384 ecr 1563892741>";
    expect(linesOf(`<- S. 0:0(0) ack 1 win 9 ${options}`)).to.contain("ack 1 win 9 @synack // options cut\n");
  });

  it("names the file and flow of evidence from elsewhere", () => {
    const other = sampleStep({ source: "dump.pcap1", frame: 2, flowId: 18 });
    expect(plain(sampleReport({ findings: [sampleFinding({ ladder: [sampleStep(), other] })] }))).to.contain(
      "// frame 2, flow 18, dump.pcap1: the server's SYN-ACK\n",
    );
  });

  it("tells when evidence happened if its packet was not kept", () => {
    const finding = sampleFinding({ ladder: [sampleStep({ packet: null })] });
    expect(plain(sampleReport({ findings: [finding] }))).to.contain(
      "// frame 5, at 0.000034 s: the server's SYN-ACK\n",
    );
  });

  it("fits everything into 80 columns, long names on lines of their own", () => {
    const server = "[2001:db8:1111:2222:3333:4444:5555:6666]:65535";
    const counts = {
      flows: 1_000_000,
      closedNormally: 999_999,
      reset: 100_000,
      failed: 1,
      retransmits: 1_234_567,
      segments: 12_345_678,
      roundTripNs: 123_456_789,
      stalledFlows: 12_345,
      longestStallNs: 9_000_000_000,
    };
    const text = plain(
      sampleReport({
        findings: [sampleFinding({ message: "Long words ".repeat(40), endpoints: `${server} -> ${server}` })],
        servers: [
          { server, ...counts, flaggedFlows: 12_345 },
          { server: "10.0.0.2:80", ...counts, flaggedFlows: 0 },
        ],
        serverCount: 40,
      }),
    );
    expect(text).to.contain(`\n${server}\n`).and.contain("and 38 servers more");
    for (const line of text.split("\n")) expect(line.length, line).to.be.at.most(80);
  });

  it("tells how the connections to a server fared, and never of 100 % when one failed", () => {
    const text = plain(
      sampleReport({
        servers: [
          sampleServer({ flows: 100_000, failed: 1, segments: 2000, retransmits: 5, roundTripNs: 1_500_000 }),
          sampleServer({ server: "10.0.0.3:80", roundTripNs: null, segments: 0, stalledFlows: 1 }),
        ],
      }),
    );
    expect(text).to.contain(`
Server         conns  opened      RTT  resent  stalled  flagged
10.0.0.2:80  100,000  99.9 %  1.50 ms  0.25 %        0        0
10.0.0.3:80        1   100 %        -       -        1        0
`);
  });

  it("accounts for every frame of a capture and says what is wrong with it", () => {
    const names = Array.from({ length: 10 }, (_, index) => ({ name: `kind ${index}`, frames: 1 }));
    const capture = sampleCapture({
      frames: 115,
      tcpFrames: 100,
      icmpErrors: 5,
      truncatedFrames: 3,
      droppedFrames: 1200,
      damage: "the file ends in mid-record",
      notTcp: names,
    });
    const text = plain(sampleReport({ captures: [capture] }));
    expect(text.replaceAll(/\s+/g, " ")).to.contain(
      "115 frames, 100 of them TCP; 1,200 dropped; 3 cut short by the snaplen " +
        "Not TCP segments: icmp errors about tcp 5, kind 0 1, kind 1 1, kind 2 1, kind 3 1, kind 4 1, kind 5 1, kind 6 1, others 3 " +
        "Damaged: the file ends in mid-record",
    );
  });

  it("does not list hundreds of captures, and leaves no damaged one out", () => {
    const captures = Array.from({ length: 200 }, (_, index) =>
      sampleCapture({ source: `dump${index}.pcap`, damage: index === 199 ? "cut" : null }),
    );
    const text = plain(sampleReport({ captures }));
    expect(text).to.contain("dump199.pcap").and.contain("and 180 captures more");
  });

  it("says where the database is, or that there is none", () => {
    expect(plain(sampleReport({ database: "/tmp/run.db" }))).to.contain("are in /tmp/run.db.");
    expect(plain(sampleReport({ database: null }))).to.contain("No database was kept.");
  });

  it("lets no escape sequence of a capture or path through", () => {
    const evil = "\u001b]0;owned\u0007\u009b2J\u202e";
    const finding = sampleFinding({
      message: evil,
      endpoints: evil,
      source: evil,
      remedy: evil,
      alternatives: [evil],
    });
    const report = sampleReport({
      findings: [finding],
      captures: [
        sampleCapture({ source: evil, damage: evil, frames: 91, notTcp: [{ name: evil, frames: 1 }] }),
      ],
      servers: [sampleServer({ server: evil })],
      serverCount: 1,
      unjudgeable: evil,
      database: evil,
    });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
    expect(plain(report)).not.to.match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });

  it("writes colours only when asked, and nothing but colours then", () => {
    const report = sampleReport({ findings: [sampleFinding()] });
    const coloured = formatText(report, { width: 80, colour: true });
    expect(coloured).to.contain("\u001b[31merror");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences
    expect(coloured.replaceAll(/\u001b\[\d+m/g, "")).to.equal(plain(report));
  });
});
