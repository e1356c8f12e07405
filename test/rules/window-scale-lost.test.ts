import { expect } from "chai";
import { windowScaleLost } from "../../src/rules/window-scale-lost.js";
import { analyzeScript } from "../support/analyze-script.js";
import { testRule } from "../support/rule-tester.js";

/** A client that sends 20000 octets at a time, `times` times, and is acknowledged with `window` octets of room. */
function transfer(times: number, window: number): string {
  let packets = "";
  for (let index = 0; index < times; index++) {
    const sent = 1 + index * 20_000;
    packets += `
      +.02 -> P. ${sent}:${sent + 20_000}(20000) ack 1 ${index === 0 ? "@full" : ""}
      +.02 <- .  1:1(0) ack ${sent + 20_000} win ${window}`;
  }
  return packets;
}

testRule(windowScaleLost, {
  invalid: [
    {
      name: "a server that scales although its SYN-ACK, on the way, lost the option",
      packets: `
        0    -> S  0:0(0) win 64240 <mss 1460,wscale 7>     @syn
        +.02 <- S. 0:0(0) ack 1 win 65160 <mss 1460>         @synack
        +0   -> .  1:1(0) ack 1 win 64240
        +0   -> P. 1:101(100) ack 1 win 64240
        +.02 <- .  1:1(0) ack 101 win 509                    @scaled`,
      findings: [
        {
          messageId: "mismatch",
          evidence: { syn: "syn", synack: "synack", sign: "scaled" },
          confidence: "strong",
        },
      ],
    },
    {
      name: "such a server in a flow so long that its window at the end tells nothing",
      packets: `
        0    -> S  0:0(0) win 64240 <mss 1460,wscale 10>     @syn
        +.02 <- S. 0:0(0) ack 1 win 65160 <mss 1460>         @synack
        +0   -> .  1:1(0) ack 1 win 64240
        +0   -> P. 1:101(100) ack 1 win 64240
        +.02 <- .  1:1(0) ack 101 win 63                     @scaled
        +.2  -> P. 101:164(63) ack 1 win 64240               // fills the window
        +.02 <- .  1:1(0) ack 164 win 63
        ${Array.from({ length: 7 }, (_, index) => {
          const sent = 164 + index * 10_000;
          return `+.02 -> P. ${sent}:${sent + 10_000}(10000) ack 1 win 64240
        +.02 <- .  1:1(0) ack ${sent + 10_000} win 63`;
        }).join("\n        ")}`,
      findings: [{ messageId: "mismatch", evidence: { syn: "syn", synack: "synack", sign: "scaled" } }],
    },
    {
      name: "an unscaled window that data fills again and again",
      packets: `
        0    -> S  0:0(0) win 64240 <mss 20000,wscale 7>     @syn
        +.02 <- S. 0:0(0) ack 1 win 20000 <mss 20000>        @synack
        +0   -> .  1:1(0) ack 1 win 64240
        ${transfer(4, 20_000)}`,
      findings: [{ messageId: "limited", evidence: { syn: "syn", synack: "synack", sign: "full" } }],
    },
    {
      name: "an unscaled window that nothing fills to the last octet, and that all waits for",
      packets: `
        0    -> S  0:0(0) win 64240 <mss 1460,wscale 7>      @syn
        +.25 <- S. 0:0(0) ack 1 win 20000 <mss 1460>         @synack
        +0   -> .  1:1(0) ack 1 win 64240
        ${Array.from({ length: 12 }, (_, index) => {
          const sent = 1 + index * 19_000;
          return `+0   -> . ${sent}:${sent + 19_000}(19000) ack 1 ${index === 0 ? "@full" : ""}
            +.25 <- . 1:1(0) ack ${sent + 19_000} win 20000`;
        }).join("\n        ")}`,
      findings: [{ messageId: "limited", evidence: { syn: "syn", synack: "synack", sign: "full" } }],
    },
    {
      name: "the same of the client's window, which is not scaled then either",
      packets: `
        0    -> S  0:0(0) win 64240 <mss 1460,wscale 7>      @syn
        +.25 <- S. 0:0(0) ack 1 win 64240 <mss 1460>         @synack
        +0   -> .  1:1(0) ack 1 win 20000
        ${Array.from({ length: 14 }, (_, index) => {
          const sent = 1 + index * 19_000;
          return `+.25 <- . ${sent}:${sent + 19_000}(19000) ack 1 win 64240 ${index === 0 ? "@first" : ""}
            +0   -> . 1:1(0) ack ${sent + 19_000} win 20000`;
        }).join("\n        ")}`,
      findings: [{ messageId: "limited", evidence: { syn: "syn", synack: "synack", sign: "first" } }],
    },
    {
      name: "the same of a window that its receiver made small: a note",
      packets: `
        0    -> S  0:0(0) win 64240 <mss 1460,wscale 7>      @syn
        +.25 <- S. 0:0(0) ack 1 win 10000 <mss 1460>         @synack
        +0   -> .  1:1(0) ack 1 win 64240
        ${Array.from({ length: 12 }, (_, index) => {
          const sent = 1 + index * 9000;
          return `+0   -> . ${sent}:${sent + 9000}(9000) ack 1
            +.25 <- . 1:1(0) ack ${sent + 9000} win 10000 ${index === 0 ? "@next" : ""}`;
        }).join("\n        ")}`,
      findings: [
        {
          messageId: "unscaled",
          evidence: { syn: "syn", synack: "synack", sign: "next" },
          severity: "note",
        },
      ],
    },
    {
      name: "a large transfer that never filled the window: a note",
      packets: `
        0    -> S  0:0(0) win 64240 <mss 20000,wscale 7>     @syn
        +.02 <- S. 0:0(0) ack 1 win 65000 <mss 20000>        @synack
        +0   -> .  1:1(0) ack 1 win 64240
        +.02 -> P. 1:20001(20000) ack 1
        +.02 <- .  1:1(0) ack 20001 win 65000                @next
        +.02 -> P. 20001:40001(20000) ack 1
        +.02 <- .  1:1(0) ack 40001 win 65000
        +.02 -> P. 40001:60001(20000) ack 1
        +.02 <- .  1:1(0) ack 60001 win 65000
        +.02 -> P. 60001:80001(20000) ack 1
        +.02 <- .  1:1(0) ack 80001 win 65000`,
      findings: [
        {
          messageId: "unscaled",
          evidence: { syn: "syn", synack: "synack", sign: "next" },
          data: { othersNote: "" },
          severity: "note",
        },
      ],
    },
  ],

  valid: [
    {
      name: "a window scale in both, and windows that are small because they are scaled",
      packets: `
        0    -> S  0:0(0) win 64240 <mss 1460,wscale 7>
        +.02 <- S. 0:0(0) ack 1 win 65160 <mss 1460,wscale 7>
        +0   -> .  1:1(0) ack 1 win 502
        +0   -> P. 1:101(100) ack 1 win 502
        +.02 <- .  1:1(0) ack 101 win 509`,
    },
    {
      name: "a SYN proxy, as the distances of the SYN-ACK and of the FIN tell: these windows have two masters",
      packets: `
        0    -> S  0:0(0) win 8192 <mss 1460,wscale 2>
        +.02 <- S. 0:0(0) ack 1 win 8192 <mss 1412> {ttl 113}
        +0   -> .  1:1(0) ack 1 win 16944
        +0   -> P. 1:73(72) ack 1 win 16944
        +.02 <- P. 1:545(544) ack 73 win 5516 {ttl 240}
        +0   -> .  73:73(0) ack 545 win 16400
        +8   <- F. 545:545(0) ack 73 win 114 {ttl 48}`,
    },
    {
      name: "a client that does not offer it",
      packets: `
        0    -> S  0:0(0) win 64240 <mss 20000>
        +.02 <- S. 0:0(0) ack 1 win 20000 <mss 20000>
        +0   -> .  1:1(0) ack 1 win 64240
        ${transfer(4, 20_000)}`,
    },
    {
      name: "a server without it whose window shrinks by what it has taken in",
      packets: `
        0    -> S  0:0(0) win 64240 <mss 1460,wscale 7>
        +.02 <- S. 0:0(0) ack 1 win 8000 <mss 1460>
        +0   -> .  1:1(0) ack 1 win 64240
        +0   -> P. 1:1461(1460) ack 1 win 64240
        +0   -> P. 1461:2921(1460) ack 1 win 64240
        +0   -> P. 2921:4381(1460) ack 1 win 64240
        +0   -> P. 4381:5841(1460) ack 1 win 64240
        +0   -> P. 5841:7301(1460) ack 1 win 64240
        +.02 <- .  1:1(0) ack 7301 win 700`,
    },
    {
      name: "a small exchange with a server that does not scale",
      packets: `
        0    -> S  0:0(0) win 64240 <mss 1460,wscale 7>
        +.02 <- S. 0:0(0) ack 1 win 14600 <mss 1460>
        +0   -> .  1:1(0) ack 1 win 64240
        +0   -> P. 1:101(100) ack 1 win 64240
        +.02 <- P. 1:501(500) ack 101 win 14600
        +0   -> .  101:101(0) ack 501 win 63740`,
    },
  ],
});

describe("rule window-scale-lost", () => {
  it("explains why windows limit transfers", async () => {
    const rounds = Array.from({ length: 12 }, (_, index) => {
      const sent = 1 + index * 19_000;
      return `+0   -> . ${sent}:${sent + 19_000}(19000) ack 1
        +.25 <- . 1:1(0) ack ${sent + 19_000} win 20000`;
    });
    const rulesFor = async (options: string) => {
      const { report } = await analyzeScript(`
        0    -> S  0:0(0) win 64240 <${options}>
        +.25 <- S. 0:0(0) ack 1 win 20000 <mss 1460>
        +0   -> .  1:1(0) ack 1 win 64240
        ${rounds.join("\n")}`);
      return report.findings.filter(({ severity }) => severity !== "note").map(({ ruleId }) => ruleId);
    };
    expect(await rulesFor("mss 1460,wscale 7")).to.deep.equal(["window-scale-lost"]);
    expect(await rulesFor("mss 1460")).to.deep.equal(["window-limited"]);
  });
});
