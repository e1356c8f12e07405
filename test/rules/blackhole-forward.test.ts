import { expect } from "chai";
import { blackholeForward } from "../../src/rules/blackhole-forward.js";
import { analyzeScript } from "../support/analyze-script.js";
import { answered, opened, repeated } from "../support/outage-scripts.js";
import { testRule } from "../support/rule-tester.js";

const DATA = "-> P. 101:201(100) ack 1";
/** Two connections to one address fall silent; the timer doubles. */
const silent = (count: number): string => `${opened(count)}
  ${repeated(count, DATA, [1])}
  ${repeated(count, `${DATA} @first`, [0.21])}
  ${repeated(count, DATA, [0.42])}
  ${answered(9)}
  ${repeated(count, DATA, [0.85])}
  ${repeated(count, DATA, [1.7])}
  ${repeated(count, `${DATA} @last`, [3.4])}`;
/** A client answers nothing more to a server's repetitions; before the last two of them there is `meanwhile`. */
const vanished = (meanwhile = ""): string => `${opened(1, "192.0.2.7:80", "<-")}
  ${repeated(1, "<- P. 101:201(100) ack 5", [1])}
  ${repeated(1, "<- P. 101:201(100) ack 5 @first", [0.2])}
  ${repeated(1, "<- P. 101:201(100) ack 5", [0.4, 0.8])}
  ${meanwhile}
  ${repeated(1, "<- P. 101:201(100) ack 5", [1.6])}
  ${repeated(1, "<- P. 101:201(100) ack 5 @last", [3.2])}`;
/** What is left of silence when the capture begins in it: `gaps` between the segments of `count` connections. */
const begunLate = (count: number, gaps: readonly number[], packet = DATA): string => `
  connection 1 client 192.0.2.1:40000 server 192.0.2.7:80
  ${repeated(count, packet, [0])}
  ${repeated(count, `${packet} @first`, gaps.slice(0, 1))}
  ${repeated(count, packet, gaps.slice(1, -1))}
  ${repeated(count, `${packet} @last`, gaps.slice(-1))}`;
const SERVER = "192.0.2.7:80";
const SERVED = answered(9, SERVER);
const recovery = (count: number): string => repeated(count, "<- . 1:1(0) ack 201", [0.02]);

const weak = (messageId: "silence" | "untaken" | "vanished", last = "last-1") =>
  ({ messageId, evidence: { first: "first-1", last }, confidence: "weak", severity: "warning" }) as const;

/** `count` connections repeat `packet` in vain, and after that the other end speaks, as often as there are `words`, 5 s apart. */
const untaken = (
  count: number,
  words: readonly string[],
  packet = DATA,
  before = opened(count),
): string => `${before}
  ${repeated(count, packet, [1])}
  ${repeated(count, `${packet} @first`, [0.21])}
  ${repeated(count, packet, [0.42, 0.85, 1.7])}
  ${repeated(count, `${packet} @last`, [3.4])}
  ${words.map((word) => repeated(count, word, [5])).join("")}`;
/** An idle end asks whether the other is there. */
const PROBE = "<- . 0:0(0) ack 101";

