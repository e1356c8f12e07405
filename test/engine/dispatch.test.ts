import { expect } from "chai";
import type { Segment } from "../../src/decode/segment.js";
import { completeFinding } from "../../src/engine/dispatch.js";
import { defineRule, type Report, type RuleHooks } from "../../src/engine/rule.js";
import type { Flow } from "../../src/flows/flow.js";
import { segmentKinds } from "../../src/flows/segment-kind.js";
import { ACK, FIN, RST, SYN } from "../../src/tcp/flags.js";
import { analyzeScript } from "../support/analyze-script.js";

const TEXTS = {
  summary: "Watches.",
  severity: "error",
  messages: { seen: "{{count}} seen at {{listener}}." },
  why: "{{count}} matter.",
  remedy: "Look at {{listener}}.",
  evidence: { first: "the first", last: "the last" },
  references: [],
} as const;

/** A rule that only listens. */
const listening = (hooks: RuleHooks) => defineRule({ id: "listening", meta: TEXTS, create: () => hooks });

const CONNECTION = `
  0    -> S  0:0(0)
  +.01 <- S. 0:0(0) ack 1
  +0   -> .  1:1(0) ack 1
  +0   -> P. 1:6(5) ack 1
  +.01 <- P. 1:9(8) ack 6
  +0   -> F. 6:6(0) ack 9
  +.01 <- F. 9:12(3) ack 7
  +0   -> R  7:7(0)`;

type SegmentHookName = "syn" | "synAck" | "data" | "pureAck" | "fin" | "rst";

describe("dispatch", () => {
  it("wakes each hook for the segments of its kind, in capture order, with their frames", async () => {
    const woken: string[] = [];
    const note = (name: SegmentHookName) => (segment: Segment) => void woken.push(`${name} ${segment.frame}`);
    const hooks: RuleHooks = {
      syn: note("syn"),
      synAck: note("synAck"),
      data: note("data"),
      pureAck: note("pureAck"),
      fin: note("fin"),
      rst: note("rst"),
    };
    await analyzeScript(CONNECTION, { rules: [listening(hooks)] });
    expect(woken).to.deep.equal([
      "syn 1",
      "synAck 2",
      "pureAck 3",
      "data 4",
      "data 5",
      "fin 6",
      "data 7",
      "fin 7",
      "rst 8",
    ]);
  });

  it("shows a hook the flow as it was before the segment", async () => {
    const seen: object[] = [];
    const note = (segment: Segment, { client, server }: Flow) =>
      void seen.push({ frame: segment.frame, sent: client.payloadBytes, synAcks: server.syns });
    await analyzeScript(CONNECTION, { rules: [listening({ synAck: note, data: note })] });
    expect(seen).to.deep.equal([
      { frame: 2, sent: 0, synAcks: 0 },
      { frame: 4, sent: 0, synAcks: 1 },
      { frame: 5, sent: 5, synAcks: 1 },
      { frame: 7, sent: 5, synAcks: 1 },
    ]);
  });

  it("shows no frame that the capture recorded twice", async () => {
    const frames: number[] = [];
    const rule = listening({ data: (segment) => void frames.push(segment.frame) });
    await analyzeScript(
      `0 -> P. 1:6(5) ack 1
       +.00001 -> P. 1:6(5) ack 1 {copy}
       +.3 -> P. 1:6(5) ack 1`,
      { rules: [rule] },
    );
    expect(frames).to.deep.equal([1, 3]);
  });

  it("ends every flow once, in order of appearance, and the capture after all of them", async () => {
    const ends: string[] = [];
    const rule = listening({
      flowEnd: (flow, identity, listener) =>
        void ends.push(`${flow.id} ${identity.clientPort} ${listener.name}`),
      captureEnd: () => void ends.push("capture"),
    });
    await analyzeScript(
      `connection 1 client 192.0.2.1:40001 server 192.0.2.2:80
       0 -> S 0:0(0)
       connection 2 client 192.0.2.1:40002 server 192.0.2.2:81
       +0 -> S 0:0(0)
       connection 1
       +0 -> S 0:0(0)`,
      { rules: [rule] },
    );
    expect(ends).to.deep.equal(["1 40001 192.0.2.2:80", "2 40002 192.0.2.2:81", "capture"]);
  });

  it("knows the kinds of every combination of flags, with and without payload", () => {
    const names = ["syn", "synAck", "data", "pureAck", "fin", "rst"];
    for (let flags = 0; flags < 512; flags++) {
      for (const length of [0, 1]) {
        const has = (bit: number) => (flags & bit) !== 0;
        const isPure = length === 0 && !has(SYN) && !has(FIN) && !has(RST);
        const claims = [
          has(SYN) && !has(ACK),
          has(SYN) && has(ACK),
          length > 0,
          isPure && has(ACK),
          has(FIN),
          has(RST),
        ];
        const kinds = segmentKinds(flags, length);
        const told = names.filter((_, index) => kinds & (1 << index));
        expect(told, `flags ${flags}, length ${length}`).to.deep.equal(names.filter((_, i) => claims[i]));
      }
    }
  });
});

