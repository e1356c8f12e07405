import { expect } from "chai";
import { analyzeScript } from "../../support/analyze-script.js";

/** Three whose handshake is dropped: SYNs at 0, 5 and 10 ms, ACKs at 20, 25 and 30 ms. */
const threeHang = `
  connection 1 client 192.0.2.1:40000 server 192.0.2.2:80
  repeat 3 every 0.005 {
    +0    -> S  0:0(0)
    +.02  <- S. 0:0(0) ack 1
    +0    -> .  1:1(0) ack 1
    +.001 -> P. 1:6(5) ack 1
    +.2   -> P. 1:6(5) ack 1
    +.8   <- S. 0:0(0) ack 1
    +0    -> .  6:6(0) ack 1
    +1.6  -> P. 1:6(5) ack 1
    +.02  <- .  1:1(0) ack 6
  }`;
const completed = (connection: number, second: number) => `
  connection ${connection}
  0         -> S  0:0(0)
  +.001     <- S. 0:0(0) ack 1
  ${second} -> .  1:1(0) ack 1`;

describe("what else may have dropped a handshake", () => {
  const found = async (packets: string) => {
    const { report } = await analyzeScript(packets);
    const { confidence, alternatives } = report.findings.find(
      ({ ruleId }) => ruleId === "syn-ack-after-data",
    )!;
    return `${confidence}: ${alternatives[0]}`;
  };

  it("is a filter that drops all but SYNs, where nobody took the place that there was for these", async () => {
    expect(await found(threeHang)).to.match(/^weak: The listener had room for these connections/);
    expect(await found(threeHang + completed(8, 0.032))).to.match(/^weak: The listener had room/);
  });

  it("is one where a place was taken from one of three only", async () => {
    expect(await found(threeHang + completed(8, 0.003))).to.match(/^weak: The listener had room/);
  });

  it("is any filter where places were taken", async () => {
    expect(await found(threeHang + completed(8, 0.015))).to.match(/^strong: A filter on the way/);
    expect(await found(threeHang + completed(8, 0.007))).to.match(/^weak: A filter on the way/);
  });

  it("is one that chooses connections, where others were served at once", async () => {
    const served = `
      connection 8
      0.1  -> S  0:0(0)
      +.02 <- S. 0:0(0) ack 1
      +0   -> .  1:1(0) ack 1
      +0   -> P. 1:6(5) ack 1
      +.02 <- P. 1:6(5) ack 6`;
    expect(await found(threeHang + served)).to.match(/^weak: The listener opened and served other/);
  });
});
