import { expect } from "chai";
import { synUnanswered } from "../../src/rules/syn-unanswered.js";
import { analyzeScript } from "../support/analyze-script.js";
import { testRule } from "../support/rule-tester.js";

/** SYNs at the times of Linux 6.18 (tcp_syn_linear_timeouts), the first at `at` seconds. */
const silence = (
  number: number,
  at: number,
  repeats: number,
  server = "192.0.2.2:80",
  client = "192.0.2.1",
) => `
    connection ${number} client ${client}:${40_000 + number} server ${server}
    ${at.toFixed(6)} -> S 0:0(0) @syn-${number}
    ${Array.from({ length: repeats }, (_, index) => `+1 -> S 0:0(0) ${index === repeats - 1 ? `@last-${number}` : ""}`).join("\n")}`;

const exchange = (number: number, at: number, server = "192.0.2.2:80") => `
    connection ${number} client 192.0.2.1:${50_000 + number} server ${server}
    ${at.toFixed(6)} -> S  0:0(0)
    +.0001 <- S. 0:0(0) ack 1
    +.0001 -> .  1:1(0) ack 1
    +.0001 -> P. 1:101(100) ack 1
    +.0001 <- P. 1:501(500) ack 101`;

/**
 * A client asks one address, and another one answers; it acknowledges `ack`. `mark` ends the names of packets. All times are
 * those of the script.
 */
const elsewhere = (
  at: number,
  { port = 40_000, ack = 1, answerer = "192.0.2.9:80", client = "192.0.2.1", mark = "" } = {},
) => {
  const asked = `connection ${port} client ${client}:${port} server 192.0.2.2:80`;
  const answering = `connection ${port + 10_000} client ${client}:${port} server ${answerer}`;
  return `
    ${asked}
    ${at.toFixed(6)} -> S  0:0(0) @syn${mark}
    ${answering}
    +.01 <- S. 0:0(0) ack ${ack}
    +0   -> R  ${ack}:${ack}(0)
    ${asked}
    +1   -> S  0:0(0)
    ${answering}
    +.01 <- S. 9000:9000(0) ack ${ack}
    +0   -> R  ${ack}:${ack}(0)
    ${asked}
    +1   -> S  0:0(0)
    +1   -> S  0:0(0) @last${mark}`;
};

const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

