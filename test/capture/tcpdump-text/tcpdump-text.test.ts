import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import fc from "fast-check";
import { analyze } from "../../../src/analyze.js";
import { lookAtText } from "../../../src/capture/tcpdump-text/identify-text.js";
import { AnalyzeError } from "../../../src/errors.js";
import type { Report } from "../../../src/report/report.js";
import { hex, readBytes, withFolder } from "../read-capture.js";

/** A connection that hung, as tcpdump printed it in 2003 and mail wrapped it. */
const HUNG = `Here is the "tcpdump -i lo" for a HUNG connection
(All hung connections run this way):
----------------------------------------------------------------------------
Line 1: 11:09:51.399251 localhost.49186 > localhost.webcache: S
3745756949:3745756949(0) win 32767 <mss 16396,sackOK,timestamp 19532972
19532939,nop,wscale 11> (DF)

Line 2: 11:09:51.399287 localhost.webcache > localhost.49186: S
3755771471:3755771471(0) ack 3745756950 win 32767 <mss
16396,sackOK,timestamp 19532972 19532972,nop,wscale 11> (DF)

Line 3: 11:09:51.399337 localhost.49186 > localhost.webcache: . ack 1 win
15 <nop,nop,timestamp 19532972 19532972> (DF)
...

Line 4: 11:09:51.426500 localhost.49186 > localhost.webcache: P 1:6(5) ack
1 win 15 <nop,nop,timestamp 19532999 19532972> (DF)
...

Line 5: 11:09:54.954548 localhost.webcache > localhost.49186: S
3755771471:3755771471(0) ack 3745756950 win 32767 <mss
16396,sackOK,timestamp 19536528 19532999,nop,wscale 11> (DF)

Line 6: 11:09:54.954641 localhost.49186 > localhost.webcache: . ack 1 win
15 <nop,nop,timestamp 19536528 19536528,nop,nop,sack sack 1 {0:1} > (DF)

*** HERE THERE IS A 120 SECOND DELAY!!!!!
`;

/** The good one of the same letter. */
const GOOD = `Line 1: 11:09:50.893716 localhost.48056 > localhost.webcache: S
3760485494:3760485494(0) win 32767 <mss 16396,sackOK,timestamp 19532466
19520760,nop,wscale 11> (DF)

Line 2: 11:09:50.893839 localhost.webcache > localhost.48056: S
3755548309:3755548309(0) ack 3760485495 win 32767 <mss
16396,sackOK,timestamp 19532467 19532466,nop,wscale 11> (DF)

Line 3: 11:09:50.893924 localhost.48056 > localhost.webcache: . ack 1 win
15 <nop,nop,timestamp 19532467 19532467> (DF)

...
Line 4: 11:09:51.304909 localhost.48056 > localhost.webcache: P 1:6(5) ack
1 win 15 <nop,nop,timestamp 19532878 19532467> (DF)

Line 5: 11:09:51.304955 localhost.webcache > localhost.48056: . ack 6 win
15 <nop,nop,timestamp 19532878 19532878> (DF)

...
Line 8: 11:09:51.470895 localhost.webcache > localhost.48056: F 1:1(0) ack
6 win 15 <nop,nop,timestamp 19533044 19533044> (DF)

Line 10: 11:09:51.611947 localhost.48056 > localhost.webcache: F 6:6(0) ack
2 win 15 <nop,nop,timestamp 19533185 19533044> (DF)

Line 11: 11:09:51.611981 localhost.webcache > localhost.48056: . ack 7 win
15 <nop,nop,timestamp 19533185 19533185> (DF)
`;

function analyzeText(text: string): Promise<Report> {
  return analyze({ paths: ["-"], input: Readable.from([Buffer.from(text)]), database: ":memory:" });
}

async function framesOf(text: string): Promise<readonly Uint8Array[]> {
  return (await readBytes(Buffer.from(text))).frames.map(({ bytes }) => bytes);
}

const rulesOf = ({ findings }: Report): string[] => findings.map(({ ruleId }) => ruleId);

