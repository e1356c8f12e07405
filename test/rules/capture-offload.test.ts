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
          confidence: "certain",
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
