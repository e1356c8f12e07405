import { expect } from "chai";
import { notForwarded } from "../../src/rules/not-forwarded.js";
import { analyzeScript } from "../support/analyze-script.js";
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
const on = (number: number, packets: string, client = "192.0.2.1", server = "192.0.2.9:80"): string =>
  `\nconnection ${number} client ${client}:${40_000 + number} server ${server}\n${packets}`;
/** A connection of another client that passes, with `client` and \`server\` as given. */
const passing = (number = 9, client = "192.0.2.1", server = "192.0.2.9:80"): string =>
  on(number, opened, client, server);
/** A segment of connection `inner`, and behind the router as one of connection `outer`, whose client is the router. */
const translated = (inner: number, outer: number, gap: number, segment: string): string => {
  const [first, second] = segment.startsWith("->") ? [inner, outer] : [outer, inner];
  return `\nconnection ${first}${once(gap, segment)}\nconnection ${second}\n  +.00001 ${segment} {ttl 63}`;
};
/** A connection of 192.0.2.1 that passes with the router's address (NAT). */
const passingTranslated = `
  ${on(9, "")}
  ${on(8, "", "192.0.2.254")}
  ${translated(9, 8, 0, "-> S  0:0(0)")}
  ${translated(9, 8, 0.01, "<- S. 0:0(0) ack 1")}
  ${translated(9, 8, 0.01, "-> .  1:1(0) ack 1")}`;
const SYN = "-> S  0:0(0)";
const SYN_ACK = "<- S. 0:0(0) ack 1";
const ACK = "-> .  1:1(0) ack 1";
/** SYNs in vain at the intervals of a client's timer. */
const asked = (records: readonly ((gap: number, segment: string) => string)[]): string =>
  records.map((record, at) => record(at === 0 ? 0.1 : 2 ** (at - 1), SYN)).join("");
/** A handshake of which the SYN-ACKs do not leave: each SYN that is sent again draws one. */
const unheard = (records: readonly ((gap: number, segment: string) => string)[]): string =>
  records
    .map((record, at) => `${both(at === 0 ? 0.1 : 2 ** (at - 1), SYN)}${record(0.01, SYN_ACK)}`)
    .join("");
const FIN = "-> F. 1:1(0) ack 1";
const ANSWERED = "; other connections to this port were answered";
/** The client's acknowledgment of the server's data, which leaves as a `copy` or not; the notation numbers IPv4 packets one by one. */
const acked = (copy: "" | "copy", gap: number): string => `
  +${gap} -> . 101:101(0) ack 201 {ttl 64}${copy && "\n+.00001 -> . 101:101(0) ack 201 {ttl 63, copy}"}`;
/** The server repeats its data, which leaves, and each is acknowledged. */
const answersDropped = (labels: readonly string[], copy: "" | "copy" = ""): string =>
  labels
    .map(
      (label, at) => `
  +${0.2 * 2 ** at} <- P. 1:201(200) ack 101 {ttl 64} ${label}
  +.00001 <- P. 1:201(200) ack 101 {ttl 63, copy}${acked(copy, 0.01)}`,
    )
    .join("");
