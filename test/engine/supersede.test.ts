import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Finding } from "../../src/engine/finding.js";
import { defineRule } from "../../src/engine/rule.js";
import { activateRules } from "../../src/engine/rule-settings.js";
import { supersedeFindings } from "../../src/engine/supersede.js";
import { rules as builtInRules } from "../../src/rules/index.js";
import { analyzeScript } from "../support/analyze-script.js";

const lostCall = `
  connection 99 client 192.0.2.1:999 server 192.0.2.2:2049
  0 -> S 0:0(0)
  +.0001 <- S. 0:0(0) ack 1
  +.0001 -> . 1:1(0) ack 1
  +.0001 -> P. 1:101(100) ack 1 // rpc call 7 100003 3 1
  +.0001 <- . 1:1(0) ack 101
  +5 <- F. 1:1(0) ack 101
  +.0001 -> F. 101:101(0) ack 2
  +.0001 <- . 2:2(0) ack 102`;
const loop = (client: string) => `
  connection 1 client ${client}:700 server 192.0.2.2:2049
  repeat 60 every 0.03 {
    +0 -> S 0:0(0)
    +.0001 <- S. 0:0(0) ack 1
    +.0001 -> . 1:1(0) ack 1
    +.0001 -> F. 1:1(0) ack 1
    +.0001 <- F. 1:1(0) ack 2
    +.0001 -> . 2:2(0) ack 2
  }`;
const ruleIds = async (packets: string) =>
  (await analyzeScript(packets)).report.findings.map(({ ruleId }) => ruleId);

describe("findings about one client and listener", () => {
  it("are one when one rule's explain another's", async () => {
    expect(await ruleIds(lostCall + loop("192.0.2.1"))).to.deep.equal(["connect-teardown-loop"]);
  });

  it("stay apart when the clients are others", async () => {
    expect(await ruleIds(lostCall + loop("192.0.2.9"))).to.deep.equal([
      "connect-teardown-loop",
      "rpc-call-unanswered",
    ]);
  });
});