testRule(blackholeForward, {
  invalid: [
    {
      name: "two connections to one address, while another address answers",
      packets: silent(2) + recovery(2),
      findings: [
        {
          messageId: "silence",
          evidence: { first: "first-1", last: "last-1" },
          flows: 2,
          confidence: "strong",
          data: { ending: "all recovered", repeats: 5, workingAddresses: 1 },
        },
      ],
    },
    {
      name: "attempts to connect meanwhile belong to it",
      packets: `${silent(2)}
        connection 5 client 192.0.2.1:40009 server 192.0.2.7:80
        +.1 -> S 0:0(0)
        +1  -> S 0:0(0)
        ${repeated(2, `${DATA} @end`, [5])}`,
      findings: [
        {
          messageId: "silence",
          evidence: { first: "first-1", last: "end-1" },
          flows: 3,
          confidence: "strong",
          data: { ending: "none recovered in the capture" },
        },
      ],
    },
    {
      name: "one connection for a long time, that goes on",
      packets: silent(1) + recovery(1),
      findings: [
        {
          messageId: "silence",
          evidence: { first: "first-1", last: "last-1" },
          confidence: "strong",
          data: { ending: "it recovered" },
        },
      ],
    },
    {
      name: "one connection that nobody else compares with: the other host may have crashed",
      packets: `${opened(1)}
        ${repeated(1, DATA, [1])}
        ${repeated(1, `${DATA} @first`, [0.2])}
        ${repeated(1, DATA, [0.4, 0.8, 1.6])}
        ${repeated(1, `${DATA} @last`, [3.2])}`,
      findings: [
        {
          ...weak("silence"),
          data: { ending: "not recovered in the capture" },
        },
      ],
    },
    {
      name: "clients that have sent their FIN and go on to read: half-closed connections",
      packets: `${opened(2, "192.0.2.7:80", "<-")}
        ${repeated(2, "-> F. 5:5(0) ack 101", [0.5])}
        ${repeated(2, "<- . 101:101(0) ack 6", [0.02])}
        ${repeated(2, "<- P. 101:201(100) ack 6", [1])}
        ${repeated(2, "<- P. 101:201(100) ack 6 @first", [0.2])}
        ${repeated(2, "<- P. 101:201(100) ack 6", [0.4, 0.8, 1.6])}
        ${repeated(2, "<- P. 101:201(100) ack 6 @last", [3.2])}
        ${repeated(2, "-> . 6:6(0) ack 201", [0.02])}`,
      findings: [{ ...weak("silence"), flows: 2, data: { ending: "all recovered" } }],
    },
    {
      name: "a server that probes the connection afterwards, and has not got what was repeated",
      packets: untaken(1, [PROBE, PROBE]),
      findings: [
        {
          messageId: "untaken",
          evidence: { first: "first-1", last: "last-1" },
          confidence: "strong",
          data: { repeats: 5, ending: "not recovered in the capture" },
        },
      ],
    },
    {
      name: "the same of data and FIN, and of two connections whose server sends something once",
      packets: untaken(2, ["<- P. 1:9(8) ack 101"], "-> FP. 101:201(100) ack 1"),
      findings: [
        {
          messageId: "untaken",
          evidence: { first: "first-1", last: "last-1" },
          flows: 2,
          confidence: "strong",
        },
      ],
    },
    {
      name: "a server that is heard once, by what may have stood in a queue",
      packets: untaken(1, [PROBE]),
      findings: [weak("untaken")],
    },
    {
      name: "a client that goes on to probe: its own link may be bad in one direction",
      packets: untaken(
        1,
        ["-> . 4:4(0) ack 101", "-> . 4:4(0) ack 101"],
        "<- P. 101:201(100) ack 5",
        opened(1, SERVER, "<-"),
      ),
      findings: [weak("untaken")],
    },
    {
      name: "long segments only: the path may have become narrower",
      packets: untaken(
        2,
        ["<- . 0:0(0) ack 3001", "<- . 0:0(0) ack 3001"],
        "-> . 3001:4449(1448) ack 1",
        `${opened(2)}${repeated(2, "-> . 101:1549(1448) ack 1", [0.1])}${repeated(2, "-> . 1549:3001(1452) ack 1", [0.1], "<- . 1:1(0) ack 3001")}`,
      ),
      findings: [{ ...weak("untaken"), flows: 2 }],
    },
    {
      name: "a server that speaks again without having got it, and gets it later",
      packets: `${untaken(1, [PROBE, PROBE])}${recovery(1)}`,
      findings: [{ ...weak("silence"), data: { ending: "it recovered" } }],
    },
    {
      name: "a client that went away for good",
      packets: vanished(),
      findings: [
        {
          ...weak("vanished"),
          data: { aliveNote: "" },
        },
      ],
    },
    {
      name: "a connection of a client that meanwhile is served on another one",
      packets: vanished(SERVED),
      findings: [
        {
          ...weak("vanished"),
          data: { aliveNote: "; meanwhile it did send on other connections: only this one was cut off" },
        },
      ],
    },
    {
      name: "a capture that begins in the silence: the server may never have held the connections",
      packets: `${begunLate(2, [0.8, 1.6])}${answered(9)}${repeated(2, `${DATA} @end`, [3.2])}`,
      findings: [
        {
          ...weak("silence", "end-1"),
          flows: 2,
          data: { repeats: 3, workingAddresses: 1 },
        },
      ],
    },
    {
      name: "two repetitions at intervals that double from one that no timer begins with: there had been others",
      packets: begunLate(1, [3, 6]),
      findings: [
        {
          ...weak("silence"),
          data: { repeats: 2, worstSeconds: "9.0" },
        },
      ],
    },
    {
      name: "an end of a timer's growth: intervals that are as long as the one before",
      packets: begunLate(1, [120, 120]),
      findings: [
        {
          ...weak("silence"),
        },
      ],
    },
    {
      name: "a server that the capture shows at its last repetitions",
      packets: begunLate(1, [3, 6, 12], "<- P. 101:201(100) ack 5"),
      findings: [
        {
          ...weak("vanished"),
          data: { repeats: 3 },
        },
      ],
    },
    {
      name: "another address that had fallen silent before is not one that answers",
      packets: `${begunLate(2, [0.8, 1.6])}
        connection 9 client 192.0.2.1:40009 server 192.0.2.6:80
        ${["+.1", "+.3", "+.6"].map((gap) => `${gap} ${DATA}`).join("\n        ")}
        ${repeated(2, `${DATA} @end`, [3.2])}
        connection 9
        +9 <- . 1:1(0) ack 201`,
      findings: [
        {
          ...weak("silence", "end-1"),
          flows: 2,
          data: { workingAddresses: 0, otherAddresses: 1 },
        },
      ],
    },
  ],
  valid: [
    {
      name: "two connections held back for seconds, of which one proves it: each repetition was answered",
      packets: `${silent(2)}
        connection 1
        +.5 <- . 1:1(0) ack 201
        ${"+0 <- . 1:1(0) ack 201 <sack 101:201>".concat("\n").repeat(5)}
        connection 2
        +0  <- . 1:1(0) ack 201`,
      others: ["delay-spike"],
    },
    {
      name: "begun late, over loopback: nothing gets lost there",
      ipVersion: 4,
      packets: begunLate(2, [0.8, 1.6, 3.2]).replace(/192[.]0[.]2[.][17]/g, "127.0.0.1"),
      others: ["unaccepted-connection"],
    },
    {
      name: "begun late: two repetitions, the first after no longer than a timer begins with",
      packets: `${begunLate(1, [1.1, 2.2])}${repeated(1, "<- . 1:1(0) ack 201", [3])}`,
    },
    {
      name: "begun late: two repetitions whose intervals do not double",
      packets: begunLate(1, [3, 3.1]),
    },
    {
      name: "begun late: one direction, in which the sender acknowledges more in the end",
      packets: `${begunLate(1, [0.2, 0.4, 0.8, 1.6, 3.2])}
        connection 1
        +.1 -> . 201:201(0) ack 901`,
    },
    {
      name: "a tail that is lost twice",
      packets: `${opened(1)}
        ${repeated(1, DATA, [1, 0.2, 0.4])}
        ${recovery(1)}`,
    },
    {
      name: "an idle connection",
      packets: `${opened(2)}
        ${repeated(2, DATA, [30])}
        ${recovery(2)}`,
    },
    {
      name: "a host that was suspended: nothing was sent for half a minute",
      packets: `${opened(2)}
        ${repeated(2, DATA, [1, 30])}
        ${recovery(2)}`,
    },
    {
      name: "data to a peer that has closed and gone",
      packets: `${opened(1)}
        +.1 <- F. 1:1(0) ack 101
        +.0 -> .  101:101(0) ack 2
        +5  -> P. 101:201(100) ack 2
        +.2 -> P. 101:201(100) ack 2
        +.4 -> P. 101:201(100) ack 2
        +.8 -> P. 101:201(100) ack 2
        +1.6 -> P. 101:201(100) ack 2
        +3.2 -> P. 101:201(100) ack 2`,
    },
    {
      name: "a capture of one direction",
      packets: `
        0    -> S  0:0(0)
        +.02 -> .  1:1(0) ack 1
        +0   -> P. 1:101(100) ack 1
        +.2  -> P. 1:101(100) ack 1
        +.4  -> P. 1:101(100) ack 1
        +.8  -> P. 1:101(100) ack 1
        +1.6 -> P. 1:101(100) ack 1
        +3.2 -> P. 1:101(100) ack 1`,
    },
  ],
});

