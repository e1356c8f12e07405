import { Readable } from "node:stream";
import { expect } from "chai";
import { analyze } from "../../src/analyze.js";
import { pmtuBlackhole } from "../../src/rules/pmtu-blackhole.js";
import { withRouterAnswers } from "../support/router-answers.js";
import { testRule } from "../support/rule-tester.js";

const open = `
  0    -> S  0:0(0) <mss 1460,sackOK>
  +.02 <- S. 0:0(0) ack 1 <mss 1460,sackOK>
  +0   -> .  1:1(0) ack 1`;
/** Twenty of 100 octets. */
const shortMessages = Array.from({ length: 20 }, (_, index) => {
  const [first, end] = [1 + index * 100, 101 + index * 100];
  return `+.1 -> P. ${first}:${end}(100) ack 1${index === 0 ? " @data" : ""}\n+.02 <- . 1:1(0) ack ${end}`;
}).join("\n");
/** Twelve of 1460 octets. */
const longDownload = Array.from({ length: 12 }, (_, index) => {
  const [first, end] = [1 + index * 1460, 1461 + index * 1460];
  return `+.02 <- . ${first}:${end}(1460) ack 101\n+0 -> . 101:101(0) ack ${end}`;
}).join("\n");
/** Ten of 1460 octets. */
const longUpload = Array.from({ length: 10 }, (_, index) => {
  const first = 1 + index * 1460;
  return `+.01 -> . ${first}:${first + 1460}(1460) ack 1\n+.02 <- . 1:1(0) ack ${first + 1460}`;
}).join("\n");
/** One connection carries them; then another one sends as long a segment. */
const behindLongUpload = `
  connection 1
  ${open}
  ${longUpload}
  connection 2
  2    -> S  0:0(0) <mss 1460,sackOK>
  +.02 <- S. 0:0(0) ack 1 <mss 1460,sackOK>
  +0   -> .  1:1(0) ack 1
  +0   -> .  1:1461(1460) ack 1`;
const evidence = { data: "data", retransmission: "retransmission", last: "last" };

/** What came behind had arrived; the third try is shorter, and gets through. */
const shrunkDownload = `${open}
  +0   -> P. 1:101(100) ack 1
  +.02 <- .  1:1461(1460) ack 101 @data
  +0   <- P. 1461:2024(563) ack 101
  +0   -> .  101:101(0) ack 1 <sack 1461:2024>
  +.3  <- .  1:1461(1460) ack 101 @retransmission
  +.6  <- .  1:1461(1460) ack 101 @last
  +1.2 <- .  1:537(536) ack 101
  +.02 -> .  101:101(0) ack 537 <sack 1461:2024>`;

/** What is left of it in a capture that begins later: two connections, of which nothing comes back. */
const begunLate = (meanwhile: string) => `
  connection 1 client 192.0.2.1:40000 server 192.0.2.7:80
  0    -> .  1:1449(1448) ack 1 @data
  1    -> .  1:1449(1448) ack 1 @retransmission
  ${meanwhile}
  connection 1
  +1   -> .  1:1449(1448) ack 1
  +4   -> .  1:1449(1448) ack 1 @last`;

/** The same inside `repeat`. */
const openAgain = open.replace("0 ", "+0");
/** The first data of two connections, as long as any, is lost each time; `meanwhile` happens between. */
const stuckRequests = (meanwhile: string, behind = "") => `
  connection 1
  repeat 2 every 0.001 {
    ${openAgain}
    +0   -> .  1:1461(1460) ack 1 @data
    ${behind}
    +.2  -> .  1:1461(1460) ack 1 @retransmission
    +.4  -> .  1:1461(1460) ack 1
  }
  ${meanwhile}
  connection 1
  repeat 2 every 0.001 {
    +.8  -> .  1:1461(1460) ack 1
    +1.6 -> .  1:1461(1460) ack 1 @last
  }`;
