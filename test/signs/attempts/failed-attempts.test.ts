import { expect } from "chai";
import { synRefused } from "../../../src/rules/syn-refused.js";
import { analyzeScript } from "../../support/analyze-script.js";

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
