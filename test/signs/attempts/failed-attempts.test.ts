import { expect } from "chai";
import { Listeners } from "../../../src/engine/listeners.js";
import { readFlowIdentity } from "../../../src/flows/flow-identity.js";
import { synRefused } from "../../../src/rules/syn-refused.js";
import { FailedAttempts } from "../../../src/signs/attempts/failed-attempts.js";
import { parseScript } from "../../../src/tcp/notation.js";
import { analyzeScript } from "../../support/analyze-script.js";
import { compileScript } from "../../support/compile-script.js";
import { trackBytes } from "../../support/track-script.js";

/** Ports of one server, each once for every refused attempt; `answered` answers another client at the end. */
function script(ports: readonly number[], answered?: number): string {
  const refused = ports.map(
    (port, index) => `
      connection ${index + 1} client 192.0.2.1:${20_000 + index} server 192.0.2.2:${port}
      ${(index * 0.01).toFixed(3)} -> S 0:0(0)
      +.001 <- R. 0:0(0) ack 1`,
  );
  if (answered !== undefined)
    refused.push(`
      connection ${ports.length + 1} client 192.0.2.9:40000 server 192.0.2.2:${answered}
      100 -> S 0:0(0)
      +.001 <- S. 0:0(0) ack 1`);
  return refused.join("\n");
}

/** Three rounds over the ports from 1001 on. */
const rounds = (ports: number) => Array.from({ length: 3 * ports }, (_, index) => 1001 + (index % ports));

async function messages(packets: string): Promise<string[]> {
  const { report } = await analyzeScript(packets, { rules: [synRefused] });
  return report.findings.map(({ data, messageId }) =>
    [messageId, messageId === "scanned" ? data["tried"] : data["port"]].join(" "),
  );
}

describe("a port scan that asks each port more than twice", () => {
  it("is one note where it asks more ports than anybody uses of a server", async () => {
    expect(await messages(script(rounds(101)))).to.deep.equal(["scanned 101 ports"]);
  });

  it("is none where a client may use as many", async () => {
    const found = await messages(script(rounds(100)));
    expect(found).to.have.length(100);
    expect(new Set(found.map((each) => each.split(" ")[0]))).to.deep.equal(new Set(["refused"]));
  });

  it("does not hide a port that the client asks for on and on", async () => {
    const again = rounds(101).flatMap((port, index) => (index % 30 === 0 ? [port, 1001] : [port]));
    expect(await messages(script(again))).to.deep.equal(["refused 1001", "scanned 100 ports"]);
  });

  it("does not hide a port that answers others", async () => {
    expect(await messages(script(rounds(101), 1001))).to.deep.equal(["refused 1001", "scanned 100 ports"]);
  });
});

describe("more attempts than are kept", () => {
  it("are said to be left out", async () => {
    const { pcap } = compileScript(parseScript("0 -> S 0:0(0)\n+.001 <- R. 0:0(0) ack 1"), {
      ipVersion: 4,
      clientIsn: 1,
      serverIsn: 2,
    });
    const attempts = new FailedAttempts("refused", 5, 20);
    await trackBytes(pcap, 16, (flow) => {
      const identity = readFlowIdentity(flow);
      const listener = new Listeners().count(flow, identity, "REJ", "");
      for (let times = 0; times < 100_000; times++) attempts.add(flow, identity, listener);
      expect(attempts.limitNote).to.equal("");
      for (let times = 0; times < 3; times++) attempts.add(flow, identity, listener);
    });
    expect([...attempts.listeners()][0]?.flows).to.have.length(100_000);
    expect(attempts.limitNote).to.equal(
      " Counted are the first 100000 attempts of the capture that failed, not the 3 after them.",
    );
  });
});