describe("tcpdump's text of 2003, wrapped by mail", () => {
  it("yields syn-ack-after-data for the hung connection", async () => {
    const report = await analyzeText(HUNG);
    expect(rulesOf(report)).to.deep.equal(["syn-ack-after-data"]);
    expect(report.findings[0]!.message).to.match(
      /^1 of 1 connections? to 127\.0\.0\.1:8080 hung, 3\.5 s at worst/,
    );
  });

  it("yields nothing for the good one", async () => {
    const report = await analyzeText(GOOD);
    expect(rulesOf(report)).to.deep.equal([]);
    expect(report.captures[0]).to.include({ format: "tcpdump-text", frames: 8, tcpFrames: 8 });
  });

  it("reads the same when quoted, indented, with other line ends, or compressed", async () => {
    const wanted = await framesOf(HUNG);
    expect(wanted).to.have.length(6);
    const lines = HUNG.split("\n");
    for (const changed of [
      lines.map((line) => `> ${line}`).join("\n"),
      lines.map((line) => `>> > ${line}`).join("\n"),
      lines.map((line) => `    ${line}`).join("\n"),
      HUNG.replaceAll("\n", "\r\n"),
      HUNG.replaceAll("Line ", "packet ").trimEnd(),
    ])
      expect(await framesOf(changed)).to.deep.equal(wanted);
    expect((await readBytes(gzipSync(HUNG))).frames.map(({ bytes }) => bytes)).to.deep.equal(wanted);
  });

  it("becomes the headers that were on the wire", async () => {
    const frames = await framesOf(HUNG);
    // RFC 791 and RFC 9293, section 3.1: 127.0.0.1:49186 to 127.0.0.1:8080, the data's five octets not told.
    expect(frames[3]).to.deep.equal(
      hex(`45000039 00004000 00060000 7f000001 7f000001
           c0221f90 df43b716 dfdc8650 8018000f 00000000 0101080a 012a0cc7 012a0cac`),
    );
    // Duplicate SACK of the SYN: 1 {0:1}, relative to the server's ISN 3755771471 (RFC 2883).
    expect(Buffer.from(frames[5]!.subarray(-8)).toString("hex")).to.equal("dfdc864fdfdc8650");
  });
});

describe("what surrounds packets", () => {
  const SYN =
    "12:00:00.000001 IP 192.0.2.1.40000 > 192.0.2.2.80: Flags [S], seq 5, win 100, options [mss 1460], length 0";

  it("is passed over and counted", async () => {
    const { source, frames } = await readBytes(
      Buffer.from(
        [
          "# tcpdump -ni eth0 port 80",
          "tcpdump: listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes",
          SYN,
          "12:00:00.000002 ARP, Request who-has 192.0.2.3 tell 192.0.2.1, length 28",
          "12:00:00.000003 IP 192.0.2.1.5353 > 192.0.2.2.53: 1+ A? example.com. (29)",
          "1 packet captured",
        ].join("\n"),
      ),
    );
    expect(frames).to.have.length(1);
    expect([...source.skipped]).to.deep.equal([["lines without a TCP segment", 5]]);
    expect(source.notes).to.include("frame 1 stands in line 3 of the text");
  });

  it("may be long where tcpdump prints what the payload says", async () => {
    expect(await framesOf(`${SYN}: SMTP: ${"x".repeat(30_000)}\n${SYN}`)).to.have.length(2);
  });

  it("is no segment when an ICMP error quotes one", async () => {
    const frames = await framesOf(`${SYN}
12:00:01.000000 IP (tos 0xc0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 88)
    192.0.2.9 > 192.0.2.1: ICMP host 192.0.2.2 unreachable, length 68
\tIP (tos 0x0, ttl 64, id 7, offset 0, flags [DF], proto TCP (6), length 60)
    192.0.2.1.40000 > 192.0.2.2.80: Flags [S], seq 5, win 100, options [mss 1460], length 0
`);
    expect(frames).to.have.length(1);
  });

  it("may be wrapped inside the options or before the arrow", async () => {
    const wanted = await framesOf(SYN);
    for (const blank of [1, 2, 3, 4, 5, 9, 10, 11, 13]) {
      const words = SYN.split(" ");
      const wrapped = `${words.slice(0, blank).join(" ")}\n${words.slice(blank).join(" ")}`;
      expect(await framesOf(wrapped), wrapped).to.deep.equal(wanted);
    }
  });

  it("is not taken for a capture where a folder is named", async () => {
    await withFolder({ "notes.txt": SYN }, async (folder) => {
      const outcome = await analyze({ paths: [folder], database: ":memory:" }).catch(
        (error: unknown) => error,
      );
      expect(outcome).to.be.instanceOf(AnalyzeError).with.property("code", "CAPTURE_EMPTY");
    });
  });
});

describe("text that cannot be read as packets", () => {
  it("is refused with a sentence when tcpdump -q printed it", async () => {
    const text = "12:00:00.000001 IP 192.0.2.1.40000 > 192.0.2.2.80: tcp 0\n";
    const outcome = await readBytes(Buffer.from(text)).catch((error: unknown) => error);
    expect(outcome).to.be.instanceOf(AnalyzeError);
    expect(outcome)
      .to.have.property("message")
      .that.matches(/tcpdump -q.*print it again without -q\.$/);
  });
});

