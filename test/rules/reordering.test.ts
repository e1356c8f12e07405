import { reordering } from "../../src/rules/reordering.js";
import { testRule } from "../support/rule-tester.js";

const handshake = `
  0    -> S  0:0(0) <mss 1000,sackOK,TS val 100 ecr 0>
  +.02 <- S. 0:0(0) ack 1 <mss 1000,sackOK,TS val 500 ecr 100>
  +0   -> .  1:1(0) ack 1 <TS val 120 ecr 500>`;

/** Pairs of segments of which the second, sent a millisecond later, comes first. */
function overtaken(pairs: number): string {
  let packets = handshake;
  for (let index = 0; index < pairs; index++) {
    const sent = 1 + index * 2000;
    const tsval = 130 + index * 30;
    const label = index === 0 ? "@first" : index === pairs - 1 ? "@last" : "";
    packets += `
      +.02  -> P. ${sent + 1000}:${sent + 2000}(1000) ack 1 <TS val ${tsval + 1} ecr 500>
      +.001 <- .  1:1(0) ack ${sent} <TS val ${tsval + 400} ecr ${tsval},sack ${sent + 1000}:${sent + 2000}>
      +.001 -> P. ${sent}:${sent + 1000}(1000) ack 1 <TS val ${tsval} ecr 500> ${label}
      +.001 <- .  1:1(0) ack ${sent + 2000} <TS val ${tsval + 401} ecr ${tsval}>`;
  }
  return packets;
}

testRule(reordering, {
  invalid: [
    {
      name: "segments with older timestamps behind newer ones",
      packets: overtaken(4),
      findings: [
        {
          messageId: "late",
          evidence: { first: "first", last: "last" },
          data: { side: "client", lateSegments: 4, extentBytes: 2000 },
        },
      ],
    },
  ],

  valid: [
    { name: "two late segments", packets: overtaken(2) },
    {
      name: "each segment twice, with two numbers and times: before and behind a SYN proxy that translates them",
      packets: `${handshake}
        ${[0, 1, 2, 3, 4]
          .map((index) => {
            const from = 1 + index * 1000;
            const id = 100 + index;
            return `
              +.02   -> P. ${from + 5_000_000}:${from + 5_001_000}(1000) ack 1 <TS val ${9130 + index} ecr 500> {id ${id}}
              +.0001 -> P. ${from}:${from + 1000}(1000) ack 1 <TS val ${130 + index} ecr 500> {id ${id}, ttl 63}`;
          })
          .join("")}`,
    },
    {
      name: "gaps that retransmissions fill: their timestamps are newer",
      packets: `${handshake}
        +.02  -> P. 1001:2001(1000) ack 1 <TS val 140 ecr 500>
        +0    -> P. 2001:3001(1000) ack 1 <TS val 140 ecr 500>
        +0    -> P. 3001:4001(1000) ack 1 <TS val 140 ecr 500>
        +.02  <- .  1:1(0) ack 1 <TS val 560 ecr 120,sack 1001:4001>
        +.001 -> P. 1:1001(1000) ack 1 <TS val 161 ecr 560>
        +.02  <- .  1:1(0) ack 4001 <TS val 580 ecr 161>`,
    },
  ],
});
