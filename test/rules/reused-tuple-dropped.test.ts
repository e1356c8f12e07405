import { expect } from "chai";
import { reusedTupleDropped } from "../../src/rules/reused-tuple-dropped.js";
import { analyzeScript } from "../support/analyze-script.js";
import { testRule } from "../support/rule-tester.js";

const ends = (number: number, port: number) =>
  `connection ${number} client 192.0.2.1:${port} server 192.0.2.2:80`;

/** A connection that is opened, used and closed. */
const closed = (number: number, port: number, at: number) => `
  ${ends(number, port)}
  ${at} -> S  0:0(0)
  +.01  <- S. 0:0(0) ack 1
  +0    -> .  1:1(0) ack 1
  +0    -> P. 1:6(5) ack 1
  +.01  <- P. 1:6(5) ack 6
  +0    -> F. 6:6(0) ack 6
  +.01  <- F. 6:6(0) ack 7
  +0    -> .  7:7(0) ack 7`;

const last = (text: string) => `${text} @before`;

testRule(reusedTupleDropped, {
  invalid: [
    {
      name: "a server in TIME-WAIT that answers for the old connection",
      ipVersion: 4,
      packets: `
        ${last(closed(1, 40000, 0))}
        connection 1
        5     -> S  100000:100000(0)  @syn
        +.01  <- .  7:7(0) ack 7
        +0    -> R  7:7(0)        @answer
        +1    -> S  100000:100000(0)
        +.01  <- S. 200000:200000(0) ack 100001`,
      findings: [
        {
          messageId: "challenged",
          evidence: { before: "before", syn: "syn", answer: "answer" },
          confidence: "strong",
          data: { reusedFlows: 1, listenerFlows: 2, gap: "5.0 s", worst: "1.0 s" },
        },
      ],
    },
    {
      name: "such a server, and a client that sends its SYN again at once",
      ipVersion: 4,
      packets: `
        ${last(closed(1, 40000, 0))}
        connection 1
        +.1     -> S  100000:100000(0)  @syn
        +.0001  <- .  7:7(0) ack 7
        +0      -> R  7:7(0)            @answer
        +.012   -> S  100000:100000(0)
        +.0001  <- S. 200000:200000(0) ack 100001`,
      findings: [
        {
          messageId: "challenged",
          evidence: { before: "before", syn: "syn", answer: "answer" },
          data: { gap: "100 ms", worst: "12 ms" },
        },
      ],
    },
    {
      name: "two that are dropped in silence while others are answered",
      ipVersion: 4,
      packets: `
        ${closed(1, 40000, 0)}
        ${last(closed(2, 40001, 0))}
        connection 1
        5  -> S  100000:100000(0)
        +1 -> S  100000:100000(0)
        +2 -> S  100000:100000(0)
        connection 2
        5  -> S  100000:100000(0) @syn
        +1 -> S  100000:100000(0) @answer
        +2 -> S  100000:100000(0)
        +4 -> S  100000:100000(0)
        ${closed(3, 40002, 6)}`,
      findings: [
        {
          messageId: "silent",
          evidence: { before: "before", syn: "syn", answer: "answer" },
          flows: 2,
          confidence: "strong",
          data: { worst: "7.0 s" },
        },
      ],
    },
    {
      name: "two that draw a RST while others are accepted",
      ipVersion: 4,
      packets: `
        ${last(closed(1, 40000, 0))}
        ${closed(2, 40001, 0)}
        connection 1
        5    -> S  100000:100000(0) @syn
        +.01 <- R. 0:0(0) ack 100001 @answer
        connection 2
        5    -> S  100000:100000(0)
        +.01 <- R. 0:0(0) ack 100001
        ${closed(3, 40002, 6)}`,
      findings: [
        {
          messageId: "refused",
          evidence: { before: "before", syn: "syn", answer: "answer" },
          flows: 2,
          confidence: "strong",
        },
      ],
    },
  ],

  valid: [
    {
      name: "a reused tuple that is accepted at once",
      ipVersion: 4,
      packets: `
        ${closed(1, 40000, 0)}
        connection 1
        5    -> S  100000:100000(0)
        +.01 <- S. 200000:200000(0) ack 100001
        +0   -> .  100001:100001(0) ack 200001`,
    },
    {
      name: "silence that meets all: nobody is answered meanwhile",
      others: ["syn-answered-late"],
      ipVersion: 4,
      packets: `
        ${closed(1, 40000, 0)}
        connection 1
        5  -> S  100000:100000(0)
        +1 -> S  100000:100000(0)
        +2 -> S  100000:100000(0)
        +.01 <- S. 200000:200000(0) ack 100001
        ${closed(3, 40002, 60)}`,
    },
    {
      name: "one silence among many that are accepted",
      others: ["syn-answered-late"],
      ipVersion: 4,
      packets: `
        ${[1, 2, 3].map((n) => closed(n, 40000 + n, 0)).join("\n")}
        ${[1, 2].map((n) => `connection ${n}\n5 -> S 100000:100000(0)\n+.01 <- S. 200000:200000(0) ack 100001`).join("\n")}
        connection 3
        5  -> S  100000:100000(0)
        +1 -> S  100000:100000(0)
        +2 -> S  100000:100000(0)
        +.01 <- S. 200000:200000(0) ack 100001
        ${closed(4, 40009, 6)}`,
    },
    {
      name: "silence hours later",
      others: ["syn-answered-late"],
      ipVersion: 4,
      packets: `
        ${closed(1, 40000, 0)}
        connection 1
        7200 -> S  100000:100000(0)
        +1   -> S  100000:100000(0)
        +2   -> S  100000:100000(0)
        +.01 <- S. 200000:200000(0) ack 100001
        ${closed(3, 40002, 7201)}`,
    },
  ],
});

describe("a server in TIME-WAIT that ignores the RST, too (RFC 1337)", () => {
  it("answers again and again, and what it acknowledges is no gap in the capture", async () => {
    const { report } = await analyzeScript(`
    ${ends(1, 40000)}
    0     -> S  0:0(0)
    +.01  <- S. 0:0(0) ack 1
    +0    -> .  1:1(0) ack 1
    +0    -> P. 1:20001(20000) ack 1
    +0    <- .  1:1(0) ack 20001
    +0    -> P. 20001:40001(20000) ack 1
    +.01  <- F. 1:1(0) ack 40001
    +0    -> F. 40001:40001(0) ack 2
    +.01  <- .  2:2(0) ack 40002
    connection 1
    +.1   -> S  10000:10000(0)
    +0    <- .  2:2(0) ack 40002
    +0    -> R  40002:40002(0)
    +.01  -> S  10000:10000(0)        // its answer is rate-limited
    +1    -> S  10000:10000(0)
    +0    <- .  2:2(0) ack 40002
    +0    -> R  40002:40002(0)
    +60   -> S  10000:10000(0)
    +0    <- S. 200000:200000(0) ack 10001
    +0    -> .  10001:10001(0) ack 200001
    +0    -> P. 10001:10006(5) ack 200001
    +.01  <- P. 200001:200006(5) ack 10006
    +0    -> .  10006:10006(0) ack 200006`);
    const [finding, ...others] = report.findings;
    expect(others).to.deep.equal([]);
    expect(finding).to.include({ ruleId: "reused-tuple-dropped", confidence: "strong" });
    expect(finding?.message).to.contain("It cost up to 61.0 s.");
  });
});
