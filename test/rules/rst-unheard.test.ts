import { expect } from "chai";
import { rstUnheard } from "../../src/rules/rst-unheard.js";
import { analyzeScript } from "../support/analyze-script.js";
import { testRule } from "../support/rule-tester.js";

const opened = `
  0     -> S  0:0(0)
  +.03  <- S. 0:0(0) ack 1
  +0    -> .  1:1(0) ack 1`;
/** What one RST of the server draws from a client that does not get it; `rst` is each of these, `label` that of the last repetition. */
const goesOn = (rst: string, repeat = "P. 1:6(5) ack 1", label = "@repeat") => `
  +.23  -> ${repeat}
  +.001 <- ${rst}
  +.46  -> ${repeat}
  +.001 <- ${rst}
  +.92  -> ${repeat} ${label}
  +.001 <- ${rst}`;
const refused = (rst: string) => `
  ${opened}
  +0    -> P. 1:6(5) ack 1
  +.001 <- ${rst} @rst
  ${goesOn(rst)}`;
/** A client that goes on, and is not answered any more. */
const silentRounds = (repeat: string, label = "@repeat") => `
  +.23  -> ${repeat}
  +.46  -> ${repeat}
  +.92  -> ${repeat} ${label}`;
const silentAfter = (rst: string, label = "@repeat") => `
  ${opened}
  +0    -> P. 1:6(5) ack 1
  +.001 <- ${rst} ${label && "@rst"}
  ${silentRounds("P. 1:6(5) ack 1", label)}`;
const NOT_GOT = "does not get the RSTs or drops them";
const UNHEARD = {
  messageId: "unheard",
  evidence: { rst: "rst", repeat: "repeat" },
  confidence: "strong",
  data: { side: "server", peer: "client", reason: NOT_GOT, distanceNote: "", count: 4, worstSeconds: "1.6" },
} as const;
const ONCE = { ...UNHEARD, messageId: "once", data: { ...UNHEARD.data, count: 3 } } as const;

