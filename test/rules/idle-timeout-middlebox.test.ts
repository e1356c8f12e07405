import { idleTimeoutMiddlebox } from "../../src/rules/idle-timeout-middlebox.js";
import { testRule } from "../support/rule-tester.js";

interface Event {
  readonly atS: number;
  readonly packet: string;
}

interface Connection {
  readonly client?: string;
  readonly server?: string;
  readonly events: readonly Event[];
}

const at = (atS: number, packet: string): Event => ({ atS, packet });

/** Opened at `atS`, with one request that is answered. */
const opened = (atS: number): Event[] => [
  at(atS, "-> S  0:0(0)"),
  at(atS + 0.02, "<- S. 0:0(0) ack 1"),
  at(atS + 0.021, "-> .  1:1(0) ack 1"),
  at(atS + 0.03, "-> P. 1:101(100) ack 1"),
  at(atS + 0.05, "<- P. 1:11(10) ack 101"),
  at(atS + 0.051, "-> .  101:101(0) ack 11"),
];
/** The second request, answered. */
const answered = (atS: number): Event[] => [
  at(atS, "-> P. 101:201(100) ack 11"),
  at(atS + 0.02, "<- P. 11:21(10) ack 201"),
  at(atS + 0.021, "-> .  201:201(0) ack 21"),
];
/** The second request, or another packet, repeated into silence for 6 s. */
const unanswered = (atS: number, isEvidence = false, packet = "-> P. 101:201(100) ack 11"): Event[] =>
  [0, 0.4, 1.2, 2.8, 6].map((afterS) => {
    const label = afterS === 0 ? " @first" : afterS === 6 ? " @last" : "";
    return at(atS + afterS, `${packet}${isEvidence ? label : ""}`);
  });
const reset = (atS: number, isEvidence = false): Event[] => [
  at(atS, `-> P. 101:201(100) ack 11${isEvidence ? " @first" : ""}`),
  at(atS + 0.02, `<- R  11:11(0)${isEvidence ? " @last" : ""}`),
];
/** By somebody else, twice: the first one does not arrive. */
const rejected = (atS: number, isEvidence = false): Event[] => [
  at(atS, `-> P. 101:201(100) ack 11${isEvidence ? " @first" : ""}`),
  at(atS + 0.02, "<- R. 11:11(0) ack 201 {ttl 255}"),
  at(atS + 1.6, "-> P. 101:201(100) ack 11"),
  at(atS + 1.62, `<- R. 11:11(0) ack 201 {ttl 255}${isEvidence ? " @last" : ""}`),
];

/** Packets of all connections in the order of time; those without addresses are of one client to one server. */
function script(connections: readonly Connection[]): string {
  const all = connections.flatMap(({ events }, index) => events.map((event) => ({ ...event, index })));
  const lines: string[] = [];
  let [clock, open] = [0, -1];
  const begun = new Set<number>();
  for (const { atS, packet, index } of all.toSorted((a, b) => a.atS - b.atS)) {
    const { client = "192.0.2.1", server = "192.0.2.7" } = connections[index]!;
    const ends = begun.has(index) ? "" : ` client ${client}:${40_001 + index} server ${server}:80`;
    if (index !== open) lines.push(`connection ${index + 1}${ends}`);
    begun.add(index);
    lines.push(`+${(atS - clock).toFixed(6)} ${packet}`);
    [clock, open] = [atS, index];
  }
  return lines.join("\n");
}

/** Eight silences that do no harm, the last of them of 8 s. */
const lively = (ends: Partial<Connection> = {}): Connection => ({
  ...ends,
  events: [
    ...opened(0),
    ...[2, 4, 6, 8, 10, 12, 14, 22].flatMap((atS, index) => [
      at(atS, `-> P. ${101 + index * 100}:${201 + index * 100}(100) ack 11`),
      at(atS + 0.02, `<- .  11:11(0) ack ${201 + index * 100}`),
    ]),
  ],
});
/** Silent for 40 s at most. */
const held: Connection = {
  events: [
    ...opened(0),
    ...answered(40),
    at(75, "-> P. 201:301(100) ack 21"),
    at(75.1, "<- . 21:21(0) ack 301"),
  ],
};
/** What shows that both hosts are there. */
const later = (atS: number, ends: Partial<Connection> = {}): Connection => ({
  ...ends,
  events: [...opened(atS), ...answered(atS + 0.1)],
});
/** Used again `idleS` after its first request. */
const idle = (atS: number, idleS: number, then: Event[] | ((atS: number) => Event[]) = unanswered) => {
  const usedS = atS + 0.051 + idleS;
  return { events: [...opened(atS), ...(typeof then === "function" ? then(usedS) : then)] };
};
const evidenceAfter = (
  atS: number,
  idleS: number,
  then: (usedS: number, isEvidence: boolean) => Event[] = unanswered,
): Connection => idle(atS, idleS, (usedS) => then(usedS, true));
const PROBE = "-> .  100:100(0) ack 11";