testRule(synUnanswered, {
  // Packets in notation hold no ICMP: the capture failed-connects has it.
  testedApart: ["rejected"],
  invalid: [
    {
      name: "one connection, repeated SYNs",
      packets: silence(1, 0, 4),
      findings: [
        {
          messageId: "silent",
          evidence: { syn: "syn-1", last: "last-1" },
          data: { syns: 5, spanSeconds: "4.0" },
          confidence: "strong",
        },
      ],
    },
    {
      name: "a client whose own timeout is short: one SYN a connection",
      packets: range(4)
        .map(
          (n) => `
        connection ${n} client 192.0.2.1:${40_000 + n} server 192.0.2.2:80
        ${(n * 1.2).toFixed(6)} -> S 0:0(0) @syn-${n}`,
        )
        .join("\n")
        .concat("\n", exchange(9, 7, "192.0.2.3:8080")),
      findings: [
        { messageId: "silent", evidence: { syn: "syn-1", last: "syn-1" }, data: { syns: 4 }, flows: 4 },
      ],
    },
    {
      name: "a port that refuses others: less sure",
      packets: [
        silence(1, 0, 2),
        ...[2, 3].map(
          (number) => `
        connection ${number}
        ${number}.5   -> S  0:0(0)
        +.001 <- R. 0:0(0) ack 1`,
        ),
        exchange(4, 12, "192.0.2.3:8080"),
      ].join("\n"),
      findings: [
        {
          messageId: "silent",
          evidence: { syn: "syn-1", last: "last-1" },
          data: { unanswered: 1, syns: 3, answerNote: "it refused others" },
          confidence: "weak",
        },
      ],
    },
    {
      name: "a listener that answers others: less sure",
      packets: [exchange(8, 0), silence(1, 1, 3), exchange(7, 2), exchange(9, 5)].join("\n"),
      findings: [
        {
          messageId: "silent",
          evidence: { syn: "syn-1", last: "last-1" },
          data: { answerNote: "it answered others meanwhile" },
          confidence: "weak",
        },
      ],
    },
    {
      name: "a server that does not answer, asked on after another one of the same port has answered",
      packets: [silence(1, 0, 5), exchange(2, 0.25, "192.0.2.3:80")].join("\n"),
      findings: [{ messageId: "silent", evidence: { syn: "syn-1", last: "last-1" }, data: { syns: 6 } }],
    },
    {
      name: "a capture whose first frame is its latest: all other times are negative",
      packets: [exchange(9, 1000, "192.0.2.3:8080"), silence(1, 10, 3)].join("\n"),
      findings: [
        {
          messageId: "silent",
          evidence: { syn: "syn-1", last: "last-1" },
          data: { syns: 4, spanSeconds: "3.0" },
        },
      ],
    },
    {
      name: "a SYN-ACK to this very SYN from an address that was not asked",
      ipVersion: 4,
      packets: elsewhere(0),
      findings: [
        {
          messageId: "elsewhere",
          evidence: { syn: "syn", last: "last" },
          data: {
            unanswered: 1,
            listener: "192.0.2.2:80",
            answerer: "192.0.2.9:80",
            answerFrame: 2,
            client: "192.0.2.1",
          },
          flows: 1,
          severity: "error",
          confidence: "strong",
        },
      ],
    },
    {
      name: "the same of two clients, from two addresses and another port, beside a client without an answer",
      ipVersion: 4,
      packets: `
        ${elsewhere(0)}
        ${elsewhere(10, { port: 40_001, answerer: "192.0.2.8:8080", client: "192.0.2.7", mark: "two" })}
        ${silence(9, 20, 4, "192.0.2.2:80", "192.0.2.5")}`,
      findings: [
        {
          messageId: "elsewhere",
          evidence: { syn: "syn", last: "last" },
          data: { unanswered: 2, listenerFlows: 3, answerer: "192.0.2.9:80 and 1 more" },
          flows: 2,
          severity: "error",
        },
        {
          messageId: "silent",
          evidence: { syn: "syn-9", last: "last-9" },
          data: { unanswered: 1, syns: 5 },
          flows: 1,
        },
      ],
    },
    {
      name: "once: a single SYN-ACK from elsewhere, that is reset",
      packets: `
        connection 1
        0    -> S  0:0(0) @syn
        connection 2 client 192.0.2.1:40000 server 192.0.2.9:80
        +.01 <- S. 0:0(0) ack 1
        +0   -> R  1:1(0)`,
      findings: [{ messageId: "elsewhere", evidence: { syn: "syn", last: "syn" }, severity: "error" }],
    },
    {
      name: "one that acknowledges another number: it answers something else, and this is silence",
      packets: elsewhere(0, { ack: 5001 }),
      findings: [{ messageId: "silent", evidence: { syn: "syn", last: "last" } }],
    },
    {
      name: "one to another port of the client",
      packets: elsewhere(0).replaceAll(
        "connection 50000 client 192.0.2.1:40000",
        "connection 50000 client 192.0.2.1:40009",
      ),
      findings: [{ messageId: "silent", evidence: { syn: "syn", last: "last" } }],
    },
    {
      name: "one that came before the first SYN, or long after the last",
      packets: `
        connection 2 client 192.0.2.1:40001 server 192.0.2.9:80
        0   <- S. 0:0(0) ack 1
        +0  -> R  1:1(0)
        ${silence(1, 1, 4)}
        connection 4 client 192.0.2.1:40003 server 192.0.2.2:80
        +1  -> S  0:0(0)
        +1  -> S  0:0(0)
        +1  -> S  0:0(0)
        connection 3 client 192.0.2.1:40003 server 192.0.2.9:80
        +11 <- S. 0:0(0) ack 1
        +0  -> R  1:1(0)`,
      findings: [{ messageId: "silent", evidence: { syn: "syn-1", last: "last-1" }, flows: 2 }],
    },
    {
      name: "a scanner that sends one number to two servers, of which one answers",
      packets: `
        ${silence(1, 0, 4)}
        connection 2 client 192.0.2.1:40001 server 192.0.2.9:80
        2    -> S  0:0(0)
        +.01 <- S. 0:0(0) ack 1
        +0   -> R  1:1(0)`,
      findings: [{ messageId: "silent", evidence: { syn: "syn-1", last: "last-1" } }],
    },
    {
      name: "the same where the capture lacks its first SYN to the second one",
      packets: `
        ${silence(1, 0, 4)}
        connection 2 client 192.0.2.1:40001 server 192.0.2.9:80
        2    <- S. 0:0(0) ack 1
        +0   -> R  1:1(0)
        +1   -> S  0:0(0)`,
      findings: [{ messageId: "silent", evidence: { syn: "syn-1", last: "last-1" } }],
    },
    {
      name: "data from elsewhere that acknowledges as much, and is reset: no SYN-ACK",
      packets: `
        ${silence(1, 0, 4)}
        connection 2 client 192.0.2.1:40001 server 192.0.2.9:80
        2    <- P. 1:6(5) ack 1
        +0   -> R  1:1(0)`,
      findings: [{ messageId: "silent", evidence: { syn: "syn-1", last: "last-1" } }],
    },
    {
      name: "a SYN besides that nobody answered yet is no silence of its own",
      packets: `
        ${elsewhere(0)}
        connection 2 client 192.0.2.1:40001 server 192.0.2.2:80
        +.5  -> S  0:0(0)
        ${exchange(3, 6, "192.0.2.3:8080")}`,
      findings: [{ messageId: "elsewhere", evidence: { syn: "syn", last: "last" }, severity: "error" }],
    },
    {
      name: "NAT of which the capture lacks one side each: the client accepts what comes, or says nothing of it",
      packets: `
        ${silence(1, 0, 4)}
        connection 2 client 192.0.2.1:40001 server 192.0.2.9:80
        2    <- S. 0:0(0) ack 1
        +.01 -> .  1:1(0) ack 1
        +.01 -> R  1:1(0)
        ${silence(3, 4, 4, "192.0.2.3:80")}
        connection 4 client 192.0.2.1:40003 server 192.0.2.9:80
        5    <- S. 0:0(0) ack 1`,
      findings: [
        { messageId: "silent", evidence: { syn: "syn-1", last: "last-1" } },
        { messageId: "silent", evidence: { syn: "syn-3", last: "last-3" } },
      ],
    },
    {
      name: "a port scan is one note",
      packets: range(40)
        .map(
          (n) => `
        connection ${n} client 192.0.2.1:${40_000 + n} server 192.0.2.2:${n}
        ${(n * 0.01).toFixed(6)} -> S 0:0(0) @syn-${n}`,
        )
        .join("\n"),
      findings: [
        {
          messageId: "scanned",
          evidence: { syn: "syn-1", last: "syn-1" },
          data: { targets: 40, tried: "40 ports", verdict: "as a scan does" },
          flows: 40,
          severity: "note",
        },
      ],
    },
    {
      name: "peers that are gone: many addresses, asked as connect() does",
      packets: range(25)
        .map((n) => silence(n, n * 4, 3, `192.0.2.${100 + (n % 24)}:${6000 + n}`))
        .join("\n"),
      findings: [
        {
          messageId: "scanned",
          evidence: { syn: "syn-1", last: "last-1" },
          data: {
            tried: "25 ports at 24 addresses",
            verdict: "with SYNs repeated as by connect(): more likely peers that are gone than a scan",
          },
          flows: 25,
          severity: "note",
        },
      ],
    },
  ],
  valid: [
    {
      name: "SYN-ACKs to SYNs that nobody here sent: somebody forged this address elsewhere",
      packets: range(30)
        .map(
          (n) => `
        connection ${n} client 192.0.2.1:${40_000 + n} server 192.0.2.${100 + n}:80
        ${n.toFixed(6)} <- S. 0:0(0) ack 1
        +0 -> R 1:1(0)`,
        )
        .join("\n"),
    },
    {
      name: "a SYN that both addresses answer: the capture shows both sides of a load balancer",
      packets: `
        connection 1
        0    -> S  0:0(0)
        connection 2 client 192.0.2.1:40000 server 192.0.2.9:80
        +.01 <- S. 0:0(0) ack 1
        connection 1
        +.01 <- S. 0:0(0) ack 1
        +.01 -> .  1:1(0) ack 1
        +.01 -> P. 1:101(100) ack 1
        +.01 <- P. 1:501(500) ack 101
        connection 2
        +.01 -> R  1:1(0)`,
    },
    {
      name: "a SYN that was lost once",
      packets: `
        0     -> S  0:0(0)
        +1    -> S  0:0(0)
        +.001 <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +0    -> P. 1:101(100) ack 1
        +.001 <- P. 1:501(500) ack 101`,
    },
    {
      name: "single SYNs, sent once only, while others were refused: the capture lacks the RSTs",
      packets: range(8)
        .map(
          (n) => `
        connection ${n} client 192.0.2.1:${40_000 + n} server 192.0.2.2:80
        ${(n * 0.6).toFixed(6)} -> S 0:0(0)
        ${n % 2 === 0 ? "+.001 <- R. 0:0(0) ack 1" : ""}`,
        )
        .join("\n")
        .concat("\n", exchange(9, 12, "192.0.2.3:8080")),
      others: ["syn-refused"],
    },
    { name: "a SYN right before the capture ends", packets: [exchange(1, 0), silence(2, 1, 1)].join("\n") },
    {
      name: "an IPv6 address that does not answer, and an IPv4 address that does (RFC 8305)",
      packets: [
        silence(1, 0, 0),
        exchange(2, 0.25, "192.0.2.3:80"),
        silence(1, 1, 1)
          .replace(/connection.*\n/, "connection 1\n")
          .replaceAll(/@\S+/g, ""),
      ].join("\n"),
    },
    {
      name: "a RST that may answer a SYN-ACK which the capture lacks",
      packets: `
        0     -> S  0:0(0)
        +1    -> S  0:0(0)
        +1    -> S  0:0(0)
        +.001 -> R  1:1(0)`,
    },
    {
      name: "the client's direction only, in which one connection goes on and another one was refused or not answered",
      packets: `
        connection 1
        0     -> S  0:0(0)
        +.02  -> .  1:1(0) ack 1
        +.01  -> P. 1:101(100) ack 1
        +.02  -> .  101:101(0) ack 501
        connection 2
        5     -> S  0:0(0)
        +1    -> S  0:0(0)
        +2    -> S  0:0(0)
        +4    -> S  0:0(0)`,
    },
    {
      name: "a capture that lacks the server's direction",
      packets: `
        0     -> S  0:0(0)
        +1    -> S  0:0(0)
        +1    -> S  0:0(0)
        +.001 -> .  1:1(0) ack 1
        +0    -> P. 1:101(100) ack 1
        +.01  -> .  101:101(0) ack 501`,
    },
  ],
});