describe("silence that may have begun before the capture", () => {
  for (const [title, packet, reason] of [
    ["may be a full accept queue's, where clients repeat", DATA, /accept queue/],
    ["may be a narrow path's, where long segments are repeated", "-> . 1:1449(1448) ack 1", /ping -M do/],
  ] as const)
    it(title, async () => {
      const { report } = await analyzeScript(begunLate(1, [1, 2, 4], packet));
      const found = report.findings.find(({ ruleId }) => ruleId === "blackhole-forward")!;
      expect(found.message).to.include(" The capture has nothing of before: it may have lasted longer. ");
      expect(found.alternatives.filter((each) => reason.test(each))).to.have.length(1);
    });
});

describe("silence whose first interval is too long for a timer's first", () => {
  it("had begun before the capture", async () => {
    const { report } = await analyzeScript(begunLate(1, [1.7, 3.4, 6.8]));
    const found = report.findings.find(({ ruleId }) => ruleId === "blackhole-forward")!;
    expect(found.message).to.include(
      " It had begun before the capture, as the intervals tell, and lasted longer. ",
    );
  });
});

describe("a client that answers nothing more", () => {
  for (const [title, meanwhile, isPossible] of [
    ["may have been switched off", "", true],
    ["was not, when the server heard it meanwhile", SERVED, false],
  ] as const)
    it(title, async () => {
      const { report } = await analyzeScript(vanished(meanwhile));
      const found = report.findings.find(({ messageId }) => messageId === "vanished")!;
      expect(found.message).to.match(
        /^1 connection of 192\.0\.2\.7 ended in silence: 192\.0\.2\.1 answered nothing/,
      );
      expect(found.alternatives.some((each) => each.includes("switched off"))).to.equal(isPossible);
    });
});