/** A request of `bytes`, and 80 in a second segment, is answered; its client sends five short segments as well. */
const request = (bytes = 1460, again = "") => `
  connection 9
  +.1  -> S  0:0(0) <mss 1460,sackOK>
  +.02 <- S. 0:0(0) ack 1 <mss 1460,sackOK>
  +0   -> .  1:1(0) ack 1
  +0   -> .  1:${bytes + 1}(${bytes}) ack 1
  +0   -> P. ${bytes + 1}:${bytes + 81}(80) ack 1
  ${again}
  +.02 <- P. 1:501(500) ack ${bytes + 81}
  +0   -> .  ${bytes + 81}:${bytes + 81}(0) ack 501
  +0   -> F. ${bytes + 81}:${bytes + 81}(0) ack 501
  +.02 <- F. 501:501(0) ack ${bytes + 82}
  +0   -> .  ${bytes + 82}:${bytes + 82}(0) ack 502`;
/** Two connections with 1460 octets of the server's that never arrive, while a third gets as many, and 80 more. */
const stuckDownloads = `
  connection 1
  repeat 2 every 0.001 {
    ${openAgain}
    +0   -> P. 1:101(100) ack 1
    +.02 <- .  1:1461(1460) ack 101 @data
    +.2  <- .  1:1461(1460) ack 101 @retransmission
    +.4  <- .  1:1461(1460) ack 101
  }
  connection 9
  ${openAgain}
  +0   -> P. 1:101(100) ack 1
  +.02 <- .  1:1(0) ack 101
  +0   <- .  1:1461(1460) ack 101
  +0   <- P. 1461:1541(80) ack 101
  +.02 -> .  101:101(0) ack 1541
  +0   -> F. 101:101(0) ack 1541
  +.02 <- .  1541:1541(0) ack 102
  +.01 <- F. 1541:1541(0) ack 102
  +.02 -> .  102:102(0) ack 1542
  connection 1
  repeat 2 every 0.001 {
    +.8  <- .  1:1461(1460) ack 101
    +1.6 <- .  1:1461(1460) ack 101 @last
  }`;
/** The same of clients whose short requests were answered before. */
const stuckInUse = `
        connection 1
        repeat 2 every 0.001 {
          ${openAgain}
          +0   -> P. 1:101(100) ack 1
          +.02 <- .  1:1(0) ack 101
          +0   -> .  101:1561(1460) ack 1
          +.2  -> .  101:1561(1460) ack 1
          +.4  -> .  101:1561(1460) ack 1
          +.8  -> .  101:1561(1460) ack 1
        }
        ${request()}
        connection 1
        repeat 2 every 0.001 {
          +1.6 -> .  101:1561(1460) ack 1
          +3.2 -> .  101:1561(1460) ack 1
        }`;
const shortBehind = `
  +0   -> P. 1461:1661(200) ack 1
  +.02 <- .  1:1(0) ack 1 <sack 1461:1661>`;
const evidenceOfFirst = { data: "data-1", retransmission: "retransmission-1", last: "last-1" };