describe("rule syn-unanswered", () => {
  it("flags: a client that gives up by a RST whose raw acknowledgment number is 0", async () => {
    const { report } = await analyzeScript(
      `
        0  -> S  0:0(0)
        +1 -> S  0:0(0)
        +2 -> S  0:0(0)
        +9 -> R. 1:1(0) ack 0`,
      { rules: [synUnanswered] },
      { serverIsn: 0 },
    );
    const [finding] = report.findings;
    expect(finding?.data).to.include({ unanswered: 1, syns: 3, spanSeconds: "3.0" });
    expect(finding?.evidence.map(({ role, frame }) => [role, frame])).to.deep.equal([
      ["syn", 1],
      ["last", 4],
    ]);
  });

  describe("of signed SYNs", () => {
    const MD5 = `<unknown-19 0x${"ab".repeat(16)}>`;
    const AO = `<unknown-29 0x0101${"cd".repeat(12)}>`;
    const asks = (number: number, from: number, to: number, options: string): string => `
      connection ${number} client 192.0.2.${from}:4000${number} server 192.0.2.${to}:179
      ${number / 10} -> S 0:0(0) ${options}
      +1 -> S 0:0(0) ${options}
      +2 -> S 0:0(0) ${options}`;

    async function told(packets: string) {
      const { report } = await analyzeScript(packets, { rules: [synUnanswered] }, { ipVersion: 4 });
      return report.findings.map(({ data, alternatives }) => [data["signatureNote"], alternatives[0]]);
    }

    it("suspects the key", async () => {
      expect(await told(asks(1, 1, 2, MD5))).to.deep.equal([
        [
          "; these SYNs are signed (TCP-MD5)",
          "The server has no key for this client, or another one, and drops what is signed otherwise: `nstat -az TcpExtTCPMD5NotFound TcpExtTCPMD5Unexpected TcpExtTCPMD5Failure` there.",
        ],
      ]);
      const [[note, cause] = []] = await told(asks(1, 1, 2, AO));
      expect(note).to.equal("; these SYNs are signed (TCP-AO)");
      expect(cause).to.contain("TcpExtTCPAOKeyNotFound");
    });

    it("tells that one end signs and the other does not, where each asks the other", async () => {
      const [first, second] = await told(asks(1, 1, 2, MD5) + asks(2, 2, 1, ""));
      expect(first).to.deep.equal([
        "; these SYNs are signed (TCP-MD5), those of 192.0.2.2 to port 179 of 192.0.2.1 are not",
        "One end has a key and the other has none, and drops what is signed otherwise: `nstat -az TcpExtTCPMD5NotFound TcpExtTCPMD5Unexpected TcpExtTCPMD5Failure` there.",
      ]);
      expect(second?.[0]).to.equal(
        "; these SYNs are not signed, those of 192.0.2.1 to port 179 of 192.0.2.2 are (TCP-MD5)",
      );
      expect(second?.[1]).to.contain("One end has a key for TCP-MD5 and the other has none");
    });

    it("has no suspicion where both sign alike, none does, or SYNs of one client differ", async () => {
      const both = await told(asks(1, 1, 2, MD5) + asks(2, 2, 1, MD5));
      expect(both.map(([note]) => note)).to.deep.equal(Array(2).fill("; these SYNs are signed (TCP-MD5)"));
      const none = await told(asks(1, 1, 2, "") + asks(2, 2, 1, ""));
      const mixed = await told(asks(1, 1, 2, MD5) + asks(2, 1, 2, ""));
      for (const [note, cause] of [...none, ...mixed]) {
        expect(note).to.equal("");
        expect(cause).to.contain("A firewall on the way");
      }
    });
  });
});