describe("silence of an address that answers another client meanwhile", () => {
  it("may be a ban", async () => {
    const served = answered(9).replace(
      "192.0.2.1:40009 server 192.0.2.6:80",
      "192.0.2.3:40009 server 192.0.2.7:80",
    );
    const script = silent(2)
      .replace(answered(9), served)
      .replace(/(->[^@\n]*)/g, "$1 {ttl 64} ")
      .replace(/(<-[^@\n]*)/g, "$1 {ttl 57} ");
    const { report } = await analyzeScript(script);
    const { alternatives } = report.findings.find(({ ruleId }) => ruleId === "blackhole-forward")!;
    expect(alternatives.join("\n")).to.match(/^A firewall bans 192\.0\.2\.1 /m);
  });
});

describe("silence of an end that is heard again", () => {
  const findingOf = async (script: string) => {
    const { report } = await analyzeScript(script, {}, { ipVersion: 4 });
    return report.findings.find(({ messageId }) => messageId === "untaken")!;
  };

  it("tells which direction is lost", async () => {
    const { message, remedy, alternatives } = await findingOf(untaken(1, [PROBE, PROBE]));
    expect(message).to.equal(
      "192.0.2.1 repeated its segments to 192.0.2.7 up to 5 times, for 11.6 s at worst, and they never arrived, or were dropped where they did: 1 connection stood still, on which 192.0.2.7 was heard again and acknowledged nothing of it. The way back is open; what 192.0.2.1 sends does not get through. The capture shows no other address to compare with.",
    );
    expect(remedy).to.match(/^Look at the way from 192\.0\.2\.1 to 192\.0\.2\.7 alone/);
    expect(alternatives.join()).not.to.match(/way back|switched off|ping -M do/);
  });

  it("may be a path that became narrower where only long segments are lost", async () => {
    const long = untaken(
      2,
      ["<- . 0:0(0) ack 3001"],
      "-> . 3001:4449(1448) ack 1",
      `${opened(2)}${repeated(2, "-> . 101:1549(1448) ack 1", [0.1])}${repeated(2, "-> . 1549:3001(1452) ack 1", [0.1], "<- . 1:1(0) ack 3001")}`,
    );
    expect((await findingOf(long)).alternatives.join()).to.match(/ping -M do/);
  });
});
