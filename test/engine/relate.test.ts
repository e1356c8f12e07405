import { expect } from "chai";
import { analyzeScript } from "../support/analyze-script.js";

const hung = (at: number) => `
  connection ${at + 1} client 127.0.0.1:${40001 + at} server 127.0.0.1:8080
  ${at} -> S  0:0(0)
  +0  <- S. 0:0(0) ack 1
  +0  -> .  1:1(0) ack 1
  +0  -> P. 1:6(5) ack 1
  +.2 -> P. 1:6(5) ack 1
  +.8 <- S. 0:0(0) ack 1
  +1  -> P. 1:6(5) ack 1
  +0  <- .  1:1(0) ack 6`;
const waited = (at: number) => `
  connection 99 client 127.0.0.1:50000 server 127.0.0.1:8080
  ${at} -> S  0:0(0)
  +1  -> S  0:0(0)
  +0  <- S. 0:0(0) ack 1`;
const messages = async (packets: string) => {
  const { report } = await analyzeScript(packets);
  return report.findings.filter(({ severity }) => severity === "error").map(({ message }) => message);
};

describe("findings that blame one listener's accept queue", () => {
  it("name each other when they are of one time", async () => {
    const [first, second] = await messages(hung(0) + waited(1));
    expect(first).to.match(/Part of the same incident: accept-queue-syn-drop \(1 connection\)\.$/);
    expect(second).to.match(/Part of the same incident: syn-ack-after-data \(1 connection\)\.$/);
  });

  it("are apart when one was over before the other began", async () => {
    const found = await messages(hung(0) + waited(9));
    expect(found.length).to.equal(2);
    for (const message of found) expect(message).not.to.match(/incident/);
  });
});
