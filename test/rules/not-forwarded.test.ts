import { notForwarded } from "../../src/rules/not-forwarded.js";
import { testRule } from "../support/rule-tester.js";

/** A segment before the router, and behind it `laterS` after that. */
const both = (gap: number, segment: string, laterS = 0.00001): string => `
  +${gap} ${segment} {ttl 64}
  +${laterS} ${segment} {ttl 63, copy}`;
const once = (gap: number, segment: string, label = ""): string => `
  +${gap} ${segment} {ttl 64} ${label}`;
const opened = `
  ${both(0, "-> S  0:0(0)")}
  ${both(0.01, "<- S. 0:0(0) ack 1")}
  ${both(0.01, "-> .  1:1(0) ack 1")}`;
const DATA = "-> P. 1:101(100) ack 1";
const ANSWER = "<- P. 1:201(200) ack 101";
/** What is sent and sent again: `each` of these, in turn. */
const repeated = (each: readonly ((gap: number, segment: string) => string)[], segment = DATA): string =>
  each.map((record, at) => record(0.2 * 2 ** at, segment)).join("");
const first = (gap: number, segment: string) => once(gap, segment, "@first");
const last = (gap: number, segment: string) => once(gap, segment, "@last");
const plain = (gap: number, segment: string) => once(gap, segment);
const answered = `
  ${both(0.02, "<- .  1:1(0) ack 101")}
  ${both(0.02, ANSWER)}
  ${both(0.02, "-> .  101:101(0) ack 201")}`;
const DROPPED = {
  messageId: "dropped",
  evidence: { first: "first", last: "last" },
  confidence: "strong",
  severity: "error",
} as const;
const COPIES = ["capture-duplicated"];

testRule(notForwarded, {
  invalid: [
    {
      name: "a handshake that passes and a request that does not",
      packets: opened + once(0.01, DATA) + repeated([first, plain, plain, last]),
      findings: [{ ...DROPPED, data: { side: "client", repeats: 4, worstSeconds: "3.0" } }],
    },
    {
      name: "a request that was sent on, and an answer that is not",
      packets: `${opened}
        ${both(0.01, DATA)}
        ${both(0.02, "<- .  1:1(0) ack 101")}
        ${once(0.01, ANSWER)}
        ${repeated([first, plain, plain, last], ANSWER)}`,
      findings: [{ ...DROPPED, data: { side: "server", repeats: 4 } }],
    },
    {
      name: "the handshake's ACK as well",
      packets: `
        ${both(0, "-> S  0:0(0)")}
        ${both(0.01, "<- S. 0:0(0) ack 1")}
        ${once(0.01, "-> .  1:1(0) ack 1")}
        ${once(0.01, DATA)}
        ${once(0.2, DATA, "@first")}
        ${once(0.4, DATA)}
        ${both(0.5, "<- S. 0:0(0) ack 1")}
        ${once(0.3, DATA)}
        ${once(1.6, DATA, "@last")}`,
      findings: [{ ...DROPPED, data: { repeats: 4 } }],
    },
    {
      name: "one repetition that leaves at last, which may not have been the last that did not",
      packets: `${opened}
        ${once(0.01, DATA)}
        ${repeated([first, plain, last, both])}
        ${answered}`,
      findings: [{ ...DROPPED, data: { repeats: 3, worstSeconds: "1.4" } }],
    },
    {
      name: "what was dropped before the rest of a long connection, in which one repetition left",
      packets: `${opened}
        ${once(0.01, DATA)}
        ${repeated([first, plain, last, both])}
        ${answered}
        ${both(1, "-> P. 101:201(100) ack 201")}
        ${both(0.3, "-> P. 101:201(100) ack 201")}
        ${both(0.02, "<- .  201:201(0) ack 201")}`,
      findings: [{ ...DROPPED, data: { repeats: 3 } }],
    },
  ],

  valid: [
    {
      name: "repetitions that are sent on each time",
      others: [...COPIES, "syncookie-ack-dropped"],
      packets: opened + both(0.01, DATA) + repeated([both, both, both, both]),
    },
    {
      name: "two that are not, and one that is",
      others: [...COPIES, "rto-tail-loss", "syncookie-ack-dropped"],
      packets: opened + once(0.01, DATA) + repeated([plain, plain, both]) + answered,
    },
    {
      name: "three within less than a second",
      others: COPIES,
      packets: opened + once(0.01, DATA) + [1, 2, 3].map(() => once(0.2, DATA)).join(""),
    },
    {
      name: "a burst that is sent again by one timer",
      others: [...COPIES, "syncookie-ack-dropped"],
      packets: `${opened}
        ${once(0.01, DATA)}
        ${once(0.0001, "-> P. 101:201(100) ack 1")}
        ${once(1.2, DATA)}
        ${once(0.0001, "-> P. 101:201(100) ack 1")}
        ${once(2.4, DATA)}
        ${once(0.0001, "-> P. 101:201(100) ack 1")}`,
    },
    {
      name: "packets that stand in the router's queue and leave in the end",
      others: [...COPIES, "delay-spike", "spurious-retransmission", "syncookie-ack-dropped"],
      packets: `${opened}
        ${once(0.01, DATA)}
        ${repeated([plain, plain, plain, plain])}
        +.5 ${DATA} {ttl 63, copy}
        ${answered}`,
    },
    {
      name: "captures of both sides of a router, merged: what is there once got lost between",
      ipVersion: 4,
      others: [...COPIES, "syncookie-ack-dropped"],
      packets: `
        ${both(0, "-> S  0:0(0)", 0.02)}
        ${both(0.01, "<- S. 0:0(0) ack 1", 0.02)}
        ${both(0.01, "-> .  1:1(0) ack 1", 0.02)}
        ${once(0.01, DATA)}
        ${repeated([plain, plain, plain, plain])}`,
    },
    {
      name: "a connection that passes one way only, and leaves there by another interface",
      others: [...COPIES, "syncookie-ack-dropped", "syn-answered-late"],
      packets: `connection 2 client 192.0.2.1:40002 server 192.0.2.9:80
        ${opened}
        connection 1 client 192.0.2.1:40000 server 192.0.2.2:80
        ${both(0.1, "-> S  0:0(0)")}
        ${once(0.01, "<- S. 0:0(0) ack 1")}
        ${once(0.01, "-> .  1:1(0) ack 1")}
        ${once(0.01, DATA)}
        ${repeated([plain, plain, plain, plain])}`,
    },
    {
      name: "a capture that has some packets twice, at the same distance",
      others: [...COPIES, "syncookie-ack-dropped"],
      packets: (opened + once(0.01, DATA) + repeated([plain, plain, plain, plain])).replaceAll(
        "ttl 63",
        "ttl 64",
      ),
    },
    {
      name: "a capture before the router only",
      others: ["syncookie-ack-dropped"],
      packets: `
        +0   -> S  0:0(0)
        +.01 <- S. 0:0(0) ack 1
        +.01 -> .  1:1(0) ack 1
        ${once(0.01, DATA)}
        ${repeated([plain, plain, plain, plain])}`,
    },
    {
      name: "a window that is probed",
      others: [...COPIES, "zero-window-stall"],
      packets: `${opened}
        ${both(0.01, DATA)}
        ${both(0.02, "<- .  1:1(0) ack 101 win 0")}
        ${once(0.2, "-> .  101:102(1) ack 1")}
        ${once(0.4, "-> .  101:102(1) ack 1")}
        ${once(0.8, "-> .  101:102(1) ack 1")}
        ${once(1.6, "-> .  101:102(1) ack 1")}`,
    },
  ],
});