testRule(pmtuBlackhole, {
  invalid: [
    ...(
      [
        ["with nothing to compare with", stuckRequests(""), "strong"],
        ["while one as long of another connection arrives: less sure", stuckRequests(request()), "weak"],
        ["of the server, while one as long of another connection arrives: less sure", stuckDownloads, "weak"],
        [
          "while one as long arrives, but short ones get through behind",
          stuckRequests(request(), shortBehind),
          "strong",
        ],
        ["while a shorter one of another connection arrives", stuckRequests(request(1300)), "strong"],
        ["after one as long had arrived: the path has changed", request() + stuckRequests(""), "strong"],
        ["before one as long arrives", stuckRequests("") + request(), "strong"],
        [
          "while one as long arrives in pieces",
          stuckRequests(request(1460, "+.05 -> . 1:731(730) ack 1\n+0 -> . 731:1461(730) ack 1")),
          "strong",
        ],
      ] as const
    ).map(([title, packets, confidence]) => ({
      name: `long first data of two connections ${title}`,
      packets,
      findings: [
        {
          messageId: "stuck",
          evidence: evidenceOfFirst,
          flows: 2,
          data: { hitFlows: 2, bytes: 1460 },
          confidence,
          severity: confidence === "weak" ? ("warning" as const) : ("error" as const),
        },
      ],
    })),
    {
      name: "a capture that begins later, while another connection of the two goes on",
      packets: begunLate(`
        connection 2 client 192.0.2.1:40001 server 192.0.2.7:80
        1.2  -> P. 1:101(100) ack 1
        +.02 <- .  1:1(0) ack 101
        +.5  -> P. 101:201(100) ack 1
        +.02 <- .  1:1(0) ack 201
        +.5  -> P. 201:301(100) ack 1
        +.02 <- .  1:1(0) ack 301`),
      findings: [
        {
          messageId: "stuck",
          evidence,
          data: { side: "client", times: "4 times", smaller: " on other connections" },
          confidence: "weak",
          severity: "warning",
        },
      ],
    },
    {
      name: "a capture that begins later: two repetitions at intervals that tell of others, and a FIN that gets through",
      packets: `
        0    <- .  1:1449(1448) ack 1 @data
        3    <- .  1:1449(1448) ack 1 @retransmission
        9    <- .  1:1449(1448) ack 1 @last
        12   -> F. 1:1(0) ack 1
        +.02 <- .  1449:1449(0) ack 2`,
      findings: [
        {
          messageId: "stuck",
          evidence,
          data: { side: "server", times: "3 times", smaller: "" },
          confidence: "weak",
          severity: "warning",
        },
      ],
    },
    {
      name: "an upload whose short end arrives",
      packets: `${open}
        +0   -> .  1:1461(1460) ack 1 @data
        +0   -> P. 1461:1661(200) ack 1
        +.02 <- .  1:1(0) ack 1 <sack 1461:1661>
        +.2  -> .  1:1461(1460) ack 1 @retransmission
        +.4  -> .  1:1461(1460) ack 1
        +.8  -> .  1:1461(1460) ack 1
        +1.6 -> .  1:1461(1460) ack 1 @last`,
      findings: [
        {
          messageId: "stuck",
          evidence,
          data: { side: "client", bytes: 1460, times: "5 times" },
          confidence: "strong",
        },
      ],
    },
    {
      name: "a download whose third try is shorter, and gets through, while what came behind had arrived",
      packets: shrunkDownload,
      findings: [
        {
          messageId: "stuck",
          evidence,
          data: { side: "server", bytes: 1460, times: "3 times" },
          confidence: "strong",
        },
      ],
    },
    {
      name: "such a download, and a segment of the client's that is lost once later",
      packets: `${shrunkDownload}
        +0   <- .  537:1461(924) ack 101
        +.02 -> .  101:101(0) ack 2024
        +1   -> .  101:1561(1460) ack 2024
        +.3  -> .  101:1561(1460) ack 2024
        +.02 <- .  2024:2024(0) ack 1561`,
      findings: [{ messageId: "stuck", evidence, data: { side: "server", bytes: 1460 } }],
    },
    {
      name: "an upload after many short messages",
      packets: `${open}
        ${shortMessages}
        +.1  -> .  2001:3461(1460) ack 1
        +0   -> P. 3461:3661(200) ack 1
        +.02 <- .  1:1(0) ack 2001 <sack 3461:3661>
        +.2  -> .  2001:3461(1460) ack 1 @retransmission
        +.4  -> .  2001:3461(1460) ack 1
        +.8  -> .  2001:3461(1460) ack 1
        +1.6 -> .  2001:3461(1460) ack 1 @last`,
      findings: [{ messageId: "stuck", evidence, confidence: "strong" }],
    },
    {
      name: "a sender that goes on with a smaller size",
      packets: `${open}
        +0   -> .  1:1461(1460) ack 1 @data
        +.2  -> .  1:1461(1460) ack 1 @retransmission
        +.4  -> .  1:1461(1460) ack 1
        +.8  -> .  1:1461(1460) ack 1 @last
        +1.6 -> .  1:1025(1024) ack 1
        +.02 <- .  1:1(0) ack 1025
        +0   -> .  1025:1461(436) ack 1
        +.02 <- .  1:1(0) ack 1461`,
      findings: [
        {
          messageId: "stuck",
          evidence,
          data: { smaller: ", and it went on with 1024 octets" },
          confidence: "strong",
        },
      ],
    },
    {
      name: "a download after a short request, once: less sure",
      packets: `${open}
        +0   -> P. 1:101(100) ack 1
        +.02 <- .  1:1461(1460) ack 101 @data
        +.2  <- .  1:1461(1460) ack 101 @retransmission
        +.4  <- .  1:1461(1460) ack 101
        +.8  <- .  1:1461(1460) ack 101 @last
        +.1  -> F. 101:101(0) ack 1`,
      findings: [
        { messageId: "stuck", evidence, data: { side: "server" }, confidence: "weak", severity: "warning" },
      ],
    },
  ],
  valid: [
    {
      name: "a capture that begins later, and in which nothing passes meanwhile",
      packets: begunLate(""),
      others: ["blackhole-forward"],
    },
    {
      name: "an upload that stands still, where another just carried segments as long",
      packets: `
        ${behindLongUpload}
        +.2  -> .  1:1461(1460) ack 1
        +.4  -> .  1:1461(1460) ack 1
        +.8  -> .  1:1461(1460) ack 1`,
    },
    {
      name: "the same of a crowded path, which loses a segment often, while a shorter one behind it arrived",
      packets: `
        ${behindLongUpload}
        +0   -> P. 1461:2461(1000) ack 1
        +.02 <- .  1:1(0) ack 1 <sack 1461:2461>
        +.2  -> .  1:1461(1460) ack 1
        +.4  -> .  1:1461(1460) ack 1
        +.8  -> .  1:1461(1460) ack 1
        +1.6 -> .  1:1461(1460) ack 1`,
    },
    {
      name: "long segments of connections in use, while one as long of another arrives",
      packets: stuckInUse,
    },
    {
      name: "what arrived at the host that captured it",
      packets: `
        0      -> S  0:0(0) <mss 1460,sackOK>
        +.04   <- S. 0:0(0) ack 1 <mss 1460,sackOK> {ttl 50}
        +.0001 -> .  1:1(0) ack 1
        +.01   -> P. 1:101(100) ack 1
        +.04   <- .  1:1(0) ack 101 {ttl 50}
        +.1    <- .  1:1461(1460) ack 101 {ttl 50}
        +.2    <- .  1:1461(1460) ack 101 {ttl 50}
        +.4    <- .  1:1461(1460) ack 101 {ttl 50}
        +.8    <- .  1:1461(1460) ack 101 {ttl 50}`,
    },
    {
      name: "a download in segments of full size whose client disappears, more of them arrived behind a lost one",
      packets: `${open}
        +0   -> P. 1:101(100) ack 1
        +.02 <- .  1:1461(1460) ack 101
        +0   <- .  1461:2921(1460) ack 101
        +0   <- .  2921:4381(1460) ack 101
        +0   <- .  4381:5841(1460) ack 101
        +.02 -> .  101:101(0) ack 5841
        +0   <- .  5841:7301(1460) ack 101
        +0   <- .  7301:8761(1460) ack 101
        +.02 -> .  101:101(0) ack 5841 <sack 7301:8761>
        +.2  <- .  5841:7301(1460) ack 101
        +.4  <- .  5841:7301(1460) ack 101
        +.8  <- .  5841:7301(1460) ack 101
        +1.6 <- .  5841:7301(1460) ack 101`,
    },
    {
      name: "the same of an upload behind a download, whose acknowledgments outnumber it",
      packets: `${open}
        +0   -> P. 1:101(100) ack 1
        ${longDownload}
        +.02 -> .  101:1561(1460) ack 17521
        +0   -> .  1561:3021(1460) ack 17521
        +.02 <- .  17521:17521(0) ack 3021
        +0   -> .  3021:4481(1460) ack 17521
        +0   -> .  4481:5941(1460) ack 17521
        +0   -> .  5941:7401(1460) ack 17521
        +.02 <- .  17521:17521(0) ack 3021 <sack 4481:7401>
        +.2  -> .  3021:4481(1460) ack 17521
        +.4  -> .  3021:4481(1460) ack 17521
        +.8  -> .  3021:4481(1460) ack 17521`,
    },
    {
      name: "one direction only",
      packets: `
        0     -> S  0:0(0) <mss 1460>
        +.02  -> .  1:1(0) ack 1
        +0    -> .  1:1461(1460) ack 1
        +.2   -> .  1:1461(1460) ack 1
        +.4   -> .  1:1461(1460) ack 1
        +.8   -> .  1:1461(1460) ack 1`,
    },
    {
      name: "a full-size segment that is lost twice",
      packets: `${open}
        +0   -> .  1:1461(1460) ack 1
        +.2  -> .  1:1461(1460) ack 1
        +.4  -> .  1:1461(1460) ack 1
        +.02 <- .  1:1(0) ack 1461`,
    },
    {
      name: "a download of which the capture ends after two repetitions",
      packets: `${open}
        +0   -> P. 1:101(100) ack 1
        +.02 <- .  1:1461(1460) ack 101
        +.2  <- .  1:1461(1460) ack 101
        +.4  <- .  1:1461(1460) ack 101
        +.1  -> F. 101:101(0) ack 1`,
    },
    {
      name: "an outage of the path, over at last",
      packets: `${open}
        +0   -> .  1:1461(1460) ack 1
        +.2  -> .  1:1461(1460) ack 1
        +.4  -> .  1:1461(1460) ack 1
        +.8  -> .  1:1461(1460) ack 1
        +1.6 -> .  1:1461(1460) ack 1
        +.02 <- .  1:1(0) ack 1461`,
    },
  ].map((each) => ({
    ...each,
    others: [
      "blackhole-forward",
      "connection-cut-off",
      "handshake-ack-dropped",
      "syncookie-ack-dropped",
      "rto-double-loss",
    ],
  })),
});

