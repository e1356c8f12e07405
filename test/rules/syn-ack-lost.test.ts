import { synAckLost } from "../../src/rules/syn-ack-lost.js";
import { testRule } from "../support/rule-tester.js";

const WITHOUT_MARKS = /@\w+/g;
const EVIDENCE = { synack: "synack", repeat: "repeat", last: "last" };

/** A client that asks five times; annotations of what the server sends, such as its TTL. */
const unheard = (serverSays = ""): string => `
  +0   -> S  0:0(0)
  +.01 <- S. 0:0(0) ack 1 ${serverSays} @synack
  +1   -> S  0:0(0)       @repeat
  +.01 <- S. 0:0(0) ack 1 ${serverSays}
  +1   -> S  0:0(0)
  +.5  -> S  0:0(0)
  +.5  -> S  0:0(0)       @last
  +.01 <- S. 0:0(0) ack 1 ${serverSays}`;
const alsoUnheard = unheard().replaceAll(WITHOUT_MARKS, "");
const opened = `
  +0   -> S  0:0(0)
  +.01 <- S. 0:0(0) ack 1
  +.01 -> .  1:1(0) ack 1`;
const used = `
  +0   -> P. 1:6(5) ack 1
  +.01 <- P. 1:9(8) ack 6
  +.01 -> .  6:6(0) ack 9`;

/** Which SYN-ACK the client answers the timestamp tells that it echoes. */
const farAway = (tsecr: number): string => `
  0    -> S  0:0(0)       <TS val 100 ecr 0>
  +.01 <- S. 0:0(0) ack 1 <TS val 500 ecr 100> @synack
  +1   -> S  0:0(0)       <TS val 1100 ecr 0>  @repeat
  +0   <- S. 0:0(0) ack 1 <TS val 1500 ecr 100>
  +2   -> S  0:0(0)       <TS val 3100 ecr 0>  @last
  +.1  <- S. 0:0(0) ack 1 <TS val 3500 ecr 100>
  +.5  -> .  1:1(0) ack 1 <TS val 3550 ecr ${tsecr}>`;

/** A client that resets what answers its SYNs, so that the server begins anew each time; `ack` is what that acknowledges. */
const resets = (ack = 1, options = "<mss 1460,sackOK>"): string => `
  +0   -> S  0:0(0) ${options}
  +.01 <- S. 0:0(0) ack ${ack} @synack
  +0   -> R  ${ack}:${ack}(0)
  +1   -> S  0:0(0) ${options} @repeat
  +.01 <- S. 9000:9000(0) ack ${ack}
  +0   -> R  ${ack}:${ack}(0)
  +1   -> S  0:0(0) ${options} @last
  +.01 <- S. 0:0(0) ack ${ack}
  +0   -> R  ${ack}:${ack}(0)`;
const alsoResets = resets().replaceAll(WITHOUT_MARKS, "");

/** Connections of 192.0.2.1 to ports from 81 on. */
function toPorts(count: number, packets: (index: number) => string): string {
  const lines: string[] = [];
  for (let index = 1; index <= count; index++)
    lines.push(
      `connection ${index} client 192.0.2.1:${40_000 + index} server 192.0.2.2:${80 + index}`,
      packets(index),
    );
  return lines.join("\n");
}

