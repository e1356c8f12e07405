import { synFloodSuspect } from "../../src/rules/syn-flood-suspect.js";
import { testRule } from "../support/rule-tester.js";

/** `count` connections, each from an address of its own unless `sources` says so; times in seconds. */
const halfOpen = (count: number, { sources = count, lines = HALF_OPEN, every = 0.01, from = 0 } = {}) =>
  Array.from({ length: count }, (_, n) => {
    const client = `198.51.100.${(n % sources) + 1}:${2000 + n}`;
    const [first, ...others] = lines;
    const labelled = (line: string) => (n === 0 ? line : line.replace(/@\w+/, ""));
    return [
      `connection ${n + 1} client ${client} server 192.0.2.2:80`,
      `${(from + n * every).toFixed(3)} ${labelled(first!)}`,
      ...others.map(labelled),
    ].join("\n");
  }).join("\n");

const HALF_OPEN = ["-> S 0:0(0) @syn", "+.0001 <- S. 0:0(0) ack 1 @synack", "+1 <- S. 0:0(0) ack 1"];
const UNREPEATED = HALF_OPEN.slice(0, 2);
const COMPLETE = ["-> S 0:0(0)", "+.0001 <- S. 0:0(0) ack 1", "+.0001 -> . 1:1(0) ack 1"];

/** A connection to another port, so that the capture holds more than SYNs. */
const elsewhere = (at: number) => `
  connection 900 client 192.0.2.1:1025 server 192.0.2.2:22
  ${at} -> S 0:0(0)
  +.001 <- S. 0:0(0) ack 1
  +0 -> . 1:1(0) ack 1`;

testRule(synFloodSuspect, {
  invalid: [
    {
      name: "SYN-ACKs to many addresses that are repeated in vain",
      ipVersion: 4,
      packets: halfOpen(60) + elsewhere(5),
      findings: [
        {
          messageId: "flood",
          evidence: { syn: "syn", synack: "synack" },
          flows: 60,
          data: {
            listener: "192.0.2.2:80",
            halfOpenFlows: 60,
            listenerFlows: 60,
            sources: 60,
            peakFlows: 60,
          },
          confidence: "strong",
        },
      ],
    },
    {
      name: "SYN-ACKs that are not repeated, as cookies are not",
      ipVersion: 4,
      packets: halfOpen(60, { lines: UNREPEATED }) + elsewhere(5),
      findings: [
        { messageId: "flood", evidence: { syn: "syn", synack: "synack" }, flows: 60, confidence: "weak" },
      ],
    },
  ],

  valid: [
    { name: "too few", ipVersion: 4, packets: halfOpen(49) + elsewhere(5) },
    {
      name: "a capture filtered down to SYNs",
      ipVersion: 4,
      packets: `${halfOpen(60, { lines: UNREPEATED })}
        connection 901 client 192.0.2.1:1025 server 192.0.2.2:22
        5 -> S 0:0(0)`,
    },
    { name: "as many in hours", ipVersion: 4, packets: halfOpen(60, { every: 30 }) + elsewhere(5) },
    {
      name: "a few clients whose SYN-ACKs get lost",
      ipVersion: 4,
      packets: halfOpen(60, { sources: 5 }) + elsewhere(5),
    },
    {
      name: "clients that are reset, as a scanner's kernel does by itself",
      ipVersion: 4,
      packets: halfOpen(60, { lines: [...UNREPEATED, "+.0001 -> R 1:1(0)"] }) + elsewhere(5),
    },
    { name: "many clients at once", ipVersion: 4, packets: halfOpen(60, { lines: COMPLETE }) },
    {
      name: "handshakes that the end of the capture cuts off",
      ipVersion: 4,
      packets: halfOpen(60, { lines: UNREPEATED }) + elsewhere(0.7),
    },
  ],
});