describe("findings about a listener whose queue the kernel says was full", () => {
  const ofEach = (packets: string) =>
    [2, 3, 4].map((number) => `connection ${number}\n${packets}`).join("\n");
  const served = `
    +.001 <- S. 0:0(0) ack 1
    +.001 -> . 1:1(0) ack 1
    +.001 -> P. 1:6(5) ack 1
    +.001 <- P. 1:6(5) ack 6`;
  const packets = `
    connection 1
    0     -> S 0:0(0) ${served}
    connection 5 client 192.0.2.9:40005 server 192.0.2.2:80
    1     -> S 0:0(0)
    1.001 <- S. 0:0(0) ack 1
    1.002 -> . 1:1(0) ack 1
    1.003 -> P. 1:6(5) ack 1
    1.004 <- . 1:1(0) ack 6
    ${ofEach("2 -> S 0:0(0)")}
    ${ofEach("3 -> S 0:0(0)")}
    ${ofEach("5 -> S 0:0(0)")}
    connection 5
    8.5   <- P. 1:6(5) ack 6
    ${ofEach(`+.2 -> S 0:0(0) ${served}`)}`;
  const folder = mkdtempSync(join(tmpdir(), "tcptrace-analyze-test-"));
  const counters = join(folder, "counters.txt");
  before(() => {
    const sample = (second: number, count: number) =>
      `2023-11-14T22:13:${second}+00:00\nTcpExtListenOverflows ${count} 0.0\n`;
    writeFileSync(counters, sample(20, 0) + sample(30, 9));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("are one, though without its word the cause was less sure than the consequence", async () => {
    const found = async (options: Parameters<typeof analyzeScript>[1]) =>
      (await analyzeScript(packets, options)).report.findings.map(
        ({ ruleId, confidence }) => `${ruleId} ${confidence}`,
      );
    expect(await found({})).to.have.members(["accept-queue-syn-drop weak", "stall-server strong"]);
    expect(await found({ counters: [counters] })).to.deep.equal(["accept-queue-syn-drop certain"]);
  });
});

const TEXTS = {
  summary: "",
  severity: "error",
  messages: { found: "" },
  why: "",
  remedy: "",
  evidence: {},
  references: [],
} as const;
const create = () => ({});
const rules = [
  defineRule({
    id: "cause",
    meta: { ...TEXTS, supersedes: ["reset", "rival"], supersedesAtListener: ["refused"] },
    create,
  }),
  defineRule({ id: "rival", meta: { ...TEXTS, supersedes: ["cause"] }, create }),
  defineRule({ id: "reset", meta: TEXTS, create }),
  defineRule({ id: "refused", meta: TEXTS, create }),
];

function finding(ruleId: string, flowIds: number[], more: Partial<Finding> = {}): Finding {
  return {
    ruleId,
    severity: "error",
    messageId: "found",
    message: "",
    why: "",
    remedy: "",
    data: {},
    confidence: "strong",
    vantage: "unknown",
    alternatives: [],
    subject: "",
    flowIds,
    evidence: [],
    startNs: 0,
    endNs: 1e9,
    fingerprint: "",
    ...more,
  };
}

const left = (...findings: Finding[]) =>
  supersedeFindings(findings, activateRules(rules)).map(({ ruleId }) => ruleId);

describe("findings about the same flows", () => {
  it("are one when one rule explains the other, whichever was found first", () => {
    expect(left(finding("reset", [2]), finding("cause", [1, 2]))).to.deep.equal(["cause"]);
  });

  it("stay apart when the consequence has a flow that the cause has not", () => {
    expect(left(finding("cause", [1, 2]), finding("reset", [2, 3]))).to.deep.equal(["cause", "reset"]);
  });

  it("are one when several findings of one rule explain it together, and no other rule's", () => {
    const both = finding("reset", [1, 2]);
    expect(left(finding("cause", [1]), finding("cause", [2]), both)).to.deep.equal(["cause", "cause"]);
    const later = { startNs: 200e9, endNs: 201e9 };
    expect(left(finding("cause", [1]), finding("cause", [2], later), both)).to.have.length(3);
    expect(left(finding("rival", [1]), finding("rival", [2]), both)).to.have.length(3);
  });

  it("stay apart when no timer of TCP lies between them", () => {
    const later = finding("reset", [1], { startNs: 122e9, endNs: 123e9 });
    expect(left(finding("cause", [1]), later)).to.deep.equal(["cause", "reset"]);
    const sooner = finding("reset", [1], { startNs: 120e9, endNs: 123e9 });
    expect(left(finding("cause", [1]), sooner)).to.deep.equal(["cause"]);
  });

  it("stay apart when the cause is less sure", () => {
    expect(left(finding("cause", [1], { confidence: "weak" }), finding("reset", [1]))).to.deep.equal([
      "cause",
      "reset",
    ]);
  });

  it("leave one when two explain each other: the surer, else that of the first rule", () => {
    expect(left(finding("rival", [1]), finding("cause", [1]))).to.deep.equal(["cause"]);
    expect(left(finding("rival", [1], { confidence: "certain" }), finding("cause", [1]))).to.deep.equal([
      "rival",
    ]);
  });

  it("stay apart when neither names a client and a listener, though both name none", () => {
    expect(left(finding("cause", [1]), finding("reset", [2]))).to.deep.equal(["cause", "reset"]);
  });
});

describe("findings about the same listener", () => {
  const data = { listener: "192.0.2.2:80" };

  it("are one when the rule says that the listener suffices", () => {
    expect(left(finding("cause", [1], { data }), finding("refused", [2], { data }))).to.deep.equal(["cause"]);
    expect(left(finding("cause", [1], { data }), finding("reset", [2], { data }))).to.deep.equal([
      "cause",
      "reset",
    ]);
  });
});

describe("findings about many thousands of servers", () => {
  it("each lose their own consequence", () => {
    const servers = Array.from({ length: 30_000 }, (_, at) => ({
      client: "192.0.2.1",
      listener: `host-${at}:80`,
    }));
    const causes = servers.map((data, at) => finding("cause", [at], { data }));
    const consequences = servers.map((data, at) => finding("reset", [100_000 + at], { data }));
    const other = finding("reset", [1, 99_999]);
    expect(left(...causes, ...consequences, other)).to.deep.equal([...causes.map(() => "cause"), "reset"]);
  });
});

describe("a path that loses much", () => {
  const byBuiltInRules = (...findings: Finding[]) =>
    supersedeFindings(findings, activateRules(builtInRules)).map(({ ruleId }) => ruleId);

  it("for long segments cuts off nothing else, though each listener has a finding of its own", () => {
    const long = [finding("pmtu-blackhole", [1]), finding("pmtu-blackhole", [2])];
    const ruleIds = long.map(({ ruleId }) => ruleId);
    expect(byBuiltInRules(...long, finding("connection-cut-off", [1, 2]))).to.deep.equal(ruleIds);
    expect(byBuiltInRules(...long, finding("blackhole-forward", [1, 2]))).to.deep.equal(ruleIds);
  });

  it("is no black hole when it takes several segments in a row of some of its connections", () => {
    const lossy = finding("loss-rate-high", [1, 2, 3]);
    expect(byBuiltInRules(lossy, finding("blackhole-forward", [2, 3]))).to.deep.equal(["loss-rate-high"]);
    const severed = finding("blackhole-forward", [2, 3, 4]);
    expect(byBuiltInRules(lossy, severed)).to.deep.equal(["loss-rate-high", "blackhole-forward"]);
  });
});
