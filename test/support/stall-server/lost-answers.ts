import type { AcceptedCase, InvalidCase } from "../rule-tester.js";

/** An answer after a wait; a server that counts its packets has sent `id - 501` between the ACK and that answer. */
const answered = (seconds: number, id: number, synAckId = 0): string => `
  0     -> S  0:0(0)
  +.02  <- S. 0:0(0) ack 1 {id ${synAckId}}
  +0    -> .  1:1(0) ack 1
  +0    -> P. 1:101(100) ack 1
  +.02  <- .  1:1(0) ack 101 {id 500} @ack
  +${seconds} <- P. 1:201(200) ack 101 {id ${id}} @answer
  +0    -> .  101:101(0) ack 201`;

const EVIDENCE = { before: "ack", answer: "answer" } as const;
const SLOW = { messageId: "slow", evidence: EVIDENCE } as const;

/** What the IP identifications of a server tell of its answer. */
export const lostAnswers: readonly InvalidCase[] = [
  {
    name: "an answer that was lost and sent again: the server's packets have been counted on",
    ipVersion: 4,
    packets: answered(1.9, 504),
    findings: [
      {
        messageId: "lost",
        severity: "note",
        confidence: "strong",
        evidence: EVIDENCE,
        data: { worstSeconds: "1.9", lostPackets: "3 packets" },
      },
    ],
  },
  {
    name: "one that was lost once",
    ipVersion: 4,
    packets: answered(0.52, 502),
    findings: [
      {
        messageId: "lost",
        severity: "note",
        confidence: "strong",
        evidence: EVIDENCE,
        data: { lostPackets: "1 packet" },
      },
    ],
  },
  {
    name: "the longest such wait of a connection",
    ipVersion: 4,
    packets: `
      ${answered(0.6, 503).replaceAll(/ @\w+/g, "")}
      +0    -> P. 101:201(100) ack 201
      +.02  <- .  201:201(0) ack 201 {id 504} @ack
      +1.9  <- P. 201:401(200) ack 201 {id 508} @answer
      +0    -> P. 201:301(100) ack 401
      +.02  <- .  401:401(0) ack 301 {id 509}
      +.6   <- P. 401:601(200) ack 301 {id 512}`,
    findings: [
      {
        messageId: "lost",
        severity: "note",
        evidence: EVIDENCE,
        data: { hitFlows: 1, lostPackets: "3 packets" },
      },
    ],
  },
  { name: "an answer that nothing came before", ipVersion: 4, packets: answered(1.9, 501), findings: [SLOW] },
  {
    name: "one packet lost in a wait that its timeouts do not fill: the server was slow",
    ipVersion: 4,
    packets: answered(1.9, 502),
    findings: [SLOW],
  },
  {
    name: "identifications that jump, as where they are drawn at random",
    ipVersion: 4,
    packets: answered(1.9, 602),
    findings: [SLOW],
  },
  {
    name: "identifications of a system that counts all its packets together",
    ipVersion: 4,
    packets: answered(1.9, 504, 7),
    findings: [SLOW],
  },
];

export const notLongLost: readonly AcceptedCase[] = [
  {
    name: "an answer that was lost, and came again within half a second",
    ipVersion: 4,
    packets: answered(0.45, 503),
  },
];
