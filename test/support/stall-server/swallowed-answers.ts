import type { AcceptedCase, InvalidCase } from "../rule-tester.js";
import { answeredConnection } from "./scripts.js";

/** What the client sees of an answer that never comes; the server has sent so many packets meanwhile. */
const swallowed = (packets: number, lastWord: string, synAckId = 0): string => `${answeredConnection}
  connection 2
  +1   -> S  0:0(0)
  +.02 <- S. 0:0(0) ack 1 {id ${synAckId}}
  +0   -> .  1:1(0) ack 1
  +0   -> P. 1:101(100) ack 1 @request
  +.02 <- .  1:1(0) ack 101 {id 500}
  +9   -> F. 101:101(0) ack 1
  ${lastWord.replace("ID", String(501 + packets))}`;
const FIN_TAKEN = "+.04 <- . 501:501(0) ack 102 {id ID} @behind";

const EVIDENCE = { before: "request", answer: "behind" } as const;

/** What the server's sequence numbers tell of its answer. */
export const swallowedAnswers: readonly InvalidCase[] = [
  {
    name: "an answer that the server repeated, and that never came",
    ipVersion: 4,
    packets: swallowed(7, FIN_TAKEN),
    findings: [
      {
        messageId: "swallowed",
        evidence: EVIDENCE,
        data: {
          hitFlows: 1,
          octets: 500,
          worstSeconds: "9.1",
          lostNote: ", in 7 packets, counted by their IP identifications",
        },
        confidence: "strong",
      },
    ],
  },
  {
    name: "one of a server that does not count its packets",
    ipVersion: 4,
    packets: swallowed(7, FIN_TAKEN, 77),
    findings: [
      { messageId: "swallowed", evidence: EVIDENCE, data: { octets: 500, lostNote: "" }, confidence: "weak" },
    ],
  },
  {
    name: "one of a server that closed behind it",
    ipVersion: 4,
    packets: swallowed(6, "+.04 <- F. 501:501(0) ack 102 {id ID} @behind"),
    findings: [{ messageId: "swallowed", evidence: EVIDENCE, confidence: "strong" }],
  },
];

export const notSwallowed: readonly AcceptedCase[] = [
  {
    name: "an answer that was sent as the client closed, and lost once",
    ipVersion: 4,
    packets: swallowed(1, FIN_TAKEN),
  },
  {
    name: "an answer of a slow server: it was not repeated for as long",
    ipVersion: 4,
    packets: swallowed(4, FIN_TAKEN),
  },
  {
    name: "an answer that comes right behind the acknowledgment of the client's FIN",
    ipVersion: 4,
    packets: swallowed(7, `${FIN_TAKEN}\n+.001 <- P. 1:501(500) ack 102 {id 509}`),
  },
  {
    name: "an answer that the client has got, and the capture lacks",
    ipVersion: 4,
    packets: swallowed(7, `${FIN_TAKEN}\n+.001 -> . 102:102(0) ack 501`),
  },
  {
    name: "a client that closes soon: who knows how long it would have been",
    ipVersion: 4,
    packets: swallowed(7, FIN_TAKEN).replace("+9 ", "+2 "),
  },
  {
    name: "a listener that answered nobody",
    ipVersion: 4,
    packets: swallowed(7, FIN_TAKEN).replace(answeredConnection, "").replace("connection 2\n  +1 ", "0 "),
  },
];
