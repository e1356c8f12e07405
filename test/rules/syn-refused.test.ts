import { synRefused } from "../../src/rules/syn-refused.js";
import { testRule } from "../support/rule-tester.js";

/** A SYN that is answered by RST, `at` seconds into the script. */
const refusal = (number: number, at: number, server = "192.0.2.2:80", client = "192.0.2.1") => `
    connection ${number} client ${client}:${40_000 + number} server ${server}
    ${at.toFixed(6)} -> S  0:0(0) @syn-${number}
    +.0001 <- R. 0:0(0) ack 1 @rst-${number}`;

/** A request and its answer. */
const exchange = (number: number, at: number, server = "192.0.2.2:80") => `
    connection ${number} client 192.0.2.1:${40_000 + number} server ${server}
    ${at.toFixed(6)} -> S  0:0(0)
    +.0001 <- S. 0:0(0) ack 1
    +.0001 -> .  1:1(0) ack 1
    +.0001 -> P. 1:101(100) ack 1
    +.0001 <- P. 1:501(500) ack 101
    +.0001 -> F. 101:101(0) ack 501
    +.0001 <- F. 501:501(0) ack 102
    +.0001 -> .  102:102(0) ack 502`;

/** Four connections that a server answers, and so many refusals of the same port by turns, with these TTLs. */
const refusedBetween = (rstTtl: number, answerTtls: readonly number[], refusals = 4) =>
  answerTtls
    .flatMap((ttl, index) => [
      exchange(50 + index, index + 0.5).replaceAll(/(<-.*)/g, `$1 {ttl ${ttl}}`),
      index < refusals
        ? refusal(index + 1, index + 1 + index ** 2 * 0.4).replace("ack 1 @", `ack 1 {ttl ${rstTtl}} @`)
        : "",
    ])
    .join("\n");

/** A SYN that is sent again behind each RST, as often as `gaps` says, so many seconds after it. */
const repeated = (gaps: readonly number[], mark = "") => `
    +0   -> S  0:0(0) @syn${mark}
    +.01 <- R. 0:0(0) ack 1 @rst${mark}
    ${gaps.map((gap) => `+${gap} -> S 0:0(0)\n+.01 <- R. 0:0(0) ack 1`).join("\n")}`;

const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const first = { syn: "syn-1", rst: "rst-1" };

