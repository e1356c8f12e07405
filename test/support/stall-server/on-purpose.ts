import type { AcceptedCase, InvalidCase } from "../rule-tester.js";
import { handshake } from "./scripts.js";

const open = (client: number, at: string) => `
  connection ${client} client 192.0.2.1:${40_000 + client} server 192.0.2.2:6379
  ${handshake.replace("0     ->", `${at} ->`)}`;
/** A connection that was answered at once. */
const quick = (client: number, at: string) => `${open(client, at)}
  +0    -> P. 1:101(100) ack 1
  +.001 <- P. 1:201(200) ack 101
  +0    -> .  101:101(0) ack 201`;
const asked = (client: number, at: string, mark = "") => `${open(client, at)}
  +0    -> P. 1:101(100) ack 1
  +.001 <- .  1:1(0) ack 101 ${mark}`;
const answered = (client: number, at: string, mark = "") => `
  connection ${client}
  ${at} <- P. 1:201(200) ack 101 ${mark}
  +0    -> .  101:101(0) ack 201`;
const quicks = [1, 2, 3].map((client) => quick(client, client === 1 ? "0" : "+.01")).join("");

/** Requests of connection 9, each of which is answered after so many seconds, the worst of these marked. */
const requests = (waits: readonly number[]) =>
  waits
    .map((wait, index) => {
      const [from, to] = [1 + index * 100, 101 + index * 100];
      const isWorst = waits.indexOf(Math.max(...waits)) === index;
      return `
      +.001 -> P. ${from}:${to}(100) ack ${from}
      +.001 <- .  ${from}:${from}(0) ack ${to} ${isWorst ? "@ack" : ""}
      +${wait}  <- P. ${from}:${to}(100) ack ${to} ${isWorst ? "@answer" : ""}
      +0    -> .  ${to}:${to}(0) ack ${to}`;
    })
    .join("");

const EVIDENCE = { before: "ack", answer: "answer" } as const;
const weak = (messageId: string, data = {}) =>
  ({ messageId, evidence: EVIDENCE, confidence: "weak", data }) as const;

