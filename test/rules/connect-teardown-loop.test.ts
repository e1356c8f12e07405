import { connectTeardownLoop } from "../../src/rules/connect-teardown-loop.js";
import { testRule } from "../support/rule-tester.js";

/** A connection opened and closed at once without a byte, `at` seconds into the script. */
function emptyConnection(number: number, at: number, label = "", server = "192.0.2.2:80"): string {
  const mark = (name: string) => (label === "" ? "" : `@${name}-${label}`);
  return `
    connection ${number} client 192.0.2.1:${40_000 + number} server ${server}
    ${at.toFixed(6)} -> S  0:0(0) ${mark("syn")}
    +.0001 <- S. 0:0(0) ack 1
    +.0001 -> .  1:1(0) ack 1
    +.0001 -> F. 1:1(0) ack 1 ${mark("close")}
    +.0001 <- F. 1:1(0) ack 2
    +.0001 -> .  2:2(0) ack 2`;
}

const emptyConnections = (times: readonly number[]) =>
  times.map((at, index) => emptyConnection(index + 1, at, `${index + 1}`)).join("\n");

/** A request and its answer. */
const exchange = (number: number, at: number, client = "192.0.2.1", server = "192.0.2.2:80") => `
    connection ${number} client ${client}:${50_000 + number} server ${server}
    ${at.toFixed(6)} -> S  0:0(0)
    +.0001 <- S. 0:0(0) ack 1
    +.0001 -> .  1:1(0) ack 1
    +.0001 -> P. 1:101(100) ack 1
    +.0001 <- P. 1:501(500) ack 101
    +.0001 -> F. 101:101(0) ack 501
    +.0001 <- F. 501:501(0) ack 102
    +.0001 -> .  102:102(0) ack 502`;

/** Empty connections, and exchanges of those that have a `client`; told in order of time. */
const inOrder = (each: readonly { at: number; number: number; client?: string }[]) =>
  [...each]
    .sort((a, b) => a.at - b.at)
    .map(({ at, number, client }) =>
      client === undefined ? emptyConnection(number, at, `${number}`) : exchange(number, at, client),
    )
    .join("\n");

/** Twelve times, seconds, 11 s to 29 s apart and not at steady intervals. */
const slowTimes = [0.001, 11, 40, 54, 82, 93, 121, 133, 144, 172, 198, 209];
const range = (count: number) => Array.from({ length: count }, (_, index) => index);
const firstLoop = { syn: "syn-1", close: "close-1", again: "syn-2" };

