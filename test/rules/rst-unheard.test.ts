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
const NOT_GOT = "does not get the RSTs or drops them";
const UNHEARD = {
  messageId: "unheard",
  evidence: { rst: "rst", repeat: "repeat" },
  confidence: "strong",
  data: { side: "server", peer: "client", reason: NOT_GOT, distanceNote: "", count: 4, worstSeconds: "1.6" },
} as const;

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
        +.8   -> P. 1:6(5) ack 1
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
      name: "RSTs that stop, and a client that goes on: it may lack the first alone",
      packets: `
        ${opened}
        +0    -> P. 1:6(5) ack 1
        +.001 <- R  1:1(0)
        +.23  -> P. 1:6(5) ack 1
        +.46  -> P. 1:6(5) ack 1
        +.92  -> P. 1:6(5) ack 1
        +1.8  -> P. 1:6(5) ack 1`,
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
    const alternativesOf = async (rst: string) =>
      (await analyzeScript(refused(rst), { rules: [rstUnheard] }, { ipVersion: 4 })).report.findings[0]
        ?.alternatives;
    expect((await alternativesOf("R  1:1(0)"))?.join()).to.include("TCP-MD5");
    expect(await alternativesOf("R  30001:30001(0)")).to.deep.equal([]);
  });
});