describe("numbers and times", () => {
  it("stay absolute where a part of a text begins in the middle of a connection with -S", async () => {
    const frames =
      await framesOf(`12:00:00.000001 IP 192.0.2.1.1 > 192.0.2.2.80: Flags [P.], seq 3000000000:3000000010, ack 4000000000, win 9, length 10
12:00:00.000002 IP 192.0.2.2.80 > 192.0.2.1.1: Flags [.], ack 3000000010, win 9, length 0`);
    expect(new DataView(frames[1]!.buffer).getUint32(24)).to.equal(4000000000);
    expect(new DataView(frames[1]!.buffer).getUint32(28)).to.equal(3000000010);
  });

  it("go on over midnight", async () => {
    const line = (time: string): string =>
      `${time} IP 192.0.2.1.1 > 192.0.2.2.80: Flags [S], seq 1, win 9, length 0\n`;
    const { frames } = await readBytes(Buffer.from(line("23:59:59.900000") + line("00:00:00.100000")));
    expect(frames[1]!.timeNs).to.equal(200_000_000);
  });

  it("are no times at all without them, and the report says so", async () => {
    const report = await analyzeText(
      HUNG.replaceAll(/\d\d:\d\d:\d\d\.\d{6} /g, "").replaceAll(/Line \d: /g, ""),
    );
    expect(report.captures[0]!.durationNs).to.equal(0);
    expect(report.captures[0]!.tcpFrames).to.equal(6);
    expect(report.captures[0]!.notes.join()).to.match(/no times \(tcpdump -t\)/);
  });
});

describe("names", () => {
  it("stand for the same address and port in every run, told in the notes", async () => {
    const text =
      "12:00:00.000001 IP client.example.40000 > server.example.frobnicate: Flags [S], seq 5, win 100, length 0";
    const first = await readBytes(Buffer.from(text));
    const second = await readBytes(Buffer.from(text));
    expect(first.frames[0]!.bytes).to.deep.equal(second.frames[0]!.bytes);
    expect(first.frames[0]!.bytes[12]! >> 4).to.equal(15);
    expect(first.source.notes.join()).to.match(
      /2[45]\d\.\d+\.\d+\.\d+ stands for client\.example.*port \d+ stands for frobnicate/,
    );
  });

  it("are IPv6 addresses where the line says so", async () => {
    const [frame] = await framesOf(
      "12:00:00.000001 IP6 ip6-localhost.40000 > ip6-localhost.https: Flags [S], seq 5, win 100, length 0",
    );
    expect(Buffer.from(frame!.subarray(8, 40)).toString("hex")).to.equal(`${"0".repeat(31)}1`.repeat(2));
    expect(new DataView(frame!.buffer).getUint16(42)).to.equal(443);
  });
});

describe("hostile text", () => {
  it("never makes anything but frames or an AnalyzeError", async function () {
    this.timeout(60_000);
    const piece = fc.oneof(
      fc.constantFrom(
        " > ",
        "\n",
        ": Flags [",
        "]",
        "<",
        ">",
        "seq 9:1",
        "(",
        "99999999999",
        "\t",
        "> ",
        "IP6 ",
      ),
      fc.string({ maxLength: 20 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(HUNG.length), fc.nat(60), piece), { maxLength: 12 }),
        async (edits) => {
          let text = HUNG;
          for (const [at, cut, inserted] of edits) text = text.slice(0, at) + inserted + text.slice(at + cut);
          const outcome = await readBytes(Buffer.from(text), { pieceBytes: 97 }).catch(
            (error: unknown) => error,
          );
          if (outcome instanceof Error) expect(outcome).to.be.instanceOf(AnalyzeError);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("costs no more than its length: endless lines, arrows, quotes and brackets", () => {
    const beginning = "12:00:00.000001 IP 192.0.2.1.1 > 192.0.2.2.80: Flags [S], seq 1, win 9, options [";
    for (const text of [
      beginning + "mss 1,".repeat(10_000),
      "> ".repeat(30_000),
      "a > b: ".repeat(9_000),
      "IP ".repeat(20_000),
      `${beginning}\n`.repeat(700),
      `12:00:00.000001 IP ${"(tos ".repeat(800)}\nx\n`.repeat(15),
    ])
      expect(lookAtText(Buffer.from(text.slice(0, 65536))).isQuiet).to.equal(false);
  });
});