testRule(connectTeardownLoop, {
  invalid: [
    {
      name: "connections closed by FIN, a few milliseconds apart",
      packets: `
        repeat 20 every 0.012 {
          +0     -> S  0:0(0) @syn
          +.0001 <- S. 0:0(0) ack 1
          +.0001 -> .  1:1(0) ack 1
          +.0001 -> F. 1:1(0) ack 1 @close
          +.0001 <- F. 1:1(0) ack 2
          +.0001 -> .  2:2(0) ack 2
        }`,
      findings: [
        {
          messageId: "loop",
          evidence: firstLoop,
          data: { connections: 20, closeKind: "FIN", portNote: "", spanSeconds: "0.2" },
          flows: 20,
          confidence: "strong",
        },
      ],
    },
    {
      name: "connections from one reserved port, closed by RST",
      packets: range(4)
        .map(
          (index) => `
        connection ${index + 1} client 192.0.2.1:894 server 192.0.2.2:2049
        ${(index * index * 0.003 + 0.001).toFixed(6)} -> S  0:0(0) @syn-${index + 1}
        +.0001 <- S. 0:0(0) ack 1
        +.0001 -> .  1:1(0) ack 1
        +.0001 -> R. 1:1(0) ack 1 @close-${index + 1}`,
        )
        .join("\n"),
      findings: [
        {
          messageId: "loop",
          evidence: firstLoop,
          data: { connections: 4, closeKind: "RST", portNote: ", from source ports below 1024" },
          flows: 4,
          confidence: "strong",
        },
      ],
    },
    {
      name: "a handful of connections at irregular times is no more than a warning",
      packets: emptyConnections([0.001, 0.8, 1.1, 3.9]),
      findings: [
        {
          messageId: "loop",
          evidence: firstLoop,
          data: { connections: 4 },
          flows: 4,
          confidence: "weak",
          severity: "warning",
        },
      ],
    },
    {
      name: "many connections at irregular times are no health check",
      packets: emptyConnections([0.001, 0.52, 2.4, 2.95, 3.6, 5.9, 7.1, 7.7, 10.2, 10.9, 12.8, 13.4]),
      findings: [
        {
          messageId: "loop",
          evidence: firstLoop,
          data: { connections: 12 },
          flows: 12,
          confidence: "strong",
        },
      ],
    },
    {
      name: "short runs with work done in between and long pauses are no more than a warning",
      packets: [0, 300, 600, 900]
        .flatMap((at, run) => [
          ...[0.001, 1.1, 3.9].map((after, index) =>
            emptyConnection(3 * run + index + 1, at + after, `${3 * run + index + 1}`),
          ),
          exchange(20 + run, at + 4.5),
        ])
        .join("\n"),
      findings: [
        {
          messageId: "beside",
          evidence: firstLoop,
          data: { connections: 12, runs: 4, runNote: ", in 4 runs of at most 3,", spanSeconds: "903.9" },
          flows: 12,
          confidence: "weak",
          severity: "warning",
        },
      ],
    },
    {
      name: "short runs that follow each other quickly, where others behind the address are served: less sure",
      packets: [0, 6, 11, 17]
        .flatMap((at, run) => [
          ...[0.001, 1.1, 3.9].map((after, index) =>
            emptyConnection(3 * run + index + 1, at + after, `${3 * run + index + 1}`),
          ),
          exchange(20 + run, at + 4.5),
        ])
        .join("\n"),
      findings: [
        {
          messageId: "beside",
          evidence: firstLoop,
          data: { connections: 12, runs: 4 },
          flows: 12,
          confidence: "weak",
          severity: "warning",
        },
      ],
    },
    {
      name: "connections that come back slowly are no more than a warning: a probe may",
      packets: emptyConnections(slowTimes),
      findings: [
        {
          messageId: "loop",
          evidence: firstLoop,
          data: { connections: 12 },
          flows: 12,
          confidence: "weak",
          severity: "warning",
        },
      ],
    },
    {
      name: "connections that come back slowly after a call that had no reply are a loop",
      packets: `
        connection 99 client 192.0.2.1:50999 server 192.0.2.2:80
        0 -> S 0:0(0)
        +.0001 <- S. 0:0(0) ack 1
        +.0001 -> . 1:1(0) ack 1
        +.0001 -> P. 1:101(100) ack 1 // rpc call 0x1234 100003 3 1
        +.0001 <- . 1:1(0) ack 101
        +.5 <- F. 1:1(0) ack 101
        +.0001 -> F. 101:101(0) ack 2
        +.0001 <- . 2:2(0) ack 102
        ${emptyConnections(slowTimes.map((at) => at + 1))}`,
      findings: [
        { messageId: "loop", evidence: firstLoop, flows: 12, confidence: "strong", severity: "error" },
      ],
    },
    {
      name: "a tight loop beside programs of the same address that are served: less sure",
      packets: inOrder([
        ...range(12).map((index) => ({ at: 0.02 * index + 0.001, number: index + 1 })),
        ...[0.008, 0.05, 0.13].map((at, index) => ({ at, number: index + 20, client: "192.0.2.1" })),
        { at: 0.19, number: 30, client: "192.0.2.9" },
      ]),
      findings: [
        {
          messageId: "beside",
          evidence: firstLoop,
          data: { connections: 12 },
          flows: 12,
          confidence: "weak",
          severity: "warning",
        },
      ],
    },
    {
      name: "a hundred connections 50 ms apart, steadily, beside one of the same address that is in use all the while",
      packets: `
        connection 999 client 192.0.2.1:50999 server 192.0.2.2:80
        0 -> S 0:0(0)
        +.0001 <- S. 0:0(0) ack 1
        +.0001 -> . 1:1(0) ack 1
        +.0001 -> P. 1:101(100) ack 1
        +.0001 <- P. 1:501(500) ack 101
        ${range(100)
          .map((index) => emptyConnection(index + 1, 0.1 + 0.05 * index, `${index + 1}`))
          .join("\n")}
        connection 999 client 192.0.2.1:50999 server 192.0.2.2:80
        5.5 -> P. 101:201(100) ack 501
        +.0001 <- P. 501:1001(500) ack 201`,
      findings: [
        {
          messageId: "beside",
          evidence: firstLoop,
          data: { connections: 100 },
          flows: 100,
          confidence: "weak",
          severity: "warning",
        },
      ],
    },
    {
      name: "the same where that one is over before: nothing else of the address is served",
      packets: `
        connection 999 client 192.0.2.1:50999 server 192.0.2.2:80
        0 -> S 0:0(0)
        +.0001 <- S. 0:0(0) ack 1
        +.0001 -> . 1:1(0) ack 1
        +.0001 -> P. 1:101(100) ack 1
        ${range(2)
          .map((index) => emptyConnection(index + 1, 1.9 + 0.05 * index, `${index + 1}`))
          .join("\n")}
        connection 999
        1.97 <- P. 1:501(500) ack 101
        +.0001 -> . 101:101(0) ack 501
        ${range(28)
          .map((index) => emptyConnection(index + 3, 2 + 0.05 * index, `${index + 3}`))
          .join("\n")}`,
      findings: [{ messageId: "loop", evidence: firstLoop, flows: 30, confidence: "strong" }],
    },
    {
      name: "a tight chain of connections that lose against those to another address: less sure",
      packets: inOrder(
        range(12).flatMap((index) => [
          { at: index * 0.15 + 0.001, number: index + 1 },
          { at: index * 0.15 + 0.0011, number: index + 100, client: "192.0.2.1" },
        ]),
      ).replaceAll(/(192\.0\.2\.1:501\d\d server) 192\.0\.2\.2:80/g, "$1 192.0.2.3:80"),
      findings: [
        {
          messageId: "loop",
          evidence: { syn: "syn-1", close: "close-1", again: "syn-2" },
          flows: 12,
          confidence: "weak",
          severity: "warning",
        },
      ],
    },
    {
      name: "a steady loop whose client's call went unanswered is no health check, whoever else is served",
      packets: `
        connection 99 client 192.0.2.1:50999 server 192.0.2.2:80
        0 -> S 0:0(0)
        +.0001 <- S. 0:0(0) ack 1
        +.0001 -> . 1:1(0) ack 1
        +.0001 -> P. 1:101(100) ack 1 // rpc call 0x1234 100003 3 1
        +.0001 <- . 1:1(0) ack 101
        +.5 <- F. 1:1(0) ack 101
        +.0001 -> F. 101:101(0) ack 2
        +.0001 <- . 2:2(0) ack 102
        ${exchange(98, 0.8, "192.0.2.9")}
        ${range(12)
          .map((index) => emptyConnection(index + 1, 1 + index * 0.15, `${index + 1}`))
          .join("\n")}`,
      findings: [{ messageId: "loop", evidence: firstLoop, flows: 12, confidence: "strong" }],
    },
    {
      name: "a loop from reserved ports beside other ports of the same address",
      packets: [
        exchange(20, 0.003),
        ...range(3).map((index) =>
          emptyConnection(index + 1, index * 0.02 + 0.001, `${index + 1}`).replace(
            `:${40_000 + index + 1}`,
            `:${700 + index}`,
          ),
        ),
        exchange(21, 0.03),
      ].join("\n"),
      findings: [{ messageId: "loop", evidence: firstLoop, flows: 3, confidence: "strong" }],
    },
    {
      name: "a loop after a call of NFS whose connection the server closed: the finding names the call",
      packets: `
        connection 99 client 192.0.2.1:999 server 192.0.2.2:2049
        0 -> S 0:0(0)
        +.0001 <- S. 0:0(0) ack 1
        +.0001 -> . 1:1(0) ack 1
        +.0001 -> P. 1:101(100) ack 1 // rpc call 0x1234 100003 3 1
        +.0001 <- . 1:1(0) ack 101
        +5 <- F. 1:1(0) ack 101
        +.0001 -> F. 101:101(0) ack 2
        +.0001 <- . 2:2(0) ack 102
        ${range(20)
          .map((index) =>
            emptyConnection(index + 1, 6 + index * 0.01, `${index + 1}`, "192.0.2.2:2049").replace(
              `:${40_001 + index}`,
              `:${700 + index}`,
            ),
          )
          .join("\n")}`,
      findings: [
        {
          messageId: "loop",
          evidence: firstLoop,
          data: {
            connections: 20,
            callNote:
              " The call nfs v3 GETATTR with XID 0x00001234 in frame 4 had no reply when the server closed its connection in frame 6, and was never sent again.",
          },
          flows: 20,
          confidence: "strong",
        },
      ],
    },
    {
      name: "a call that leaves the client only behind the loop, on the connection that the server closed before",
      packets: `
        connection 99 client 192.0.2.1:999 server 192.0.2.2:2049
        0 -> S 0:0(0)
        +.0001 <- S. 0:0(0) ack 1
        +.0001 -> . 1:1(0) ack 1
        +.0001 -> P. 1:101(100) ack 1 // rpc call 1 100003 3 1
        +.0001 <- P. 1:101(100) ack 101 // rpc reply 1
        +.0001 -> . 101:101(0) ack 101
        +.5 <- F. 101:101(0) ack 101
        ${range(20)
          .map((index) =>
            emptyConnection(index + 1, 6 + index * 0.01, `${index + 1}`, "192.0.2.2:2049").replace(
              `:${40_001 + index}`,
              `:${700 + index}`,
            ),
          )
          .join("\n")}
        connection 99 client 192.0.2.1:999 server 192.0.2.2:2049
        7 -> P. 101:201(100) ack 102 // rpc call 0x1234 100003 3 1
        +.0001 <- R  102:102(0)`,
      findings: [
        {
          messageId: "loop",
          evidence: firstLoop,
          data: {
            connections: 20,
            callNote:
              " The call nfs v3 GETATTR with XID 0x00001234 in frame 128 had no reply, since the server had closed its connection in frame 7, and was never sent again.",
          },
          flows: 20,
          confidence: "strong",
        },
      ],
    },
    {
      name: "loops against two listeners are two findings",
      packets: range(2)
        .map((listener) =>
          range(10)
            .map((index) =>
              emptyConnection(
                20 * listener + index + 1,
                listener + index * 0.01 + 0.001,
                `${listener}-${index}`,
                `192.0.2.2:${80 + listener}`,
              ),
            )
            .join("\n"),
        )
        .join("\n"),
      findings: range(2).map((listener) => ({
        messageId: "loop",
        evidence: {
          syn: `syn-${listener}-0`,
          close: `close-${listener}-0`,
          again: `syn-${listener}-1`,
        },
        flows: 10,
      })),
    },
  ],

  valid: [
    {
      name: "a strictly periodic health check",
      packets: emptyConnections(range(12).map((index) => index + 0.001)),
    },
    {
      name: "a health check every 200 ms, of a listener that serves others",
      packets: inOrder([
        ...range(30).map((index) => ({ at: index * 0.2 + 0.001, number: index + 1 })),
        ...range(3).map((index) => ({ at: index * 1.7 + 0.1, number: index + 100, client: "192.0.2.9" })),
      ]),
    },
    {
      name: "a health check every 100 ms, of a listener that serves others",
      packets: inOrder([
        ...range(30).map((index) => ({ at: index * 0.1001 + 0.001, number: index + 1 })),
        ...range(3).map((index) => ({ at: index * 0.8 + 0.05, number: index + 100, client: "192.0.2.9" })),
      ]),
    },
    {
      name: "a health check with jitter",
      packets: emptyConnections([0.001, 5.21, 9.87, 15.3, 19.9, 25.15, 29.8, 35.2, 39.9, 45.1]),
    },
    {
      name: "two health checks of different periods from one address",
      // A check every 10 s and one every 15 s.
      packets: emptyConnections(
        [
          ...range(13).map((index) => index * 10 + 0.001),
          ...range(8).map((index) => index * 15 + 3.001),
        ].sort((a, b) => a - b),
      ),
    },
    {
      name: "two health checks of the same period",
      packets: emptyConnections(range(6).flatMap((index) => [index * 5 + 0.001, index * 5 + 1.301])),
    },
    {
      name: "a port scan",
      packets: range(30)
        .map((index) =>
          emptyConnection(index + 1, index * 0.01 + 0.001, "", `192.0.2.2:${80 + (index % 10)}`),
        )
        .join("\n"),
    },
    {
      name: "a browser that closes the slower of two addresses each time",
      packets: [0.001, 2.7, 3.9, 11.2]
        .flatMap((at, index) => [
          exchange(index + 1, at, "192.0.2.1", "192.0.2.3:80"),
          emptyConnection(index + 10, at + 0.25),
        ])
        .join("\n"),
    },
    {
      name: "a pool that opens its connections side by side and then drops them",
      packets: `
        repeat 20 every 0.001 {
          +0     -> S  0:0(0)
          +.0002 <- S. 0:0(0) ack 1
          +.0002 -> .  1:1(0) ack 1
          +.5    -> F. 1:1(0) ack 1
          +.0002 <- F. 1:1(0) ack 2
          +.0002 -> .  2:2(0) ack 2
        }`,
    },
    {
      name: "health checks of a load balancer, every two seconds or so, whose own connections are served in between",
      packets: inOrder([
        ...[0.001, 2.01, 3.98, 6.03, 8, 9.97, 12.02].map((at, index) => ({ at, number: index + 1 })),
        ...range(25).map((index) => ({ at: index * 0.5 + 0.1, number: index + 100, client: "192.0.2.1" })),
      ]),
    },
    {
      name: "sockets that a browser opens in advance, and closes when the page is left",
      packets: [0.001, 1.7, 3.1, 5.9]
        .flatMap((at, index) => [
          exchange(index + 1, at),
          emptyConnection(index + 10, at + 0.01).replace("+.0001 -> F.", "+.8 -> F."),
        ])
        .join("\n"),
    },
    {
      name: "clients that give up after their TLS hello",
      packets: `
        repeat 20 every 0.02 {
          +0     -> S  0:0(0)
          +.0001 <- S. 0:0(0) ack 1
          +.0001 -> .  1:1(0) ack 1
          +.0001 -> P. 1:518(517) ack 1
          +.0001 <- .  1:1(0) ack 518
          +.0001 -> R. 518:518(0) ack 1
        }`,
    },
    {
      name: "a server that closes every connection itself",
      packets: `
        repeat 20 every 0.02 {
          +0     -> S  0:0(0)
          +.0001 <- S. 0:0(0) ack 1
          +.0001 -> .  1:1(0) ack 1
          +.0001 <- F. 1:1(0) ack 1
          +.0001 -> F. 1:1(0) ack 2
          +.0001 <- .  2:2(0) ack 2
        }`,
    },
    {
      name: "a server that greets first",
      packets: `
        repeat 20 every 0.02 {
          +0     -> S  0:0(0)
          +.0001 <- S. 0:0(0) ack 1
          +.0001 -> .  1:1(0) ack 1
          +.0001 <- P. 1:21(20) ack 1
          +.0001 -> R. 1:1(0) ack 21
        }`,
    },
    {
      name: "a load generator's one connection to see whether the server is there",
      packets: [
        emptyConnection(1, 0.001),
        ...range(10).map((index) => exchange(index + 10, index * 0.05 + 0.1)),
      ].join("\n"),
    },
    {
      name: "empty connections with exchanges between them",
      packets: [0.001, 0.4, 1.9, 4.2]
        .flatMap((at, index) => [emptyConnection(index + 1, at), exchange(index + 10, at + 0.1)])
        .join("\n"),
    },
    {
      name: "idle connections that the client closes after a while",
      packets: `
        repeat 20 every 3 {
          +0     -> S  0:0(0)
          +.0001 <- S. 0:0(0) ack 1
          +.0001 -> .  1:1(0) ack 1
          +2     -> F. 1:1(0) ack 1
          +.0001 <- F. 1:1(0) ack 2
          +.0001 -> .  2:2(0) ack 2
        }`,
    },
    {
      name: "connections that are refused, or never answered",
      others: ["syn-refused", "syn-unanswered"],
      packets: `
        repeat 20 every 0.02 {
          +0     -> S  0:0(0)
          +.0001 <- R. 0:0(0) ack 1
        }
        connection 40
        repeat 20 every 0.02 {
          +0     -> S  0:0(0)
          +.01   -> R  1:1(0)
        }`,
    },
    {
      name: "exchanges of which a filter left SYN, FIN and RST",
      packets: `
        repeat 20 every 0.02 {
          +0     -> S  0:0(0)
          +.0001 <- S. 0:0(0) ack 1
          +.005  -> F. 101:101(0) ack 501
          +.0001 <- F. 501:501(0) ack 102
        }`,
    },
    {
      name: "exchanges of which a filter left out data and FINs, closed by RST",
      packets: `
        repeat 20 every 0.02 {
          +0     -> S  0:0(0)
          +.0001 <- S. 0:0(0) ack 1
          +.0001 -> .  1:1(0) ack 1
          +.005  -> R  101:101(0)
        }`,
    },
    {
      name: "a load test: one connection after the other, each with a request and its answer",
      packets: range(30)
        .map((index) => exchange(index + 1, index * 0.005 + 0.001))
        .join("\n"),
    },
    {
      name: "peers that connect to each other and keep one of the two connections, as BGP and LDP do",
      packets: [0.001, 3.2, 4.5, 9.4]
        .flatMap((at, index) => [
          emptyConnection(index + 1, at, "", "192.0.2.2:646"),
          exchange(index + 10, at + 0.001, "192.0.2.2", "192.0.2.1:646"),
        ])
        .join("\n"),
    },
    {
      name: "one connection each from many clients",
      packets: range(20)
        .map((index) =>
          emptyConnection(index + 1, index * 0.01 + 0.001).replace("192.0.2.1:", `192.0.2.${index + 10}:`),
        )
        .join("\n"),
    },
    { name: "two empty connections", packets: emptyConnections([0.001, 0.35]) },
  ],
});
