import { badChecksum } from "../../src/rules/bad-checksum.js";
import { testRule } from "../support/rule-tester.js";

const WITHOUT_MARKS = /@\w+/g;
const EVIDENCE = { first: "first", last: "last" };
const BAD = "// bad checksum";

const opened = `
  +0   -> S  0:0(0)       <mss 1460,sackOK>
  +.01 <- S. 0:0(0) ack 1 <mss 1460,sackOK>
  +.01 -> .  1:1(0) ack 1`;
const asked = `
  +.01 -> P. 1:11(10) ack 1
  +.01 <- P. 1:21(20) ack 11
  +.01 -> .  11:11(0) ack 21`;
/** A request that goes unanswered, four times; of the repetitions all but the first are looked at. */
const repeated = (note = BAD): string => `
  +1   -> P. 11:21(10) ack 21 ${note}
  +.2  -> P. 11:21(10) ack 21 ${note}
  +.4  -> P. 11:21(10) ack 21 @first ${note}
  +.8  -> P. 11:21(10) ack 21 @last ${note}`;
const accepted = (note = ""): string => `
  +1.6 -> P. 11:21(10) ack 21 ${note}
  +.01 <- P. 21:41(20) ack 21
  +.01 -> .  21:21(0) ack 41`;
/** Another connection, whose data is right and answered. */
const healthy = (number: number, server = "192.0.2.9:80"): string =>
  `\nconnection ${number} client 192.0.2.1:4100${number} server ${server}\n${opened}${asked}`;
/** SYNs of 192.0.2.1, the first and the last of them marked. */
const syns = (note = BAD): string => `
  +0   -> S  0:0(0) @first ${note}
  +1   -> S  0:0(0) ${note}
  +1   -> S  0:0(0) ${note}
  +2   -> S  0:0(0) @last ${note}`;
const plain = (packets: string): string => packets.replaceAll(WITHOUT_MARKS, "");
/** A connection of which a tool has changed the addresses, or the data. */
const altered = (number: number, packets: string): string =>
  `\nconnection ${number} client 192.0.2.1:4100${number} server 192.0.2.9:80\n${packets}`;
const withBadData = `${opened}${asked}`.replaceAll(/(\(\d\d\) ack \d+)/g, `$1 ${BAD}`);
const allBad = `${opened}${asked}`.replaceAll(/$/gm, ` ${BAD}`).replace(BAD, "");

const start = (packets: string): string => packets.replace("+0 ", "0  ");