testRule(synAckLost, {
  invalid: [
    {
      name: "a client that asks on for three seconds, though it was answered each time",
      ipVersion: 4,
      packets: unheard(),
      findings: [
        {
          messageId: "lost",
          severity: "error",
          confidence: "strong",
          vantage: "unknown",
          evidence: EVIDENCE,
          data: {
            clients: "192.0.2.1",
            flows: "1 connection",
            syns: 4,
            worstSeconds: "3.0",
            scope: "No other connection to it opened.",
          },
        },
      ],
    },
    {
      name: "less than four SYNs in all, as a warning: that many SYN-ACKs may be lost by chance",
      packets: `
        0    -> S  0:0(0)
        +.01 <- S. 0:0(0) ack 1 @synack
        +1   -> S  0:0(0)       @repeat
        +.01 <- S. 0:0(0) ack 1
        +1   -> S  0:0(0)
        +.01 <- S. 0:0(0) ack 1
        +1   -> S  0:0(0)       @last`,
      findings: [
        { messageId: "lost", severity: "warning", confidence: "weak", evidence: EVIDENCE, data: { syns: 3 } },
      ],
    },
    {
      name: "the same beside connections that open, and the one that waited longest shown",
      packets: `
        connection 1 client 192.0.2.1:40001 server 192.0.2.2:80
        ${alsoUnheard}
        connection 2 client 192.0.2.1:40002 server 192.0.2.2:80
        ${unheard()}
        +4   -> S  0:0(0)       @lastone
        +.01 <- S. 0:0(0) ack 1
        connection 3 client 192.0.2.9:40003 server 192.0.2.2:80
        ${alsoUnheard}
        connection 4 client 192.0.2.8:40004 server 192.0.2.2:80
        ${opened}${used}`,
      findings: [
        {
          messageId: "lost",
          flows: 3,
          evidence: { ...EVIDENCE, last: "lastone" },
          data: {
            clients: "2 clients",
            flows: "3 connections",
            syns: 13,
            worstSeconds: "7.0",
            scope: "1 connection to it opened.",
          },
        },
      ],
    },
    {
      name: "SYN-ACKs that a router has passed, beside the client",
      packets: unheard("{ttl 61}"),
      findings: [
        {
          messageId: "dropped",
          severity: "error",
          confidence: "strong",
          vantage: "client-host",
          evidence: EVIDENCE,
        },
      ],
    },
    {
      name: "the same where this connection does not tell that the capture is the client's, but others do",
      packets: `
        connection 1 client 192.0.2.1:40001 server 192.0.2.2:80
        ${opened.replaceAll("ack 1", "ack 1 {ttl 61}").replace("-> .  1:1(0) ack 1 {ttl 61}", "-> .  1:1(0) ack 1")}
        ${used.replace("ack 6", "ack 6 {ttl 61}")}
        connection 2 client 192.0.2.1:40002 server 192.0.2.7:80
        ${unheard()}`,
      findings: [{ messageId: "dropped", vantage: "client-host", evidence: EVIDENCE }],
    },
    {
      name: "one client that hears none of three servers, as one finding",
      ipVersion: 4,
      packets: toPorts(3, (index) => (index === 1 ? unheard() : alsoUnheard)),
      findings: [
        {
          messageId: "deaf",
          flows: 3,
          severity: "error",
          confidence: "strong",
          evidence: EVIDENCE,
          data: { clients: "192.0.2.1", targets: 3, flows: "3 connections", syns: 12 },
        },
      ],
    },
    {
      name: "more than twenty of them as a warning: a scanner does the same",
      packets: toPorts(21, (index) => (index === 1 ? unheard() : alsoUnheard)),
      findings: [
        {
          messageId: "deaf",
          flows: 21,
          severity: "warning",
          confidence: "weak",
          evidence: EVIDENCE,
          data: { targets: 21 },
        },
      ],
    },
    {
      name: "two servers that it does not hear, and a third that another does not hear either, each by itself",
      packets: `
        ${toPorts(3, () => unheard().replaceAll(WITHOUT_MARKS, (mark) => `${mark}PORT`)).replace(/@\w+PORT/g, "")}
        connection 9 client 192.0.2.6:40009 server 192.0.2.2:81
        ${unheard()}
        +4   -> S  0:0(0) @lastone
        connection 10 client 192.0.2.1:40010 server 192.0.2.2:82
        ${unheard().replaceAll(/@(\w+)/g, "@$1two")}
        +4   -> S  0:0(0) @lasttwotwo
        connection 11 client 192.0.2.1:40011 server 192.0.2.2:83
        ${unheard().replaceAll(/@(\w+)/g, "@$1three")}
        +4   -> S  0:0(0) @lastthreethree`,
      findings: [
        {
          messageId: "lost",
          flows: 2,
          evidence: { ...EVIDENCE, last: "lastone" },
          data: { clients: "2 clients" },
        },
        {
          messageId: "lost",
          flows: 2,
          evidence: { synack: "synacktwo", repeat: "repeattwo", last: "lasttwotwo" },
        },
        {
          messageId: "lost",
          flows: 2,
          evidence: { synack: "synackthree", repeat: "repeatthree", last: "lastthreethree" },
        },
      ],
    },
    {
      name: "a connection that opens in the end, as a warning",
      packets: `${unheard()}\n+.01 -> . 1:1(0) ack 1 ${used}`,
      findings: [
        {
          messageId: "late",
          severity: "warning",
          evidence: EVIDENCE,
          data: { flows: "1 connection", worstSeconds: "3.0" },
        },
      ],
    },
    {
      name: "SYNs behind a SYN-ACK with which the capture begins",
      packets: `
        0    <- S. 0:0(0) ack 1 @synack
        +1   -> S  0:0(0) @repeat
        +2   -> S  0:0(0)
        +.01 <- S. 0:0(0) ack 1
        +1   -> S  0:0(0)
        +1   -> S  0:0(0) @last`,
      findings: [{ messageId: "lost", evidence: EVIDENCE, data: { syns: 4, worstSeconds: "5.0" } }],
    },
    {
      name: "the same with a client that answers the last SYN-ACK",
      packets: farAway(3500),
      findings: [{ messageId: "late", severity: "warning", evidence: EVIDENCE }],
    },
    {
      name: "the same with a server whose clock is that of the client",
      packets: farAway(3500).replaceAll("TS val 500 ecr 100", "TS val 100 ecr 100"),
      findings: [{ messageId: "late", severity: "warning", evidence: EVIDENCE }],
    },
    {
      name: "a client that gives up by a RST: that opens nothing",
      packets: `${unheard()}\n+.01 -> R 1:1(0)`,
      findings: [{ messageId: "lost", evidence: EVIDENCE, data: { syns: 4 } }],
    },
    {
      name: "a server without timestamps, whose client offers them",
      packets: `
        0    -> S  0:0(0)       <TS val 100 ecr 0>
        +.01 <- S. 0:0(0) ack 1 @synack
        +1   -> S  0:0(0)       <TS val 1100 ecr 0> @repeat
        +1   -> S  0:0(0)       <TS val 2100 ecr 0>
        +1   -> S  0:0(0)       <TS val 3100 ecr 0>
        +1   -> S  0:0(0)       <TS val 4100 ecr 0> @last`,
      findings: [{ messageId: "lost", evidence: EVIDENCE, data: { syns: 4 } }],
    },
    {
      name: "a client that resets each SYN-ACK and asks again: it asked somebody else, or for another number",
      ipVersion: 4,
      packets: resets(),
      findings: [
        {
          messageId: "reset",
          severity: "error",
          confidence: "strong",
          vantage: "unknown",
          evidence: EVIDENCE,
          data: {
            clients: "192.0.2.1",
            target: "192.0.2.2:80",
            flows: "1 connection",
            syns: 2,
            worstSeconds: "2.0",
            scope: "No other connection to it opened.",
          },
        },
      ],
    },
    {
      name: "the same where the SYN-ACKs acknowledge another number than the SYN's",
      packets: resets(5001),
      findings: [{ messageId: "reset", evidence: EVIDENCE, data: { syns: 2 } }],
    },
    {
      name: "the same with SYNs as programs make them that send them by themselves, as a warning",
      packets: resets(1, ""),
      findings: [{ messageId: "reset", severity: "warning", confidence: "weak", evidence: EVIDENCE }],
    },
    {
      name: "one client that does so with three servers, as one finding, beside another that opens",
      packets: `
        ${toPorts(3, (index) => (index === 1 ? resets() : alsoResets))}
        connection 4 client 192.0.2.1:40004 server 192.0.2.2:84
        ${opened}${used}`,
      findings: [
        {
          messageId: "reset",
          flows: 3,
          evidence: EVIDENCE,
          data: { target: "3 listeners", syns: 6, scope: "No other client fares so with them." },
        },
      ],
    },
    {
      name: "one that opens as its data tells: the ACK was not captured",
      packets: `${unheard()}\n+.01 -> P. 1:6(5) ack 1`,
      findings: [{ messageId: "late", severity: "warning", evidence: EVIDENCE }],
    },
  ],

  valid: [
    {
      name: "a SYN scan, which resets what answers and does not ask again",
      packets: "0 -> S 0:0(0)\n+.01 <- S. 0:0(0) ack 1\n+0 -> R 1:1(0)",
    },
    {
      name: "an answer to a connection before, which the client resets, and then one to its own SYN",
      packets: `${resets(5001).replaceAll(WITHOUT_MARKS, "")}
        +1   -> S  0:0(0) <mss 1460,sackOK>
        +.01 <- S. 0:0(0) ack 1
        +.01 -> .  1:1(0) ack 1 ${used}`,
    },
    {
      name: "one SYN behind the SYN-ACK: a packet is lost now and then",
      packets: `0 -> S 0:0(0)\n+.01 <- S. 0:0(0) ack 1\n+3 -> S 0:0(0)\n+.01 <- S. 0:0(0) ack 1`,
    },
    {
      name: "two within a second and a half: the way may be that long",
      packets: `0 -> S 0:0(0)\n+.1 <- S. 0:0(0) ack 1\n+.6 -> S 0:0(0)\n+.8 -> S 0:0(0)`,
    },
    {
      name: "a second SYN that was on its way when the SYN-ACK came",
      packets: `0 -> S 0:0(0)\n+1 <- S. 0:0(0) ack 1\n+.4 -> S 0:0(0)\n+2 -> S 0:0(0)`,
    },
    {
      name: "a way that takes longer than three SYNs: the client answers the first SYN-ACK, as its timestamp tells",
      packets: farAway(500),
      others: ["loss-rate-high"],
    },
    {
      name: "SYN-ACKs that acknowledge a larger number than the SYN's: they answer nothing",
      packets: `
        0    -> S  0:0(0)
        +.01 <- S. 0:0(0) ack 5001
        +1   -> S  0:0(0)
        +.01 <- S. 0:0(0) ack 5001
        +2   -> S  0:0(0)
        +.01 <- S. 0:0(0) ack 5001`,
    },
    {
      name: "or a smaller one",
      packets: `
        0    -> S  0:0(0)
        +.01 <- S. 0:0(0) ack 0
        +1   -> S  0:0(0)
        +.01 <- S. 0:0(0) ack 0
        +2   -> S  0:0(0)
        +.01 <- S. 0:0(0) ack 0`,
    },
    {
      name: "SYNs again after the client had acknowledged the SYN-ACK: it begins anew",
      packets: `
        0    -> S  0:0(0)
        +.01 <- S. 0:0(0) ack 1
        +.01 -> .  1:1(0) ack 1
        +2   -> S  0:0(0)
        +2   -> S  0:0(0)
        +2   -> S  0:0(0)`,
    },
    {
      name: "a server that acknowledges the SYN and sends none of its own",
      packets: `
        0    -> S  0:0(0)
        +.01 <- .  1:1(0) ack 1
        +1   -> S  0:0(0)
        +.01 <- .  1:1(0) ack 1
        +2   -> S  0:0(0)
        +.01 <- .  1:1(0) ack 1`,
    },
    {
      name: "a simultaneous open whose SYN-ACKs cross",
      packets: `
        0    -> S  0:0(0)
        +.01 <- S  0:0(0)
        +.01 <- S. 0:0(0) ack 1
        +1   <- S  0:0(0)
        +2   <- S  0:0(0)
        +0   -> S  0:0(0)
        +1   -> S  0:0(0)`,
    },
    {
      name: "SYNs of the server's behind its own SYN-ACK",
      packets: `
        0    -> S  0:0(0)
        +.01 <- S. 0:0(0) ack 1
        +2   <- S  0:0(0)
        +2   <- S  0:0(0)`,
    },
    {
      name: "SYNs before the SYN-ACK",
      packets: `0 -> S 0:0(0)\n+1 -> S 0:0(0)\n+1 -> S 0:0(0)\n+.01 <- S. 0:0(0) ack 1\n+.01 -> . 1:1(0) ack 1 ${used}`,
      others: ["syn-answered-late"],
    },
    {
      name: "SYN-ACKs that are repeated to a client that has long asked: these may not arrive, or its ACKs",
      packets: `0 -> S 0:0(0)\n+.01 <- S. 0:0(0) ack 1\n+1 <- S. 0:0(0) ack 1\n+2 <- S. 0:0(0) ack 1`,
    },
  ],
});
