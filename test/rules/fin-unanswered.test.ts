import { expect } from "chai";
import { finUnanswered } from "../../src/rules/fin-unanswered.js";
import { analyzeScript } from "../support/analyze-script.js";
import { answered, opened, repeated } from "../support/outage-scripts.js";
import { testRule } from "../support/rule-tester.js";

const SERVER = "192.0.2.7:80";
const FIN = "-> F. 101:101(0) ack 1";
/** `count` connections are closed and the FINs repeated; `meanwhile` happens 1.4 s after them. */
const closed = (count: number, meanwhile = "", fin = FIN, before = opened(count)): string => `${before}
  ${repeated(count, `${fin} @fin`, [1])}
  ${repeated(count, fin, [0.21, 0.42, 0.85])}
  ${meanwhile}
  ${repeated(count, fin, [1.7])}
  ${repeated(count, `${fin} @last`, [3.4])}`;
/** The client closes first, and is acknowledged. */
const halfClosed = (count: number, by: "->" | "<-"): string => `${opened(count, SERVER, by)}
  ${by === "->" ? repeated(count, "<- F. 1:1(0) ack 101", [0.5], "-> . 101:101(0) ack 2") : repeated(count, "-> F. 5:5(0) ack 101", [0.5], "<- . 101:101(0) ack 6")}`;
/** The same `count` times, captured where the FIN arrives, with `ttl`. */
const arriving = (count: number, ttl: number): string =>
  closed(count)
    .replaceAll(/ -> .*?(?= @|$)/gm, `$& {ttl ${ttl}}`)
    .replaceAll("+.02 <-", "+.00002 <-");
/** An idle end asks whether the other is there. */
const PROBE = "<- . 0:0(0) ack 101";
const ONE = {
  messageId: "unheard",
  evidence: { fin: "fin-1", last: "last-1" },
  confidence: "strong",
  severity: "note",
} as const;
const HEARD = " The other address did send on other connections meanwhile.";

testRule(finUnanswered, {
  invalid: [
    {
      name: "a client that closes, and a server that is gone",
      packets: closed(1),
      findings: [
        {
          ...ONE,
          data: {
            repeats: 5,
            worstSeconds: "6.6",
            heardSeconds: "1.0",
            state: "FIN-WAIT-1",
            aliveNote: "",
          },
        },
      ],
    },
    {
      name: "the same of three connections: one finding",
      packets: closed(3),
      findings: [{ ...ONE, flows: 3 }],
    },
    {
      name: "a server that closes to a client that is gone, though others share its address",
      packets: closed(1, answered(9, SERVER), "<- F. 101:101(0) ack 5", opened(1, SERVER, "<-")),
      findings: [{ ...ONE, data: { aliveNote: HEARD } }],
    },
    {
      name: "a client whose server had closed before, and answers on other connections",
      packets: closed(1, answered(9, SERVER), "-> F. 101:101(0) ack 2", halfClosed(1, "->")),
      findings: [{ ...ONE, data: { state: "LAST-ACK", aliveNote: HEARD } }],
    },
    {
      name: "a server whose clients are gone, of which one had closed before",
      packets: `
        ${halfClosed(1, "<-")}
        connection 2 client 192.0.2.3:40000 server ${SERVER}
        +.01 -> S  0:0(0)
        +.02 <- S. 0:0(0) ack 1
        +0   -> .  1:1(0) ack 1
        +.01 -> P. 1:5(4) ack 1
        +.02 <- P. 1:101(100) ack 5
        +.01 -> .  5:5(0) ack 101
        ${[1, 0.21, 0.42, 0.85, 1.7, 3.4]
          .map((gap, at) => {
            const label = at === 0 ? "@fin" : at === 5 ? "@last" : "";
            return `connection 1\n+${gap} <- F. 101:101(0) ack 6 ${label}\nconnection 2\n+0 <- F. 101:101(0) ack 5`;
          })
          .join("\n")}`,
      findings: [
        {
          ...ONE,
          evidence: { fin: "fin", last: "last" },
          flows: 2,
          data: { state: "FIN-WAIT-1 or LAST-ACK", aliveNote: "" },
        },
      ],
    },
    {
      name: "two connections that are closed in vain while another to that server goes on",
      packets: closed(2, answered(9, SERVER)),
      findings: [{ ...ONE, messageId: "cutOff", severity: "warning", flows: 2 }],
    },
    {
      name: "one alone, which may be lost by chance",
      packets: closed(1, answered(9, SERVER)),
      findings: [{ ...ONE, messageId: "cutOff", severity: "warning", confidence: "weak" }],
    },
    {
      name: "a server that goes on to probe the connection, as its keepalive does",
      packets: `${closed(1)}${repeated(1, PROBE, [3, 5])}`,
      findings: [
        {
          ...ONE,
          messageId: "untaken",
          severity: "warning",
          data: { heardSeconds: "14.6", these: "connection" },
        },
      ],
    },
    {
      name: "one that is heard once: what may have been held back",
      packets: `${closed(1)}${repeated(1, PROBE, [3])}`,
      findings: [{ ...ONE, messageId: "untaken", severity: "warning", confidence: "weak" }],
    },
    {
      name: "clients of a server that go on to probe their connections",
      packets: `${closed(2, "", "<- F. 101:101(0) ack 5", opened(2, SERVER, "<-"))}
        ${repeated(2, "-> . 4:4(0) ack 101", [3])}`,
      findings: [
        { ...ONE, messageId: "untaken", severity: "warning", flows: 2, data: { these: "connections" } },
      ],
    },
    {
      name: "a host that gets the FIN and does not answer, where the capture was taken",
      packets: arriving(1, 57),
      findings: [{ ...ONE, messageId: "arrived", vantage: "server-host", data: { heardSeconds: "1.0" } }],
    },
    {
      name: "the same of two connections, as far as the conversations tell where the capture was taken",
      packets: `${answered(9, SERVER).replace("192.0.2.1:", "192.0.2.3:")}
        ${arriving(2, 64)}`,
      findings: [{ ...ONE, messageId: "arrived", confidence: "weak", vantage: "unknown", flows: 2 }],
    },
  ],

  valid: [
    {
      name: "a FIN that arrives and is acknowledged at last",
      packets: `${arriving(1, 57)}
        connection 1
        +.00002 <- . 1:1(0) ack 102`,
      others: ["route-blackhole-local"],
    },
    {
      name: "a FIN that is sent again, and acknowledged at last",
      packets: `${closed(1)}
        connection 1
        +.02 <- F. 1:1(0) ack 102
        +0   -> .  102:102(0) ack 2`,
    },
    {
      name: "one that is answered by RST at last",
      packets: `${closed(1)}
        connection 1
        +.02 <- R  1:1(0)`,
    },
    {
      name: "a server that is heard again, and has not got the FIN yet",
      packets: `${closed(1)}
        connection 1
        +.5  <- P. 1:9(8) ack 101
        +0   -> R  102:102(0)`,
    },
    {
      name: "a FIN behind data that was not acknowledged, either, and is not repeated",
      packets: closed(
        1,
        "",
        "-> F. 201:201(0) ack 1",
        `${opened(1)}\nconnection 1\n+.5 -> P. 101:201(100) ack 1`,
      ),
    },
    {
      name: "a FIN, and the octet before it, by which a host asks whether the other is there",
      others: ["blackhole-forward"],
      packets: `${closed(1)}
        connection 1
        +.5 -> .  100:101(1) ack 1
        +1  -> .  100:101(1) ack 1`,
    },
    {
      name: "a FIN that is sent again within less than three seconds: the capture ends too soon",
      packets: `${opened(1)}
        ${repeated(1, FIN, [1, 0.21, 0.42, 0.85])}`,
    },
    {
      name: "a FIN that is sent again twice",
      packets: `${opened(1)}
        ${repeated(1, FIN, [1, 2, 4])}`,
    },
    {
      name: "data that was not acknowledged before",
      others: ["blackhole-forward"],
      packets: closed(1, "", "-> FP. 101:201(100) ack 1"),
    },
    {
      name: "data of another connection that is repeated in vain, too",
      others: ["blackhole-forward"],
      packets: `${opened(2)}
        connection 1
        ${[1, 0.21, 0.42, 0.85, 1.7, 3.4].map((gap) => `connection 1\n+${gap} ${FIN}\nconnection 2\n+0 -> P. 101:201(100) ack 1`).join("\n")}`,
    },
    {
      name: "a server that had reset the connection before",
      others: ["rst-unheard", "rst-mid-stream"],
      packets: `${opened(1)}
        connection 1
        +.5 <- R. 1:1(0) ack 101
        ${repeated(1, FIN, [1, 0.21, 0.42, 0.85, 1.7, 3.4])}`,
    },
  ],
});