const HELD = { evidence: { first: "first", last: "last" }, confidence: "strong" } as const;

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
    {
      name: "SYNs of one client, while those of another to the same port pass",
      packets: passing() + on(1, asked([plain, first, plain, last]), "192.0.2.3"),
      findings: [
        {
          ...HELD,
          messageId: "syn",
          severity: "warning",
          data: { repeats: 4, worstSeconds: "7.0", scope: ANSWERED },
        },
      ],
    },
    {
      name: "SYNs, of which the last one leaves and is answered, and shorter waits beside",
      packets: `${passing()}
        ${on(1, asked([plain, first, last, both]))}
        ${both(0.01, SYN_ACK)}
        ${both(0.01, ACK)}
        ${on(2, asked([plain, both]))}
        ${both(0.01, SYN_ACK)}
        ${both(0.01, ACK)}`,
      findings: [
        {
          ...HELD,
          messageId: "syn",
          severity: "warning",
          flows: 2,
          data: { repeats: 3, worstSeconds: "3.0" },
        },
      ],
    },
    {
      name: "SYNs to a port that never answered, of a client that talks to another one",
      packets: `${passing()}${on(1, asked([plain, first, last]), "192.0.2.1", "192.0.2.9:81")}`,
      findings: [{ ...HELD, messageId: "syn", severity: "warning", data: { scope: "" } }],
    },
    {
      name: "SYNs for which address translation has no port, while others pass, and the last one of these does",
      packets: `${passingTranslated}
        ${on(1, asked([plain, first, last]))}
        ${on(2, "", "192.0.2.254")}
        ${translated(1, 2, 4, SYN)}
        ${translated(1, 2, 0.01, SYN_ACK)}
        ${translated(1, 2, 0.01, ACK)}`,
      findings: [
        {
          ...HELD,
          messageId: "syn",
          severity: "warning",
          data: { repeats: 3, worstSeconds: "3.0", nat: " (behind it with another address or port)" },
        },
      ],
    },
    {
      name: "SYN-ACKs that come in by another interface than the SYNs left by",
      packets: `${passing(9, "192.0.2.1", "192.0.2.8:80")}
        ${on(1, unheard([plain, first, plain, last]))}`,
      findings: [{ ...HELD, messageId: "synAck", severity: "error", data: { repeats: 4, side: "server" } }],
    },
    {
      name: "SYN-ACKs whose SYNs went another way",
      packets: `${passing(9, "192.0.2.1", "192.0.2.8:80")}
        ${on(1, `${once(0.1, SYN_ACK)}${once(1, SYN_ACK, "@first")}${once(2, SYN_ACK, "@last")}`)}`,
      findings: [{ ...HELD, messageId: "synAck", severity: "error", data: { repeats: 3 } }],
    },
    {
      name: "acknowledgments of a client that are dropped, and data that is not",
      ipVersion: 4,
      packets: `${opened}
        ${both(0.01, DATA)}
        ${both(0.02, "<- P. 1:201(200) ack 101")}
        ${acked("", 0.02)}
        ${answersDropped(["@first", "", "", "", "@last", ""])}`,
      findings: [
        {
          ...HELD,
          messageId: "acks",
          severity: "error",
          data: { side: "client", peer: "server", repeats: 5 },
        },
      ],
    },
    {
      name: "FINs, while all else passes",
      packets: opened + once(0.01, FIN) + repeated([first, plain, plain, last], FIN),
      findings: [{ ...HELD, messageId: "fin", severity: "warning", data: { side: "client", repeats: 4 } }],
    },
    {
      name: "data of a server, and on another connection its FIN: one finding",
      packets: `${on(2, opened)}
        ${on(1, opened)}
        ${once(0.01, "<- P. 1:201(200) ack 1")}
        ${[first, plain, plain, last].map((record, at) => `connection 1 ${record(0.2 * 2 ** at, "<- P. 1:201(200) ack 1")} \n connection 2 ${once(0, "<- F. 1:1(0) ack 1")}`).join("\n")}`,
      findings: [{ ...DROPPED, flows: 2, data: { side: "server" } }],
    },
  ],

  valid: [
    {
      name: "SYNs that leave, and are not answered",
      others: [...COPIES, "syn-unanswered"],
      packets: passing() + on(1, asked([both, both, both, both]), "192.0.2.3"),
    },
    {
      name: "one SYN that does not leave, and one that does, as behind a queue that was full",
      others: [...COPIES, "syn-answered-late"],
      packets: `${passing()}
        ${on(1, asked([plain, both]))}
        ${both(0.01, SYN_ACK)}
        ${both(0.01, ACK)}`,
    },
    {
      name: "two SYNs that do not leave, and a third one that does",
      others: [...COPIES, "syn-answered-late"],
      packets: `${passing()}
        ${on(1, asked([plain, plain, both]))}
        ${both(0.01, SYN_ACK)}
        ${both(0.01, ACK)}`,
    },
    {
      name: "SYN-ACKs for a client that nothing is seen on its way to",
      others: [...COPIES, "syn-ack-lost"],
      packets: passing(9, "192.0.2.3", "192.0.2.8:80") + on(1, unheard([plain, plain, plain, plain])),
    },
    {
      name: "SYNs that are meant for the router itself, which nothing is seen behind",
      others: [...COPIES, "syn-unanswered"],
      packets: passing() + on(1, asked([plain, plain, plain, plain]), "192.0.2.1", "192.0.2.254:22"),
    },
    {
      name: "SYNs that leave with another address (NAT), and are not answered",
      others: [...COPIES, "syn-unanswered"],
      packets: `${passing()}
        ${on(1, "", "192.0.2.3")}
        ${on(2, "", "192.0.2.4")}
        ${[0.1, 1, 2, 4].map((gap) => `connection 1 ${once(gap, SYN)} \n connection 2 \n +.00001 ${SYN} {ttl 63}`).join("\n")}`,
    },
    {
      name: "SYNs that leave with another address, as others do that are answered",
      others: ["syn-unanswered", "accept-queue-syn-drop"],
      packets: `${passingTranslated}
        ${on(1, "")}
        ${on(2, "", "192.0.2.254")}
        ${[0.1, 1, 2, 4].map((gap) => translated(1, 2, gap, SYN)).join("\n")}`,
    },
    {
      name: "SYNs of a client whose addresses nothing shows to be translated",
      others: ["syn-unanswered", "accept-queue-syn-drop"],
      packets: passingTranslated + on(1, asked([plain, plain, plain, plain]), "192.0.2.3"),
    },
    {
      name: "a scan of ports that never answered",
      others: [...COPIES, "syn-unanswered"],
      packets: `${passing()}${[1, 2, 3, 4].map((each) => on(each, asked([plain, plain, plain]), "192.0.2.1", `192.0.2.9:${7000 + each}`)).join("\n")}`,
    },
    {
      name: "a stranger that asks for a port that never answered",
      others: [...COPIES, "syn-unanswered"],
      packets: passing() + on(1, asked([plain, plain, plain]), "192.0.2.3", "192.0.2.9:81"),
    },
    {
      name: "SYN-ACKs that leave, and do not arrive",
      others: [...COPIES, "syn-ack-lost"],
      packets: `${passing(9, "192.0.2.1", "192.0.2.8:80")}
        ${on(1, unheard([both, both, both, both]))}`,
    },
    {
      name: "acknowledgments that leave, and do not arrive",
      ipVersion: 4,
      others: [...COPIES, "blackhole-reverse"],
      packets: `${opened}
        ${both(0.01, DATA)}
        ${both(0.02, "<- P. 1:201(200) ack 101")}
        ${acked("copy", 0.02)}
        ${answersDropped(["", "", "", "", "", ""], "copy")}`,
    },
    {
      name: "acknowledgments without an IP identification, of which equal ones may be copies",
      ipVersion: 6,
      others: [...COPIES, "blackhole-reverse"],
      packets: `${opened}
        ${both(0.01, DATA)}
        ${both(0.02, "<- P. 1:201(200) ack 101")}
        ${acked("", 0.02)}
        ${answersDropped(["", "", "", "", "", ""])}`,
    },
    {
      name: "data that is repeated after one acknowledgment, which left, without another",
      ipVersion: 4,
      others: [...COPIES, "blackhole-forward"],
      packets: `${opened}
        ${both(0.01, DATA)}
        ${both(0.02, "<- P. 1:201(200) ack 101")}
        ${acked("copy", 0.02)}
        ${[0.2, 0.4, 0.8, 1.6, 3.2].map((gap) => both(gap, "<- P. 1:201(200) ack 101")).join("")}`,
    },
    {
      name: "FINs that leave",
      others: [...COPIES, "fin-unanswered"],
      packets: opened + both(0.01, FIN) + repeated([both, both, both, both], FIN),
    },
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

describe("rule not-forwarded", () => {
  const findingOf = async (script: string) =>
    (await analyzeScript(script, { rules: [notForwarded] }, { ipVersion: 4 })).report.findings[0]!;

  it("asks the router about SYNs, and leaves open that it is meant so", async () => {
    const { message, remedy, alternatives } = await findingOf(
      passing() + on(1, asked([plain, plain, plain, plain]), "192.0.2.3"),
    );
    expect(message).to.equal(
      "On 1 of 2 connections to 192.0.2.9:80 the router on which, or on both sides of which, the capture was taken took in the SYN and did not send it on: up to 4 in a row, for 7.0 s at worst, are in the capture once, while other packets to the same address are in it twice, before and behind the router; other connections to this port were answered.",
    );
    expect(remedy).to.match(/nf_conntrack_max.*insert_failed.*`ip -4 route get 192\.0\.2\.3`/);
    expect(alternatives[0]).to.match(/meant to be so/);
  });

  it("looks for two ways where a SYN-ACK is not sent on", async () => {
    const { remedy, alternatives } = await findingOf(
      passing(9, "192.0.2.1", "192.0.2.8:80") + on(1, unheard([plain, plain, plain, plain])),
    );
    expect(remedy).to.match(/TcpExtIPReversePathFilter.*`ip -4 route get 192\.0\.2\.9`/);
    expect(alternatives.join()).not.to.match(/meant to be so/);
  });

  it("thinks of ports that address translation has run out of", async () => {
    const { alternatives } = await findingOf(passingTranslated + on(1, asked([plain, plain, plain, plain])));
    expect(alternatives[0]).to.match(/NAT.*insert_failed/);
  });
});
