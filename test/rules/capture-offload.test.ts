import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { analyze } from "../../src/analyze.js";
import { captureOffload } from "../../src/rules/capture-offload.js";
import { testRule } from "../support/rule-tester.js";

/** An answer of `count` segments of `length` octets each. */
function answer(count: number, length: number, label = ""): string {
  return Array.from({ length: count }, (_, index) => {
    const first = 1 + index * length;
    return `+.001 <- . ${first}:${first + length}(${length}) ack 101 ${index === 0 ? label : ""}`;
  }).join("\n");
}

const opened = (mss: number) => `
  0     -> S  0:0(0) <mss ${mss}>
  +.01  <- S. 0:0(0) ack 1 <mss ${mss}>
  +0    -> .  1:1(0) ack 1
  +.001 -> P. 1:101(100) ack 1
`;

testRule(captureOffload, {
  testedApart: ["unfilled"],
  invalid: [
    {
      name: "segments of 20 times the MSS",
      packets: opened(1460) + answer(10, 29200, "@segment"),
      findings: [
        {
          messageId: "oversized",
          evidence: { segment: "segment" },
          data: { oversized: 10, dataSegments: 11, largestBytes: 29200, checksumNote: "" },
          confidence: "strong",
        },
      ],
    },
    {
      name: "segments that no frame holds, the MSS unknown",
      packets: answer(10, 20000, "@segment"),
      findings: [{ messageId: "oversized", evidence: { segment: "segment" }, data: { oversized: 10 } }],
    },
  ],
  valid: [
    { name: "segments of exactly the MSS", packets: opened(1460) + answer(40, 1460) },
    { name: "jumbo frames", packets: opened(8960) + answer(40, 8960) },
    { name: "jumbo frames, the MSS unknown", packets: answer(40, 8948) },
    {
      name: "loopback, whose segments hold 64 KiB",
      ipVersion: 4,
      packets: `connection 1 client 127.0.0.1:40000 server 127.0.0.1:80\n${answer(40, 60000)}`,
    },
    { name: "one large segment", packets: opened(1460) + answer(1, 29200) },
  ],
});

describe("checksums that were left to the network card", () => {
  const path = (name: string) => fileURLToPath(new URL(`../../captures/${name}.pcap`, import.meta.url));
  const findingsIn = async (name: string) => {
    const ruleSettings = { "capture-offload": { options: { minUnfilled: 100 } } };
    const rules = [captureOffload];
    const report = await analyze({ paths: [path(name)], database: ":memory:", rules, ruleSettings });
    return report.findings;
  };

  it("are reported where there are many of them", async () => {
    const [finding, ...others] = await findingsIn("accept-queue-overflow-ipv6");
    expect(others).to.deep.equal([]);
    // All of the first four segments of both directions of 22 connections; tshark finds none that is good.
    expect(finding).to.include({ messageId: "unfilled", confidence: "certain" });
    expect(finding?.data).to.include({ unfilled: 176, judged: 176 });
  });

  it("are not reported where they were filled in, nor on loopback", async () => {
    expect(await findingsIn("accept-queue-overflow-veth")).to.deep.equal([]);
    expect(await findingsIn("accept-queue-overflow")).to.deep.equal([]);
  });
});