describe("rule fin-unanswered", () => {
  const findingOf = async (script: string) =>
    (await analyzeScript(script, { rules: [finUnanswered] }, { ipVersion: 4 })).report.findings[0]!;

  it("names who closed, who is silent, and since when", async () => {
    const { message, alternatives } = await findingOf(closed(1));
    expect(message).to.equal(
      "192.0.2.1 closed 1 connection into silence: 192.0.2.7 never acknowledged the FIN, which was sent again up to 5 times, for 6.6 s at worst, and had last been heard 1.0 s before it. All that 192.0.2.1 had sent before the FIN was acknowledged.",
    );
    expect(alternatives.join()).to.match(/switched off/);
  });

  it("does not think of a host that is gone where it answers meanwhile", async () => {
    const { message, alternatives } = await findingOf(closed(2, answered(9, SERVER)));
    expect(message).to.match(/Meanwhile 192.0.2.7 answered 192.0.2.1 on other connections: only these/);
    expect(alternatives.join()).not.to.match(/switched off/);
    const server = closed(1, answered(9, SERVER), "<- F. 101:101(0) ack 5", opened(1, SERVER, "<-"));
    expect((await findingOf(server)).message).to.match(
      /^192.0.2.7 closed .* 192.0.2.1 never .* The other address did send on other connections meanwhile\.$/,
    );
  });

  it("says that the other end does not know, where that is heard", async () => {
    const { message } = await findingOf(`${closed(1)}${repeated(1, PROBE, [3, 5])}`);
    expect(message).to.equal(
      "192.0.2.1 closed 1 connection, and 192.0.2.7 does not know: the FIN was sent again up to 5 times, for 9.6 s at worst, and what 192.0.2.7 was heard to send on the same connection later, 14.6 s behind the FIN at last, does not acknowledge it. What it sends arrives; the FIN did not, or its host dropped it.",
    );
  });

  it("looks at the host where the FINs arrived", async () => {
    const { message, remedy, alternatives } = await findingOf(arriving(1, 57));
    expect(message).to.match(
      /^192\.0\.2\.1 closed 1 connection, and 192\.0\.2\.7, where the FIN arrived, answered it neither by ACK nor by RST/,
    );
    expect(remedy).to.match(/^[^.]*[.] On 192\.0\.2\.7: .*ip -4 route get 192\.0\.2\.1/);
    expect(alternatives.join()).not.to.match(/way back/);
  });
});