describe("a finding", () => {
  const rule = defineRule({ id: "telling", meta: TEXTS, create: () => ({}) });
  const report: Report<string, string> = {
    messageId: "seen",
    data: { count: 3, listener: "192.0.2.2:80" },
    evidence: {
      first: { flowId: 1, frame: 9, timeNs: 900 },
      last: { flowId: 1, frame: 4, timeNs: 400 },
    },
    subject: "192.0.2.2:80",
    flowIds: [1],
    confidence: "strong",
    vantage: "unknown",
    startNs: 400,
    endNs: 900,
  };

  it("has the rule's texts, filled with its data", () => {
    expect(completeFinding(rule, "error", report)).to.include({
      ruleId: "telling",
      message: "3 seen at 192.0.2.2:80.",
      why: "3 matter.",
      remedy: "Look at 192.0.2.2:80.",
    });
  });

  it("has the message's own texts in their place, where there are any", () => {
    const messageTexts = { seen: { why: "{{count}} are seen.", remedy: "Look away from {{listener}}." } };
    const own = { ...rule, meta: { ...rule.meta, messageTexts } };
    expect(completeFinding(own, "error", report)).to.include({
      why: "3 are seen.",
      remedy: "Look away from 192.0.2.2:80.",
    });
    const others = { ...rule, meta: { ...rule.meta, messageTexts: {} } };
    expect(completeFinding(others, "error", report)).to.include({ why: "3 matter." });
  });

  it("tells its evidence in order of time", () => {
    const { evidence } = completeFinding(rule, "error", report);
    expect(evidence.map(({ role, frame }) => [role, frame])).to.deep.equal([
      ["last", 4],
      ["first", 9],
    ]);
  });

  it("is a warning where it would be an error, but is only weakly supported", () => {
    const severityOf = (severity: "error" | "warning" | "note", confidence: "strong" | "weak") =>
      completeFinding(rule, severity, { ...report, confidence }).severity;
    expect(severityOf("error", "weak")).to.equal("warning");
    expect(severityOf("error", "strong")).to.equal("error");
    expect(severityOf("warning", "weak")).to.equal("warning");
    expect(severityOf("note", "weak")).to.equal("note");
  });

  it("keeps the severity that the user chose, however weak the support", () => {
    expect(completeFinding(rule, "error", { ...report, confidence: "weak" }, true).severity).to.equal(
      "error",
    );
  });

  it("keeps its fingerprint when data, flows and frames change, and not when the subject does", () => {
    const fingerprint = (changes: Partial<Report<string, string>>) =>
      completeFinding(rule, "error", { ...report, ...changes }).fingerprint;
    const other = fingerprint({ data: { count: 9, listener: "x" }, flowIds: [7, 8], startNs: 1, endNs: 2 });
    expect(other)
      .to.equal(fingerprint({}))
      .and.to.match(/^[0-9a-f]{16}$/);
    expect(fingerprint({ subject: "192.0.2.2:81" })).not.to.equal(other);
  });

  it("throws on a message that the rule does not have", () => {
    expect(() => completeFinding(rule, "error", { ...report, messageId: "heard" })).to.throw(
      'rule telling has no message "heard"',
    );
  });

  it("throws without one of the rule's evidence roles", () => {
    const { first } = report.evidence;
    expect(() => completeFinding(rule, "error", { ...report, evidence: { first: first! } })).to.throw(
      'rule telling gave no evidence for "last"',
    );
  });

  it("throws when a text names a value that the data do not have", () => {
    expect(() => completeFinding(rule, "error", { ...report, data: { count: 3 } })).to.throw(
      "no value for {{listener}}",
    );
  });
});
