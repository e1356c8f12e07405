import { expect } from "chai";
import { defineRule } from "../../src/engine/rule.js";
import { causeOf, RETRANSMISSION, SYN_TIMER, TIMEOUT, ZERO_WINDOW } from "../../src/engine/segment-labels.js";
import { analyzeScript } from "../support/analyze-script.js";

const meta = {
  summary: "Counts.",
  severity: "note",
  messages: { counted: "{{labelled}} labelled, {{repeated}} repeated, {{paused}} paused" },
  why: "",
  remedy: "",
  evidence: {},
  references: [],
} as const;

/** Reports how often each hook was called that asks more of a segment than its flags; `heard` notes each call. */
const listening = (heard: string[], creations: number[] = []) =>
  defineRule({
    id: "listening",
    meta,
    create(context) {
      creations.push(1);
      const numbers = context.perFlow("labelled", "repeated", "paused");
      return {
        labelled(segment, flow) {
          numbers.of(flow).labelled++;
          heard.push(`${segment.frame} labelled ${segment.analysis}`);
        },
        repeated(segment, flow) {
          numbers.of(flow).repeated++;
          heard.push(`${segment.frame} repeated ${causeOf(segment.cause)}`);
        },
        paused(segment, flow) {
          numbers.of(flow).paused++;
          heard.push(`${segment.frame} paused ${Math.round((segment.timeNs - flow.endNs) / 1e6)} ms`);
        },
        flowEnd(flow) {
          const { labelled, repeated, paused } = numbers.of(flow);
          context.report({
            messageId: "counted",
            data: { labelled, repeated, paused },
            evidence: {},
            subject: "",
            flowIds: [flow.id],
            confidence: "certain",
            vantage: "unknown",
            startNs: flow.startNs,
            endNs: flow.endNs,
          });
        },
      };
    },
  });

const SCRIPT = `
  0      -> S  0:0(0)
  +1     -> S  0:0(0)
  +.001  <- S. 0:0(0) ack 1
  +.0299 -> .  1:1(0) ack 1
  +.001  -> P. 1:6(5) ack 1
  +.03   <- .  1:1(0) ack 6 win 0
  +.001  -> P. 6:9(3) ack 1
  +.3    -> P. 6:9(3) ack 1`;

describe("a rule's hooks for segments", () => {
  it("are called for what tshark labels, for what is sent again, and for what ends 30 ms of silence", async () => {
    const heard: string[] = [];
    await analyzeScript(SCRIPT, { rules: [listening(heard)] });
    expect(heard.filter((line) => line.includes("repeated"))).to.deep.equal([
      `2 repeated ${SYN_TIMER}`,
      `8 repeated ${TIMEOUT}`,
    ]);
    expect(heard.filter((line) => line.includes("labelled"))).to.include(`2 labelled ${RETRANSMISSION}`);
    expect(heard.filter((line) => line.includes("labelled"))).to.include(`6 labelled ${ZERO_WINDOW}`);
    expect(heard.filter((line) => line.includes("paused"))).to.deep.equal([
      "2 paused 1000 ms",
      "6 paused 30 ms",
      "8 paused 300 ms",
    ]);
  });

  it("keep their numbers for hooks of another creation, which are asked for the findings", async () => {
    const heard: string[] = [];
    const creations: number[] = [];
    const { report } = await analyzeScript(SCRIPT, { rules: [listening(heard, creations)] });
    expect(creations.length).to.equal(2);
    const labelled = heard.filter((line) => line.includes("labelled")).length;
    expect(labelled).to.be.greaterThan(1);
    expect(report.findings.map(({ message }) => message)).to.deep.equal([
      `${labelled} labelled, 2 repeated, 3 paused`,
    ]);
  });
});