testRule(rstUnheard, {
  invalid: [
    {
      name: "a server that answers the first data by RST again and again",
      packets: refused("R  1:1(0)"),
      findings: [UNHEARD],
    },
    {
      name: "the same of two connections, one of which hangs for longer: one finding",
      packets: `
        ${refused("R  1:1(0)").replaceAll(/@\w+/g, "")}
        connection 2
        ${refused("R  1:1(0)").replaceAll("@repeat", "")}
        +1.8  -> P. 1:6(5) ack 1 @repeat
        +.001 <- R  1:1(0)`,
      findings: [{ ...UNHEARD, flows: 2, data: { count: 9, worstSeconds: "3.4" } }],
    },
    {
      name: "one that closes by RST before the client speaks",
      packets: `
        ${opened}
        +.001 <- R. 1:1(0) ack 1 @rst
        +0    -> P. 1:6(5) ack 1
        +.001 <- R  1:1(0)
        ${goesOn("R  1:1(0)")}`,
      findings: [{ ...UNHEARD, data: { reason: NOT_GOT, count: 4 } }],
    },
    {
      name: "one whose RST a client waits out, to close at last in vain",
      packets: `
        ${opened}
        +0    -> P. 1:6(5) ack 1
        +.001 <- .  1:1(0) ack 6
        +.1   <- R. 1:1(0) ack 6 @rst
        +8    -> F. 6:6(0) ack 1
        +.001 <- R  1:1(0)
        ${goesOn("R  1:1(0)", "F. 6:6(0) ack 1")}`,
      findings: [{ ...UNHEARD, data: { worstSeconds: "9.6" } }],
    },
    {
      name: "RSTs with a number that the client does not expect",
      packets: refused("R  30001:30001(0)"),
      findings: [
        {
          ...UNHEARD,
          data: { reason: "ignores the RSTs as they carry another number than it expects" },
        },
      ],
    },
    {
      name: "RSTs from another distance than the server's SYN-ACK",
      packets: refused("R  1:1(0) {ttl 250}"),
      findings: [
        {
          ...UNHEARD,
          data: {
            distanceNote:
              "; their TTL is 250, that of the server's other segments 64: somebody else sends them in its name",
          },
        },
      ],
    },
    {
      name: "a client that no longer knows the connection, and a server that sends on",
      packets: `
        ${opened}
        +0    -> P. 1:6(5) ack 1
        +.001 <- .  1:1(0) ack 6
        +5    <- P. 1:9(8) ack 6
        +.03  -> R  6:6(0) @rst
        +.2   <- P. 1:9(8) ack 6
        +.03  -> R  6:6(0)
        +.4   <- P. 1:9(8) ack 6
        +.03  -> R  6:6(0)
        +.8   <- P. 1:9(8) ack 6 @repeat
        +.03  -> R  6:6(0)`,
      findings: [{ ...UNHEARD, data: { side: "client", peer: "server", reason: NOT_GOT } }],
    },
    {
      name: "a server that resets a connection once, and says nothing more",
      packets: silentAfter("R  1:1(0)"),
      findings: [ONCE],
    },
    {
      name: "one that does it once more before it falls silent",
      packets: `
        ${opened}
        +0    -> P. 1:6(5) ack 1
        +.001 <- R  1:1(0) @rst
        +.2   -> P. 1:6(5) ack 1
        +.001 <- R  1:1(0)
        ${silentRounds("P. 1:6(5) ack 1")}`,
      findings: [{ ...ONCE, data: { worstSeconds: "1.8" } }],
    },
    {
      name: "one that closes by RST what it has acknowledged, and a client that closes in vain",
      packets: `
        ${opened}
        +0    -> P. 1:6(5) ack 1
        +.001 <- .  1:1(0) ack 6
        +.1   <- R. 1:1(0) ack 6 {ttl 250} @rst
        +8    -> F. 6:6(0) ack 1
        ${silentRounds("F. 6:6(0) ack 1")}`,
      findings: [{ ...ONCE, data: { worstSeconds: "9.6", distanceNote: "" } }],
    },
    {
      name: "a RST with a number that the client does not expect, and silence",
      packets: silentAfter("R  30001:30001(0)"),
      findings: [
        { ...ONCE, data: { reason: "ignores the RSTs as they carry another number than it expects" } },
      ],
    },
    {
      name: "a RST from another distance, and silence",
      packets: silentAfter("R  1:1(0) {ttl 250}"),
      findings: [
        {
          ...ONCE,
          data: {
            distanceNote:
              "; their TTL is 250, that of the server's other segments 64: somebody else sends them in its name",
          },
        },
      ],
    },
    {
      name: "a RST that arrives at the client's host, where it was captured, and silence",
      packets: silentAfter("R  1:1(0) {ttl 57}").replace("<- S. 0:0(0) ack 1", "<- S. 0:0(0) ack 1 {ttl 57}"),
      findings: [{ ...ONCE, data: { reason: "drops the RSTs, which arrive at its host" } }],
    },
    {
      name: "a client that resets once what its server goes on to send",
      packets: `
        ${opened}
        +0    -> P. 1:6(5) ack 1
        +.001 <- .  1:1(0) ack 6
        +5    <- P. 1:9(8) ack 6
        +.03  -> R  6:6(0) @rst
        +.2   <- P. 1:9(8) ack 6
        +.4   <- P. 1:9(8) ack 6
        +.8   <- P. 1:9(8) ack 6 @repeat`,
      findings: [{ ...ONCE, data: { side: "client", peer: "server", reason: NOT_GOT } }],
    },
  ],

  valid: [
    {
      name: "a RST that arrives when two have got lost",
      others: ["rst-mid-stream", "half-open-peer"],
      packets: `
        ${opened}
        +0    -> P. 1:6(5) ack 1
        +.001 <- R  1:1(0)
        +.23  -> P. 1:6(5) ack 1
        +.001 <- R  1:1(0)
        +.9   -> P. 1:6(5) ack 1
        +.001 <- R  1:1(0)`,
    },
    {
      name: "one repetition that draws several RSTs",
      others: ["rst-mid-stream", "half-open-peer"],
      packets: `
        ${opened}
        +0    -> P. 1:6(5) ack 1
        +.001 <- R  1:1(0)
        +1.2  -> P. 1:6(5) ack 1
        +.001 <- R  1:1(0)
        +.001 <- R  1:1(0)
        +.001 <- R  1:1(0)
        +.001 <- R  1:1(0)`,
    },
    ...[
      {
        name: "a client that gives up by two RSTs of its own",
        packets: `
        +1.1  -> P. 1:6(5) ack 1
        +.1   -> R. 6:6(0) ack 1
        +.1   -> R. 6:6(0) ack 1`,
      },
      {
        name: "a client that gives up, and what is sent again to it then",
        packets: `
        +.8   -> R. 6:6(0) ack 1
        +1.2  <- P. 1:9(8) ack 1
        +.001 -> R  6:6(0)`,
      },
    ].map(({ name, packets }) => ({
      name: `two repetitions that draw a RST each, and ${name}`,
      others: ["rst-mid-stream", "half-open-peer"],
      packets: `
        ${opened}
        +0    <- P. 1:9(8) ack 1
        +0    -> P. 1:6(5) ack 1
        +.001 <- R  1:1(0)
        +.23  -> P. 1:6(5) ack 1
        +.001 <- R  1:1(0)
        +.9   -> P. 1:6(5) ack 1
        +.001 <- R  1:1(0)
        ${packets}`,
    })),
    {
      name: "data that was under way when the RST was sent, each segment answered by another",
      others: ["rst-mid-stream"],
      packets: `
        ${opened}
        +0    -> .  1:1001(1000) ack 1
        +.001 <- R. 1:1(0) ack 1
        ${[1, 2, 3, 4, 5].map((k) => `+.3 -> . ${k}001:${k + 1}001(1000) ack 1\n+.001 <- R 1:1(0)`).join("\n")}`,
    },
    {
      name: "repetitions that were under way, too, for less than a second",
      others: ["rst-mid-stream"],
      packets: `
        ${opened}
        +0    -> P. 1:6(5) ack 1
        +.001 <- R. 1:1(0) ack 1
        ${goesOn("R  1:1(0)").replace("+.46", "+.2").replace("+.92", "+.3")}`,
    },
    {
      name: "RSTs in the name of a server that goes on: they are somebody else's",
      others: ["rst-mid-stream"],
      packets: `
        ${refused("R  1:1(0)").replaceAll(/@\w+/g, "")}
        +.01  <- .  1:1(0) ack 6
        +.01  <- P. 1:9(8) ack 6
        +.01  -> .  6:6(0) ack 9`,
    },
    {
      name: "a client that had closed before: nobody waits for its last repetitions",
      packets: `
        ${opened}
        +0    -> P. 1:6(5) ack 1
        +.001 <- P. 1:9(8) ack 6
        +.03  -> F. 6:6(0) ack 9
        +.001 <- R  9:9(0)
        ${goesOn("R  9:9(0)", "F. 6:6(0) ack 9", "")}`,
    },
    {
      name: "a RST, and what was under way, sent again for less than a second",
      packets: silentAfter("R  1:1(0)", "").replace("+.46", "+.2").replace("+.92", "+.3"),
    },
    {
      name: "a RST, and a flight that is sent again twice, by one timer each",
      packets: `
        ${opened}
        +0    -> .  1:1001(1000) ack 1
        +0    -> P. 1001:2001(1000) ack 1
        +.001 <- R  1:1(0)
        +.4   -> .  1:1001(1000) ack 1
        +.001 -> P. 1001:2001(1000) ack 1
        +.8   -> .  1:1001(1000) ack 1
        +.001 -> P. 1001:2001(1000) ack 1`,
    },
    {
      name: "a RST in the name of a server that goes on later",
      others: ["rst-mid-stream"],
      packets: `
        ${silentAfter("R  1:1(0)", "")}
        +.1   <- .  1:1(0) ack 6
        +.01  <- P. 1:9(8) ack 6
        +.01  -> .  6:6(0) ack 9`,
    },
    {
      name: "one RST to a client that had closed before",
      packets: `
        ${opened}
        +0    -> P. 1:6(5) ack 1
        +.001 <- P. 1:9(8) ack 6
        +.03  -> F. 6:6(0) ack 9
        +.001 <- R  9:9(0)
        ${silentRounds("F. 6:6(0) ack 9", "")}`,
    },
    {
      name: "RSTs that data under way draws behind a clock that was set back: nothing is sent again",
      others: ["rst-mid-stream", "capture-clock"],
      packets: `
        40    -> S  0:0(0)
        40.01 <- S. 0:0(0) ack 1
        40.02 -> .  1:1(0) ack 1
        40.03 -> P. 1:6(5) ack 1
        4     <- .  1:1001(1000) ack 6
        +.001 -> R. 6:6(0) ack 1001
        ${[1, 2, 3, 4, 5].map((k) => `+.01 <- . ${k}001:${k + 1}001(1000) ack 6\n+.001 -> R 6:6(0)`).join("\n")}`,
    },
    {
      name: "SYNs that are refused again and again",
      others: ["syn-refused"],
      packets: `
        0     -> S  0:0(0)
        +.001 <- R. 0:0(0) ack 1
        +1    -> S  0:0(0)
        +.001 <- R. 0:0(0) ack 1
        +2    -> S  0:0(0)
        +.001 <- R. 0:0(0) ack 1
        +4    -> S  0:0(0)
        +.001 <- R. 0:0(0) ack 1`,
    },
  ],
});

describe("rule rst-unheard", () => {
  it("thinks of signed connections unless the number tells why", async () => {
    const alternativesOf = async (rst: string, script = refused(rst)) =>
      (await analyzeScript(script, { rules: [rstUnheard] }, { ipVersion: 4 })).report.findings[0]
        ?.alternatives;
    expect((await alternativesOf("R  1:1(0)"))?.join()).to.include("TCP-MD5");
    expect(await alternativesOf("R  30001:30001(0)")).to.deep.equal([]);
    expect((await alternativesOf("", silentAfter("R  1:1(0)")))?.join()).to.match(/TCP-MD5.*by chance/);
    expect((await alternativesOf("", silentAfter("R  30001:30001(0)")))?.join()).to.match(
      /^The RSTs were lost/,
    );
  });
});
