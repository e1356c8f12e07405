import { expect } from "chai";
import { analyzeScript } from "../support/analyze-script.js";

const lostCall = `
  connection 99 client 192.0.2.1:999 server 192.0.2.2:2049
  0 -> S 0:0(0)
  +.0001 <- S. 0:0(0) ack 1
  +.0001 -> . 1:1(0) ack 1
  +.0001 -> P. 1:101(100) ack 1 // rpc call 7 100003 3 1
  +.0001 <- . 1:1(0) ack 101
  +5 <- F. 1:1(0) ack 101
  +.0001 -> F. 101:101(0) ack 2
  +.0001 <- . 2:2(0) ack 102`;
const loop = (client: string) => `
  connection 1 client ${client}:700 server 192.0.2.2:2049
  repeat 60 every 0.03 {
    +0 -> S 0:0(0)
    +.0001 <- S. 0:0(0) ack 1
    +.0001 -> . 1:1(0) ack 1
    +.0001 -> F. 1:1(0) ack 1
    +.0001 <- F. 1:1(0) ack 2
    +.0001 -> . 2:2(0) ack 2
  }`;
const ruleIds = async (packets: string) =>
  (await analyzeScript(packets)).report.findings.map(({ ruleId }) => ruleId);

describe("findings about one client and listener", () => {
  it("are one when one rule's explain another's", async () => {
    expect(await ruleIds(lostCall + loop("192.0.2.1"))).to.deep.equal(["connect-teardown-loop"]);
  });

  it("stay apart when the clients are others", async () => {
    expect(await ruleIds(lostCall + loop("192.0.2.9"))).to.deep.equal([
      "connect-teardown-loop",
      "rpc-call-unanswered",
    ]);
  });
});