testRule(badChecksum, {
  invalid: [
    {
      name: "data that is wrong until it is right, after data that was right",
      packets: start(`${opened}${asked}${repeated()}${accepted()}`),
      findings: [
        {
          messageId: "data",
          severity: "error",
          confidence: "strong",
          evidence: EVIDENCE,
          data: {
            side: "client",
            peer: "server",
            hitFlows: 1,
            listenerFlows: 1,
            times: "2 times",
            worstSeconds: "2.4",
          },
        },
      ],
    },
    {
      name: "the same, and never right again: until the last that was wrong",
      packets: start(`${opened}${asked}${repeated()}`),
      findings: [
        { messageId: "data", confidence: "strong", evidence: EVIDENCE, data: { worstSeconds: "0.80" } },
      ],
    },
    {
      name: "one segment alone, while what is behind it arrives",
      packets: start(`${opened}${asked}
        +1   -> P. 11:21(10) ack 21 ${BAD}
        +0   -> P. 21:31(10) ack 21
        +.01 <- .  21:21(0) ack 11 <sack 21:31>
        +.2  -> P. 11:21(10) ack 21 ${BAD}
        +.4  -> P. 11:21(10) ack 21 @first ${BAD}
        +.8  -> P. 11:21(10) ack 21 @last ${BAD}`),
      findings: [{ messageId: "data", evidence: EVIDENCE }],
    },
    {
      name: "what a server sends, on two connections",
      packets: `repeat 2 every .01 {
        ${opened}
        +.01 -> P. 1:11(10) ack 1
        +.01 <- P. 1:21(20) ack 11
        +.01 -> .  11:11(0) ack 21
        +.5  -> P. 11:21(10) ack 21
        +.01 <- P. 21:41(20) ack 21 ${BAD}
        +.2  <- P. 21:41(20) ack 21 ${BAD}
        +.4  <- P. 21:41(20) ack 21 @first ${BAD}
        +.8  <- P. 21:41(20) ack 21 @last ${BAD}
        }`,
      findings: [
        {
          messageId: "data",
          flows: 2,
          evidence: { first: "first-1", last: "last-1" },
          data: { side: "server", peer: "client", times: "4 times" },
        },
      ],
    },
    {
      name: "the first data already, as a warning where other connections' data is right",
      packets: start(`${opened}
        +.1  -> P. 1:11(10) ack 1 ${BAD}
        +.2  -> P. 1:11(10) ack 1 ${BAD}
        +.4  -> P. 1:11(10) ack 1 @first ${BAD}
        +.8  -> P. 1:11(10) ack 1 @last ${BAD}
        ${healthy(2)}`),
      findings: [{ messageId: "data", severity: "warning", confidence: "weak", evidence: EVIDENCE }],
    },
    {
      name: "the first data already, where what other clients send to that listener is right",
      packets: start(`${opened}
        +.1  -> P. 1:11(10) ack 1 ${BAD}
        +.2  -> P. 1:11(10) ack 1 ${BAD}
        +.4  -> P. 1:11(10) ack 1 @first ${BAD}
        +.8  -> P. 1:11(10) ack 1 @last ${BAD}
        ${healthy(2, "192.0.2.2:80")}`),
      findings: [{ messageId: "data", severity: "error", confidence: "strong", evidence: EVIDENCE }],
    },
    {
      name: "as a warning where the capture was taken on the sender's host",
      packets: start(`${opened}${asked}${repeated()}`).replaceAll(/(<- .*?)(?=$)/gm, "$1 {ttl 60}"),
      findings: [
        {
          messageId: "data",
          severity: "warning",
          confidence: "weak",
          vantage: "client-host",
          evidence: EVIDENCE,
        },
      ],
    },
    {
      name: "as a warning where something else that is wrong was accepted",
      packets: start(`${opened}${asked}${repeated()}${altered(2, withBadData)}`),
      findings: [{ messageId: "data", severity: "warning", confidence: "weak", evidence: EVIDENCE }],
    },
    {
      name: "SYNs, beside a connection whose segments are right",
      packets: start(`${syns()}${healthy(2)}`),
      findings: [
        {
          messageId: "syn",
          severity: "error",
          confidence: "strong",
          evidence: EVIDENCE,
          data: { times: "4 times", worstSeconds: "4.0" },
        },
      ],
    },
    {
      name: "SYNs, also where others were wrong for a while and were right in the end",
      packets: start(`${syns()}
        connection 2 client 192.0.2.1:41002 server 192.0.2.9:80
        ${plain(syns())}
        +4   -> S  0:0(0)
        +.01 <- S. 0:0(0) ack 1
        +.01 -> .  1:1(0) ack 1${asked}`),
      findings: [{ messageId: "syn", confidence: "strong", evidence: EVIDENCE }],
    },
    {
      name: "SYN-ACKs, beside a connection whose segments are right",
      packets: start(`
        +0   -> S  0:0(0)
        +.01 <- S. 0:0(0) ack 1 @first ${BAD}
        +1   -> S  0:0(0)
        +.01 <- S. 0:0(0) ack 1 ${BAD}
        +1   -> S  0:0(0)
        +.01 <- S. 0:0(0) ack 1 ${BAD}
        +2   -> S  0:0(0)
        +.01 <- S. 0:0(0) ack 1 @last ${BAD}
        ${healthy(2)}`),
      findings: [
        {
          messageId: "synAck",
          severity: "error",
          confidence: "strong",
          evidence: EVIDENCE,
          data: { side: "server", worstSeconds: "4.0" },
        },
      ],
    },
  ],

  valid: [
    {
      name: "segments that are lost with checksums that are right",
      packets: plain(start(`${opened}${asked}${repeated("")}${accepted()}`)),
    },
    {
      name: "one that is wrong once, and right when it is sent again",
      packets: start(`${opened}${asked}
        +1   -> P. 11:21(10) ack 21 ${BAD}
        +.2  -> P. 11:21(10) ack 21
        +.01 <- P. 21:41(20) ack 21`),
    },
    {
      name: "what is wrong and accepted all the same: the capture was changed",
      packets: plain(start(`${opened}${asked}${repeated()}${accepted(BAD)}`)),
    },
    {
      name: "data that a tool has changed in the whole capture, and a connection of it that hangs",
      packets: plain(start(`${withBadData}${repeated()}${altered(2, withBadData)}`)),
    },
    {
      name: "the same where data of other connections was left as it was",
      packets: plain(start(`${withBadData}${repeated()}${altered(2, withBadData)}${healthy(3)}`)),
    },
    {
      name: "first data that is wrong in a capture that has no other: a tool may have changed it",
      packets: plain(
        start(`${opened}
        +.1  -> P. 1:11(10) ack 1 ${BAD}
        +.2  -> P. 1:11(10) ack 1 ${BAD}
        +.4  -> P. 1:11(10) ack 1 ${BAD}
        +.8  -> P. 1:11(10) ack 1 ${BAD}`),
      ),
      others: ["syncookie-ack-dropped"],
    },
    {
      name: "SYNs in a capture without anything that is right: its addresses were changed",
      packets: plain(start(syns())),
      others: ["syn-unanswered"],
    },
    {
      name: "SYNs beside connections that are as wrong, and answered",
      packets: plain(start(`${syns()}${altered(2, allBad)}${healthy(3, "192.0.2.8:80")}`)),
      others: ["syn-unanswered"],
    },
    {
      name: "SYNs of which one is right",
      packets: plain(start(`${syns().replace(BAD, "")}${healthy(2)}`)),
      others: ["syn-unanswered"],
    },
    {
      name: "SYNs that are answered by RST: the host has taken them",
      packets: start(`
        +0   -> S  0:0(0) ${BAD}
        +.01 <- R. 0:0(0) ack 1
        +.6  -> S  0:0(0) ${BAD}
        +.01 <- R. 0:0(0) ack 1
        +.6  -> S  0:0(0) ${BAD}
        +.01 <- R. 0:0(0) ack 1
        ${healthy(2)}`),
      others: ["syn-refused"],
    },
    {
      name: "SYN-ACKs that are wrong and accepted",
      packets: start(`
        +0   -> S  0:0(0)
        +1   -> S  0:0(0)
        +1   -> S  0:0(0)
        +.01 <- S. 0:0(0) ack 1 ${BAD}
        +.01 -> .  1:1(0) ack 1
        ${healthy(2)}`),
      others: ["syn-answered-late"],
    },
    {
      name: "SYN-ACKs that are wrong four times, and then right",
      packets: start(`
        +0   -> S  0:0(0)
        +.01 <- S. 0:0(0) ack 1 ${BAD}
        +1   -> S  0:0(0)
        +.01 <- S. 0:0(0) ack 1 ${BAD}
        +1   -> S  0:0(0)
        +.01 <- S. 0:0(0) ack 1 ${BAD}
        +2   -> S  0:0(0)
        +.01 <- S. 0:0(0) ack 1 ${BAD}
        +4   -> S  0:0(0)
        +.01 <- S. 0:0(0) ack 1
        +.01 -> .  1:1(0) ack 1
        ${healthy(2)}`),
      others: ["syn-ack-lost"],
    },
    {
      name: "segments longer than the receiver's MSS, which a network card cuts later",
      packets: start(`${opened.replaceAll("mss 1460", "mss 536")}${asked}
        +1   -> P. 11:811(800) ack 21 ${BAD}
        +.2  -> P. 11:811(800) ack 21 ${BAD}
        +.4  -> P. 11:811(800) ack 21 ${BAD}
        +.8  -> P. 11:811(800) ack 21 ${BAD}`),
      others: ["pmtu-blackhole"],
    },
  ],
});