testRule(synRefused, {
  invalid: [
    {
      name: "one connection to a port without a listener",
      packets: refusal(1, 0),
      findings: [
        {
          messageId: "refused",
          evidence: first,
          data: { refused: 1, answerNote: "it answered nobody in the capture" },
          confidence: "strong",
        },
      ],
    },
    {
      name: "the same, beside a connection of which the capture has the client's side only",
      packets: `
        ${refusal(1, 0)}
        connection 2 client 192.0.2.11:40002 server 192.0.2.2:80
        1     -> S  0:0(0)
        +.02  -> .  1:1(0) ack 1
        +.01  -> P. 1:101(100) ack 1
        +.02  -> .  101:101(0) ack 501`,
      findings: [{ messageId: "refused", evidence: first, data: { refused: 1 } }],
    },
    {
      name: "a service that goes away: many clients, one finding",
      packets: [
        exchange(50, 0),
        ...range(8).map((n) => refusal(n, 1 + n * n * 0.1, "192.0.2.2:80", `192.0.2.${10 + n}`)),
      ].join("\n"),
      findings: [
        {
          messageId: "refused",
          evidence: first,
          data: { refused: 8, listenerFlows: 9, answerNote: "it had answered before" },
          flows: 8,
        },
      ],
    },
    {
      name: "RSTs from three routers nearer than the SYN-ACKs: a firewall on the way",
      packets: refusedBetween(62, [59, 59, 59, 59]),
      findings: [
        {
          messageId: "foreign",
          evidence: first,
          data: { refused: 4, listenerFlows: 8, rstTtl: 62, answerTtl: 59, rstRouters: 2 },
          flows: 4,
          confidence: "strong",
        },
      ],
    },
    {
      name: "the same of one router, where all agree; it is beside the capture",
      packets: refusedBetween(64, [63, 63, 63, 63]),
      findings: [{ messageId: "foreign", evidence: first, data: { rstRouters: "none" }, flows: 4 }],
    },
    {
      name: "a single RST from a router nearer: another way, perhaps",
      packets: refusedBetween(64, [63, 63, 63, 63], 1),
      findings: [{ messageId: "refused", evidence: first, flows: 1 }],
    },
    {
      name: "a single RST from three routers nearer, with another initial TTL",
      packets: refusedBetween(253, [59, 59, 59, 59], 1),
      findings: [{ messageId: "foreign", evidence: first, data: { rstTtl: 253, rstRouters: 2 }, flows: 1 }],
    },
    {
      name: "RSTs from a router nearer than some SYN-ACKs: the answers take several ways",
      packets: refusedBetween(62, [60, 60, 61, 60]),
      findings: [{ messageId: "refused", evidence: first, flows: 4 }],
    },
    {
      name: "RSTs from as far as the SYN-ACKs, with another initial TTL: the server's own",
      packets: refusedBetween(253, [62, 62, 62, 62]),
      findings: [{ messageId: "refused", evidence: first, flows: 4 }],
    },
    {
      name: "RSTs from farther away",
      packets: refusedBetween(55, [60, 60, 60, 60]),
      findings: [{ messageId: "refused", evidence: first, flows: 4 }],
    },
    {
      name: "SYN-ACKs with a TTL of the program's, as that of BGP",
      packets: refusedBetween(64, [1, 1, 1, 1]),
      findings: [{ messageId: "refused", evidence: first, flows: 4 }],
    },
    {
      name: "RSTs from nearer, and a service that goes away: two findings",
      packets: `${refusedBetween(62, [59, 59, 59, 59])}
        ${refusal(5, 9)
          .replace("ack 1 @", "ack 1 {ttl 59} @")
          .replace(/@(\w+)-5/g, "@own-$1")}`,
      findings: [
        { messageId: "foreign", evidence: first, flows: 4 },
        { messageId: "refused", evidence: { syn: "own-syn", rst: "own-rst" }, flows: 1 },
      ],
    },
    {
      name: "a service that was away for a while",
      packets: [exchange(50, 0), refusal(1, 1), refusal(2, 2), refusal(3, 4.5), exchange(51, 6)].join("\n"),
      findings: [
        {
          messageId: "refused",
          evidence: first,
          data: { answerNote: "it answered before and after that, not meanwhile" },
          flows: 3,
        },
      ],
    },
    {
      name: "a client that repeats the refused SYN, as Windows does",
      packets: `
        0    -> S  0:0(0) @syn
        +.01 <- R. 0:0(0) ack 1 @rst
        +.5  -> S  0:0(0)
        +.01 <- R. 0:0(0) ack 1`,
      findings: [{ messageId: "refused", evidence: { syn: "syn", rst: "rst" }, data: { refused: 1 } }],
    },
    {
      name: "a client with a round trip of 0.7 s that repeats the refused SYN, as Windows does",
      packets: repeated([1.2, 1.2]),
      findings: [{ messageId: "refused", evidence: { syn: "syn", rst: "rst" } }],
    },
    {
      name: "a client that repeats the refused SYN four times, as Windows does",
      packets: repeated([0.5, 0.5, 0.5, 0.5]),
      findings: [{ messageId: "refused", evidence: { syn: "syn", rst: "rst" } }],
    },
    {
      name: "a client that asks on by the timer of SYNs without an answer: it does not get the RSTs",
      packets: repeated([0.99, 0.99, 0.99, 0.99]),
      findings: [
        {
          messageId: "unheard",
          evidence: { syn: "syn", rst: "rst" },
          data: {
            refused: 1,
            repeats: 4,
            worstSeconds: "4.0",
            answerNote: "it answered nobody in the capture",
          },
          severity: "warning",
          confidence: "strong",
        },
      ],
    },
    {
      name: "the same three times, less sure: that many RSTs may be lost by chance",
      packets: repeated([1, 2, 4]),
      findings: [
        {
          messageId: "unheard",
          evidence: { syn: "syn", rst: "rst" },
          data: { repeats: 3, worstSeconds: "7.0" },
          confidence: "weak",
        },
      ],
    },
    {
      name: "SYNs without an answer before the first RST do not count",
      packets: `
        0    -> S  0:0(0) @syn
        +1   -> S  0:0(0)
        +2   -> S  0:0(0)
        +4   -> S  0:0(0)
        +.01 <- R. 0:0(0) ack 1 @rst
        ${"+.5 -> S 0:0(0)\n+.01 <- R. 0:0(0) ack 1\n".repeat(3)}`,
      findings: [{ messageId: "refused", evidence: { syn: "syn", rst: "rst" } }],
    },
    {
      name: "clients that do not get the RSTs beside one that does, each by themselves",
      packets: `
        connection 1 client 192.0.2.11:40001 server 192.0.2.2:80
        ${repeated([1, 1, 2], "one")}
        connection 2 client 192.0.2.12:40002 server 192.0.2.2:80
        ${repeated([1, 1, 2, 4], "two")}
        connection 3 client 192.0.2.13:40003 server 192.0.2.2:80
        ${repeated([], "three")}`,
      findings: [
        {
          messageId: "unheard",
          evidence: { syn: "synone", rst: "rstone" },
          data: { refused: 2, listenerFlows: 3, repeats: 7, worstSeconds: "8.0" },
          flows: 2,
          confidence: "strong",
        },
        {
          messageId: "refused",
          evidence: { syn: "synthree", rst: "rstthree" },
          data: { refused: 1 },
          flows: 1,
        },
      ],
    },
    {
      name: "a service that is not up yet is a note",
      packets: [...range(3).map((n) => refusal(n, n * 0.5)), exchange(9, 2)].join("\n"),
      findings: [{ messageId: "starting", evidence: first, flows: 3, severity: "note" }],
    },
    {
      name: "a health check of a service that is down is a note",
      packets: range(6)
        .map((n) => refusal(n, n * 2))
        .join("\n"),
      findings: [
        {
          messageId: "checks",
          evidence: first,
          data: { refused: 6, intervalSeconds: "2.0" },
          flows: 6,
          severity: "note",
        },
      ],
    },
    {
      name: "a health check's interval is from one first SYN to the next, however often a SYN is repeated",
      packets: range(4)
        .map(
          (n) => `${refusal(n, n * 2)}
            +.5    -> S  0:0(0)
            +.0001 <- R. 0:0(0) ack 1
            +.5    -> S  0:0(0)
            +.0001 <- R. 0:0(0) ack 1`,
        )
        .join("\n"),
      findings: [
        {
          messageId: "checks",
          evidence: first,
          data: { refused: 4, intervalSeconds: "2.0" },
          flows: 4,
          severity: "note",
        },
      ],
    },
    {
      name: "health checks of two clients: the interval is that of each",
      packets: range(8)
        .map((n) => refusal(n, n * 2, "192.0.2.2:80", `192.0.2.${10 + (n % 2)}`))
        .join("\n"),
      findings: [
        {
          messageId: "checks",
          evidence: first,
          data: { refused: 8, intervalSeconds: "4.0" },
          flows: 8,
          severity: "note",
        },
      ],
    },
    {
      name: "a port scan is one note",
      packets: range(40)
        .map((n) => refusal(n, n * 0.01, `192.0.2.2:${n}`))
        .join("\n"),
      findings: [
        {
          messageId: "scanned",
          evidence: first,
          data: { targets: 40, tried: "40 ports", verdict: "as a port scan is" },
          flows: 40,
          severity: "note",
        },
      ],
    },
    {
      name: "peers that are gone: many addresses, asked as connect() of Windows does",
      packets: range(25)
        .map(
          (n) => `${refusal(n, n, `192.0.2.${100 + n}:${6000 + n}`)}
            +.3    -> S  0:0(0)
            +.0001 <- R. 0:0(0) ack 1
            +.3    -> S  0:0(0)
            +.0001 <- R. 0:0(0) ack 1`,
        )
        .join("\n"),
      findings: [
        {
          messageId: "scanned",
          evidence: first,
          data: {
            tried: "25 addresses",
            verdict: "with SYNs repeated as by connect(): more likely peers that are gone than a scan",
          },
          flows: 25,
          severity: "note",
        },
      ],
    },
    {
      name: "strangers of the Internet that try ports and do not come again are one note",
      ipVersion: 4,
      packets: range(8)
        .map((n) => refusal(n, n * 1200, `192.0.2.2:${20 + n}`, `81.${n}.7.9`))
        .join("\n"),
      findings: [
        {
          messageId: "background",
          evidence: first,
          data: { clients: 8, targets: 8, ports: "21, 22, 23, 24, 25, 26, 27, 28", spanSeconds: "8400.0" },
          flows: 8,
          severity: "note",
        },
      ],
    },
  ],
  valid: [
    {
      name: "a client that tries a server's other address next (RFC 8305)",
      packets: [refusal(1, 0), exchange(2, 0.001, "192.0.2.3:80")].join("\n"),
    },
    {
      name: "a client that tries a server's other address next, which takes its data and has not answered yet",
      packets: `${refusal(1, 0)}
        connection 2 client 192.0.2.1:40002 server 192.0.2.3:80
        .001   -> S  0:0(0)
        +.0001 <- S. 0:0(0) ack 1
        +.0001 -> .  1:1(0) ack 1
        +.0001 -> P. 1:26(25) ack 1
        +.0001 <- .  1:1(0) ack 26`,
    },
    {
      name: "a mail server that asks for an ident",
      packets: refusal(1, 0, "192.0.2.2:113"),
    },
    {
      name: "a server that resets what it had accepted when all was said",
      packets: `
        0     -> S  0:0(0)
        +.001 <- S. 0:0(0) ack 1
        +0    -> .  1:1(0) ack 1
        +0    -> P. 1:101(100) ack 1
        +.001 <- P. 1:501(500) ack 101
        +.001 -> F. 101:101(0) ack 501
        +.001 <- R. 501:501(0) ack 102`,
    },
  ],
});