describe("long segments that never arrive, while others as long do", () => {
  const found = async (mtu: number, packets: string) => {
    const pcap = withRouterAnswers(packets, (packet, timeNs) =>
      packet.length > mtu && timeNs < 5e8 ? { type: 3, code: 4, rest: mtu } : null,
    );
    const report = await analyze({
      paths: ["-"],
      input: Readable.from([pcap]),
      database: ":memory:",
      timeline: "none",
    });
    return report.findings.find(({ ruleId }) => ruleId === "pmtu-blackhole")!;
  };
  const BESIDE = /^Other connections of the two carried segments as long meanwhile: /;

  it("are lost for their size where a router says so, on one of several paths", async () => {
    const { confidence, alternatives } = await found(1400, stuckRequests(request()));
    expect(confidence).to.equal("strong");
    expect(alternatives).to.have.length(1);
    expect(alternatives[0]).to.match(BESIDE);
    expect((await found(1400, stuckInUse)).confidence).to.equal("strong");
  });

  it("may be lost for another reason where none does", async () => {
    const { alternatives } = await found(1500, stuckRequests(request()));
    expect(alternatives[0]).to.match(/^The server never held these connections: /);
    expect(alternatives[1]).to.match(BESIDE);
    expect((await found(1500, stuckDownloads)).alternatives[0]).to.match(
      /^The path, or the other host, failed/,
    );
  });

  it("have no such reason where none as long arrived", async () => {
    expect((await found(1500, stuckRequests(request(1300)))).alternatives).to.deep.equal([]);
  });
});