testRule(idleTimeoutMiddlebox, {
  invalid: [
    {
      name: "three connections that nobody answers behind long silences, while shorter ones do no harm",
      ipVersion: 4,
      packets: script([lively(), evidenceAfter(0, 20), idle(1, 30), idle(25, 25), later(60)]),
      findings: [
        {
          messageId: "silent",
          evidence: { first: "first", last: "last" },
          flows: 3,
          confidence: "strong",
          data: {
            scope: "to 192.0.2.7",
            idleSeconds: "20.0 to 30.0",
            others: "8 silences of up to 8.0 s did no harm: what forgets them does so after 8.0 to 20.0 s.",
          },
        },
      ],
    },
    {
      name: "two that are reset, with little to compare",
      packets: script([evidenceAfter(0, 20, reset), idle(30, 30, reset)]),
      findings: [
        {
          messageId: "reset",
          evidence: { first: "first", last: "last" },
          flows: 2,
          confidence: "weak",
          data: {
            others: "The capture has no silence of a second or more that did no harm.",
            sentBy: "",
          },
        },
      ],
    },
    {
      name: "two that are reset from another distance than the host's",
      packets: script([evidenceAfter(0, 20, rejected), idle(30, 30, rejected)]),
      findings: [
        {
          messageId: "reset",
          evidence: { first: "first", last: "last" },
          flows: 2,
          data: {
            sentBy:
              " It was not the host that sent it: the TTL is another than that of the host's other segments.",
          },
        },
      ],
    },
    {
      name: "all of them idle at once, while another is held: nothing was restarted",
      packets: script([lively(), evidenceAfter(3, 12.5), idle(3.1, 12.6), idle(3.2, 12.7), later(40)]),
      findings: [
        {
          messageId: "silent",
          evidence: { first: "first", last: "last" },
          flows: 3,
          confidence: "strong",
        },
      ],
    },
    {
      name: "all of them idle at once, while others were held in turn, each for a part of that",
      packets: script([
        { events: [...opened(0), ...answered(9)] },
        { events: [...opened(8), ...answered(16)] },
        evidenceAfter(3, 12.5),
        idle(3.1, 12.6),
        later(40),
      ]),
      findings: [
        { messageId: "silent", evidence: { first: "first", last: "last" }, flows: 2, confidence: "weak" },
      ],
    },
    {
      name: "one alone, silent for longer than a minute, while another is used",
      packets: script([held, evidenceAfter(1, 70), later(90)]),
      findings: [
        {
          messageId: "silent",
          evidence: { first: "first", last: "last" },
          confidence: "weak",
          data: { idleSeconds: "70.0" },
        },
      ],
    },
    {
      name: "the time between repetitions that are answered in the end is no silence that did no harm",
      packets: script([
        {
          events: [
            ...opened(0),
            ...[0, 0.4, 1.2, 2.8, 6, 25].map((afterS) => at(0.2 + afterS, "-> P. 101:201(100) ack 11")),
            at(25.25, "<- . 11:11(0) ack 201"),
          ],
        },
        evidenceAfter(30, 15),
        idle(60, 16),
        later(90),
      ]),
      findings: [
        {
          messageId: "silent",
          evidence: { first: "first", last: "last" },
          flows: 2,
          data: { others: "The capture has no silence of a second or more that did no harm." },
        },
      ],
    },
    {
      name: "keepalive probes that come too late, while another connection is answered in the end",
      packets: script([
        lively(),
        evidenceAfter(0, 20, (usedS, isEvidence) => unanswered(usedS, isEvidence, PROBE)),
        idle(30, 20, (usedS) => unanswered(usedS, false, PROBE)),
        idle(31, 15, (usedS) => [...unanswered(usedS), at(usedS + 6.02, "<- . 11:11(0) ack 201")]),
        later(70),
      ]),
      findings: [{ messageId: "silent", evidence: { first: "first", last: "last" }, flows: 2 }],
    },
    {
      name: "what lies before a client forgets its connections to two servers; those of another client are kept",
      ipVersion: 4,
      packets: script([
        lively(),
        evidenceAfter(0, 20),
        { ...idle(30, 20), server: "192.0.2.8" },
        later(70),
        later(71, { server: "192.0.2.8" }),
        { ...idle(0, 60, answered), client: "192.0.2.2" },
        { ...idle(1, 60, answered), client: "192.0.2.2", server: "192.0.2.8" },
      ]),
      findings: [
        {
          messageId: "silent",
          evidence: { first: "first", last: "last" },
          flows: 2,
          data: { scope: "of 192.0.2.1" },
        },
      ],
    },
    {
      name: "only those of one client to one server, both of which keep others",
      ipVersion: 4,
      packets: script([
        evidenceAfter(0, 20),
        idle(30, 20),
        { client: "192.0.2.3", server: "192.0.2.9", events: [...opened(60), ...unanswered(60.3)] },
        later(70),
        { ...idle(0, 60, answered), client: "192.0.2.2" },
        { ...idle(1, 60, answered), server: "192.0.2.8" },
      ]),
      findings: [
        {
          messageId: "silent",
          evidence: { first: "first", last: "last" },
          flows: 2,
          data: { scope: "of 192.0.2.1 to 192.0.2.7" },
        },
      ],
    },
  ],
  valid: [
    {
      name: "all of them idle at once, and none held: something may have started anew",
      packets: script([idle(3, 12.5), idle(3.1, 12.6), idle(3.2, 12.7), later(40)]),
      others: ["connection-cut-off", "blackhole-forward"],
    },
    {
      name: "all of them idle at once, and others held in turn, but for a moment between",
      packets: script([
        { events: [...opened(0), ...answered(9)] },
        { events: [...opened(9.5), ...answered(16)] },
        idle(3, 12.5),
        idle(3.1, 12.6),
        later(40),
      ]),
      others: ["connection-cut-off", "blackhole-forward"],
    },
    {
      name: "a silence that is longer did no harm",
      packets: script([idle(0, 20), idle(30, 25), idle(0, 26, answered), later(70)]),
      others: ["connection-cut-off", "blackhole-forward"],
    },
    {
      name: "a client that slept, and was pushed to meanwhile; another one did not sleep",
      packets: script([
        { ...lively(), client: "192.0.2.2" },
        ...[0, 1, 2].map((atS) =>
          idle(atS, 18, (usedS) =>
            [0, 0.4, 1.2, 2.8, 6].map((afterS) => at(usedS + afterS, "<- P. 11:21(10) ack 101")),
          ),
        ),
        later(60),
      ]),
      others: ["connection-cut-off", "blackhole-forward"],
    },
    {
      name: "silences too short for anything to forget a connection",
      packets: script([idle(0, 8), idle(20, 9), later(70)]),
      others: ["connection-cut-off", "blackhole-forward"],
    },
    {
      name: "one alone, silent for less than a minute",
      packets: script([held, idle(1, 50), later(90)]),
      others: ["connection-cut-off", "blackhole-forward"],
    },
    {
      name: "one alone that is reset: half-open-peer tells of it",
      packets: script([held, idle(1, 70, reset), later(90)]),
      others: ["half-open-peer"],
    },
    {
      name: "an address that is not heard again: it may be gone",
      packets: script([lively(), idle(0, 20), idle(30, 30)]),
      others: ["connection-cut-off", "blackhole-forward"],
    },
    {
      name: "connections in use die as well",
      packets: script([
        lively(),
        idle(0, 20),
        idle(30, 30),
        { events: [...opened(60), ...unanswered(60.3)] },
        later(70),
      ]),
      others: ["connection-cut-off", "blackhole-forward"],
    },
    {
      name: "a server that had closed them",
      packets: script(
        [0, 30].map((atS) =>
          idle(atS, 20, [
            at(atS + 15, "<- F. 11:11(0) ack 101"),
            at(atS + 15.02, "-> .  101:101(0) ack 12"),
            at(atS + 27, "-> P. 101:201(100) ack 12"),
            at(atS + 27.02, "<- R  12:12(0)"),
          ]),
        ),
      ),
      others: ["idle-close-race"],
    },
    {
      name: "a server that had reset them",
      packets: script(
        [0, 30].map((atS) =>
          idle(atS, 20, [
            at(atS + 15, "<- R. 11:11(0) ack 101"),
            at(atS + 27, "-> P. 101:201(100) ack 11"),
            at(atS + 27.02, "<- R  11:11(0)"),
          ]),
        ),
      ),
    },
    {
      name: "a server that acknowledges what it resets: it held the connections",
      packets: script(
        [0, 30].map((atS) =>
          idle(atS, 20, [
            at(atS + 25, "-> P. 101:201(100) ack 11"),
            at(atS + 25.02, "<- R. 11:11(0) ack 201"),
          ]),
        ),
      ),
      others: ["rst-mid-stream"],
    },
    {
      name: "those that are answered in the end",
      packets: script([
        ...[0, 30].map((atS) =>
          idle(atS, 20, (usedS) => [...unanswered(usedS), at(usedS + 6.02, "<- . 11:11(0) ack 201")]),
        ),
        later(70),
      ]),
      others: ["connection-cut-off", "blackhole-forward"],
    },
    {
      name: "what nobody answers within a moment, behind which nothing comes",
      packets: script([
        ...[0, 30].map((atS) =>
          idle(atS, 20, (usedS) =>
            [0, 1, 2, 3, 4].map((turn) =>
              at(usedS + turn / 10, `-> P. ${101 + turn * 100}:${201 + turn * 100}(100) ack 11`),
            ),
          ),
        ),
        later(70),
      ]),
    },
    {
      name: "connections that are closed after a silence, without an answer",
      packets: script([
        lively(),
        ...[0, 30].map((atS) =>
          idle(atS, 20, (usedS) => unanswered(usedS, false, "-> F. 101:101(0) ack 11")),
        ),
        later(70),
      ]),
    },
  ],
});