/** Waits that a server may mean to be long. And such as only look so. */
export const onPurpose: readonly InvalidCase[] = [
  {
    name: "waits of several connections that are as long as each other, one after the other: a timer",
    packets: [0, 1, 2]
      .map(
        (index) =>
          asked(index + 1, index === 0 ? "0" : "+.01", index === 2 ? "@ack" : "") +
          answered(index + 1, index === 2 ? "+2.502" : "+2.5", index === 2 ? "@answer" : ""),
      )
      .join(""),
    findings: [{ ...weak("timed", { hitFlows: 3, worstSeconds: "2.5" }), flows: 3 }],
  },
  {
    name: "waits that are as long as each other side by side, begun at different times: a timer",
    packets:
      [1, 2, 3]
        .map((client) => asked(client, client === 1 ? "0" : "+.4", client === 3 ? "@ack" : ""))
        .join("") +
      answered(1, "3") +
      answered(2, "3.402") +
      answered(3, "3.806", "@answer"),
    findings: [{ ...weak("timed", { hitFlows: 3, worstSeconds: "3.0" }), flows: 3 }],
  },
  {
    name: "waits that one standstill ended: as long as each other, for they began together",
    packets:
      [1, 2, 3]
        .map((client) => asked(client, client === 1 ? "0" : "+.001", client === 1 ? "@ack" : ""))
        .join("") +
      answered(1, "3", "@answer") +
      answered(2, "3.001") +
      answered(3, "3.002"),
    findings: [
      { messageId: "slow", evidence: EVIDENCE, confidence: "strong", data: { hitFlows: 3 }, flows: 3 },
    ],
  },
  {
    name: "waits that two standstills ended, which were as long as each other",
    packets:
      [1, 2]
        .map((client) => asked(client, client === 1 ? "0" : "+.001", client === 1 ? "@ack" : ""))
        .join("") +
      answered(1, "3", "@answer") +
      answered(2, "3.001") +
      asked(3, "+2") +
      asked(4, "+.001") +
      answered(3, "+2.98") +
      answered(4, "+.001"),
    findings: [
      { messageId: "slow", evidence: EVIDENCE, confidence: "strong", data: { hitFlows: 4 }, flows: 4 },
    ],
  },
  {
    name: "waits of several connections of which each took its time",
    packets: [2.2, 2.5, 2.8]
      .map(
        (wait, index) =>
          asked(index + 1, index === 0 ? "0" : "+.01", index === 2 ? "@ack" : "") +
          answered(index + 1, `+${wait}`, index === 2 ? "@answer" : ""),
      )
      .join(""),
    findings: [
      { messageId: "slow", evidence: EVIDENCE, confidence: "strong", data: { hitFlows: 3 }, flows: 3 },
    ],
  },
  {
    name: "three waits as long as each other among eight: a coincidence",
    packets: [2.5, 2.5, 2.5, 1.4, 1.7, 1.9, 2.1, 2.3]
      .map(
        (wait, index) =>
          asked(index + 1, index === 0 ? "0" : "+.01", index === 0 ? "@ack" : "") +
          answered(index + 1, `+${wait}`, index === 0 ? "@answer" : ""),
      )
      .join(""),
    findings: [
      { messageId: "slow", evidence: EVIDENCE, confidence: "strong", data: { hitFlows: 8 }, flows: 8 },
    ],
  },
  {
    name: "waits of one connection that are as long as each other, between quick answers: a timer",
    packets: `${quicks}${open(9, "+.1")}${requests([2, 2.001, 0, 2.002])}
      +30 -> F. 401:401(0) ack 401`,
    findings: [weak("timed", { hitFlows: 1, count: 3 })],
  },
  {
    name: "a client that polls, and mostly gets its answer when two seconds are over: a note",
    packets: `${quicks}${open(9, "+.1")}${requests([2.01, 2.06, 2.02, 0.7, 2, 2.05, 2.01])}`,
    findings: [{ ...weak("held", { worstSeconds: "2.1" }), severity: "note" }],
  },
  {
    name: "a connection that begins in the middle of a wait, and is served: less sure",
    packets: `${quick(1, "0")}${asked(2, "+.01", "@ack")}${quick(3, "+2")}${answered(2, "+2", "@answer")}`,
    findings: [weak("singled", { hitFlows: 1, listenerFlows: 3, worstSeconds: "4.0" })],
  },
  {
    name: "such a wait at a listener that stood still before: one finding",
    packets: `${asked(1, "0", "@ack")}${answered(1, "+2", "@answer")}${asked(2, "+.01")}${quick(3, "+2")}${answered(2, "+2")}`,
    findings: [{ messageId: "slow", evidence: EVIDENCE, confidence: "strong", data: { hitFlows: 1 } }],
  },
  {
    name: "a connection that begins at the end of a wait, when all are served again",
    packets: `${quick(1, "0")}${asked(2, "+.01", "@ack")}${quick(3, "+3.8")}${answered(2, "+.2", "@answer")}`,
    findings: [{ messageId: "slow", evidence: EVIDENCE, confidence: "strong" }],
  },
  {
    name: "a connection that begins in the middle of a wait, and has to wait as well",
    packets: `${quick(1, "0")}${asked(2, "+.01", "@ack")}${asked(3, "+2")}${answered(2, "+2", "@answer")}${answered(3, "+0.1")}`,
    findings: [
      { messageId: "slow", evidence: EVIDENCE, confidence: "strong", data: { hitFlows: 2 }, flows: 2 },
    ],
  },
  {
    name: "a connection that does little but wait, where first answers are quick: less sure",
    packets: `${quicks}${open(9, "+.1")}${requests([1.2, 2.9, 1.8])}`,
    findings: [weak("slow", { hitFlows: 1, count: 3 })],
  },
  {
    name: "the same where nothing is known of other answers",
    packets: `${open(9, "0")}${requests([1.2, 2.9, 1.8])}`,
    findings: [weak("slow", { hitFlows: 1, count: 3 })],
  },
  {
    name: "a message as short as the server's next: both may say so of themselves, less sure",
    packets: `${quicks}
      connection 3
      +5    -> P. 101:120(19) ack 201
      +.001 <- .  201:201(0) ack 120 @ack
      +4    <- P. 201:220(19) ack 120 @answer
      +0    -> .  120:120(0) ack 220`,
    findings: [weak("slow", { worstSeconds: "4.0" })],
  },
];

/** Both ends send the same of themselves every so many seconds, as routers do. */
const keepalives = (octets: number, waits: readonly number[], answerOctets = octets) =>
  waits
    .map((wait, index) => {
      const [from, to] = [101 + index * octets, 101 + (index + 1) * octets];
      const [serverFrom, serverTo] = [201 + index * answerOctets, 201 + (index + 1) * answerOctets];
      return `
      +5    -> P. ${from}:${to}(${octets}) ack ${serverFrom}
      +.04  <- .  ${serverFrom}:${serverFrom}(0) ack ${to} ${index === 0 ? "@ack" : ""}
      +${wait}  <- P. ${serverFrom}:${serverTo}(${answerOctets}) ack ${to} ${index === 0 ? "@answer" : ""}
      +.04  -> .  ${to}:${to}(0) ack ${serverTo}`;
    })
    .join("");

export const crossing: readonly InvalidCase[] = [
  {
    name: "long answers to short requests, again and again",
    packets: `${quicks}\nconnection 3${keepalives(19, [4, 3.1, 3.6], 100)}`,
    findings: [{ messageId: "slow", evidence: EVIDENCE, confidence: "strong" }],
  },
  {
    name: "answers that are as long as their requests, and not short",
    packets: `${quicks}\nconnection 3${keepalives(200, [4, 3.1, 3.6])}`,
    findings: [{ messageId: "slow", evidence: EVIDENCE, confidence: "strong" }],
  },
];

export const notCrossing: readonly AcceptedCase[] = [
  {
    name: "keepalives of both ends that cross each other, as those of routing protocols do",
    packets: `${quicks}\nconnection 3${keepalives(19, [4, 3.1, 3.6])}`,
  },
];
