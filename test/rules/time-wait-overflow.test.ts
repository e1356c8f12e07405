import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { timeWaitOverflow } from "../../src/rules/time-wait-overflow.js";
import { analyzeScript } from "../support/analyze-script.js";
import { testRule } from "../support/rule-tester.js";

const CLOSE = `
    +0    -> S  0:0(0)
    +.001 <- S. 0:0(0) ack 1
    +0    -> .  1:1(0) ack 1
    +0    -> P. 1:6(5) ack 1
    +.001 <- P. 1:6(5) ack 6
    +0    -> F. 6:6(0) ack 6 @fin
    +.001 <- F. 6:6(0) ack 7
    +0    -> .  7:7(0) ack 7`;

testRule(timeWaitOverflow, {
  testedApart: ["counted"],
  invalid: [
    {
      name: "three FINs that come again and draw a RST",
      packets: `
        repeat 3 every 0.01 {
          ${CLOSE.trim()}
          +.2   <- F. 6:6(0) ack 7
          +.001 -> R  7:7(0) @rst
        }`,
      findings: [
        {
          messageId: "reset",
          evidence: { fin: "fin-1", last: "rst-1" },
          flows: 3,
          confidence: "weak",
          data: { closedFlows: 3 },
        },
      ],
    },
  ],
  valid: [
    {
      name: "TIME-WAIT that answers by an ACK",
      packets: `
        repeat 3 every 0.01 {
          ${CLOSE.trim().replace(" @fin", "")}
          +.2   <- F. 6:6(0) ack 7
          +.001 -> .  7:7(0) ack 7
        }`,
    },
    {
      name: "clients that add a RST to an orderly close of their own accord",
      packets: `
        repeat 3 every 0.01 {
          ${CLOSE.trim().replace(" @fin", "")}
          +.001 -> R  7:7(0)
        }`,
    },
    {
      name: "clients that close by RST (SO_LINGER 0), after which the server's FIN draws another",
      packets: `
        repeat 6 every 0.01 {
          +0    -> S  0:0(0)
          +.001 <- S. 0:0(0) ack 1
          +0    -> .  1:1(0) ack 1
          +0    -> P. 1:6(5) ack 1
          +.001 <- P. 1:6(5) ack 6
          +0    -> R. 6:6(0) ack 6
          +.001 <- F. 6:6(0) ack 6
          +0    -> R  6:6(0)
        }`,
    },
    {
      name: "clients that answer the server's FIN by RST (SO_LINGER 0)",
      packets: `
        repeat 6 every 0.01 {
          +0    -> S  0:0(0)
          +.001 <- S. 0:0(0) ack 1
          +0    -> .  1:1(0) ack 1
          +0    -> P. 1:6(5) ack 1
          +.001 <- P. 1:6(5) ack 6
          +0    <- F. 6:6(0) ack 6
          +0    -> .  6:6(0) ack 7
          +.01  -> R. 6:6(0) ack 7
        }`,
    },
  ],
});

describe("TIME-WAIT overflows that the kernel counted", () => {
  const count = async (before: number, after: number, packets = CLOSE, listening = "") => {
    const folder = await mkdtemp(join(tmpdir(), "time-wait-"));
    try {
      const path = join(folder, "counters.txt");
      const sample = (n: number) => `#kernel\nTcpExtTCPTimeWaitOverflow ${n} 0.0\n`;
      await writeFile(path, sample(before) + sample(after));
      const sockets = join(folder, "sockets.txt");
      await writeFile(sockets, `State Recv-Q Send-Q Local Address:Port Peer Address:Port\n${listening}`);
      const { report } = await analyzeScript(packets.replaceAll(" @fin", ""), {
        counters: [path],
        sockets: listening === "" ? [] : [sockets],
      });
      return report.findings;
    } finally {
      await rm(folder, { recursive: true });
    }
  };

  it("are certain, whatever the wire shows", async () => {
    const [finding] = await count(3, 10);
    expect(finding?.ruleId).to.equal("time-wait-overflow");
    expect(finding?.confidence).to.equal("certain");
    expect(finding?.message).to.match(/no room for 7 connections .* 1 connections of the capture/);
  });

  const bothClose = `
    connection 1 client 192.0.2.1:40001 server 192.0.2.2:80
    ${CLOSE.trim()}
    connection 2 client 192.0.2.1:40002 server 192.0.2.2:80
    ${CLOSE.trim().replace("-> F. 6:6(0) ack 6", "<- F. 6:6(0) ack 6").replace("<- F. 6:6(0) ack 7", "-> F. 6:6(0) ack 7").replace("-> .  7:7(0)", "<- .  7:7(0)")}`;

  it("are of whatever either end closed while nothing tells whose kernel it is", async () => {
    const [finding] = await count(3, 10, bothClose);
    expect(finding?.message).to.match(/ 2 connections of the capture/);
  });

  it("are of what the server closed when the kernel listed its listener", async () => {
    const [finding] = await count(3, 10, bothClose, "LISTEN 0 511 192.0.2.2:80 0.0.0.0:*\n");
    expect(finding?.message).to.match(/ 1 connections of the capture/);
    // The ninth frame begins the second connection, of which the server sends the first FIN.
    expect(finding?.evidence.find(({ role }) => role === "fin")?.frame).to.equal(14);
  });

  it("are none when the counter stood still", async () => {
    expect(await count(3, 3)).to.deep.equal([]);
  });
});
