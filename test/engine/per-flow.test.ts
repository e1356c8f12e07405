import { expect } from "chai";
import type { NumberTable } from "../../src/engine/number-table.js";
import { PerFlowFields, removeNumbers } from "../../src/engine/per-flow.js";
import { defineRule } from "../../src/engine/rule.js";
import { createFlowCursor } from "../../src/flows/flow.js";
import { FlowTable } from "../../src/flows/flow-table.js";
import { analyzeScript } from "../support/analyze-script.js";
import { segmentsOf } from "../support/script-segments.js";

const meta = {
  summary: "Counts.",
  severity: "note",
  messages: { counted: "{{count}}" },
  why: "",
  remedy: "",
  evidence: {},
  references: [],
} as const;

/** Reports how much data each flow sent, `weight` for each segment. */
const counting = (id: string, weight: number) =>
  defineRule({
    id,
    meta,
    create(context) {
      const numbers = context.perFlow("seen", "weighed");
      return {
        data(_, flow) {
          const own = numbers.of(flow);
          own.seen++;
          own.weighed += weight;
        },
        flowEnd(flow) {
          const { seen, weighed } = numbers.of(flow);
          context.report({
            messageId: "counted",
            data: { count: `flow ${flow.id}: ${seen}, ${weighed}` },
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

describe("a rule's numbers per flow", () => {
  it("begin at 0 with each flow, are kept between segments, and are shared with no other rule", async () => {
    const { report } = await analyzeScript(
      `connection 1
       0   -> P. 1:6(5) ack 1
       connection 2
       +.1 -> P. 1:6(5) ack 1
       connection 1
       +.1 -> P. 6:9(3) ack 1
       connection 3
       +.1 -> S 0:0(0)`,
      { rules: [counting("one", 1), counting("ten", 10)] },
    );
    expect(report.findings.map(({ ruleId, message }) => `${ruleId}, ${message}`)).to.have.members([
      "one, flow 1: 2, 2",
      "one, flow 2: 1, 1",
      "one, flow 3: 0, 0",
      "ten, flow 1: 2, 20",
      "ten, flow 2: 1, 10",
      "ten, flow 3: 0, 0",
    ]);
  });

  it("begin at 0 again when a connection takes over the ports of another", async () => {
    const { report } = await analyzeScript(
      `connection 1 client 192.0.2.1:40000 server 192.0.2.2:80
       0   -> S  0:0(0)
       +.1 -> P. 1:6(5) ack 1
       connection 2 client 192.0.2.1:40000 server 192.0.2.2:80
       +.1 -> S  0:0(0)
       +.1 -> P. 1:6(5) ack 1`,
      { rules: [counting("one", 1)] },
    );
    expect(report.findings.map(({ message }) => message)).to.have.members(["flow 1: 1, 1", "flow 2: 1, 1"]);
  });

  it("of flows that were forgotten leave their room to others, and begin at 0 there", () => {
    const tables: NumberTable[] = [];
    const fields = new PerFlowFields(tables);
    const numbers = fields.allocate(["seen"]);
    const table = new FlowTable(1, fields.count);
    const flow = createFlowCursor();
    for (let port = 1; port <= 1000; port++) {
      const batch = segmentsOf("0 -> S 0:0(0)");
      batch.sourcePort.fill(port);
      table.track(batch, 1, 0, () => {});
      table.seek(flow, port);
      const own = numbers.of(flow);
      expect(own.seen).to.equal(0);
      own.seen = port;
      removeNumbers(flow, tables);
      table.forget(flow);
    }
    expect(tables[0]!.add()).to.equal(1);
    expect(tables[0]!.add()).to.equal(2);
    table.close();
  });

  it("that are released are 0 again, and leave their room to another flow", () => {
    const tables: NumberTable[] = [];
    const fields = new PerFlowFields(tables);
    const numbers = fields.allocate(["seen", "weighed"]);
    const table = new FlowTable(1, fields.count);
    const batch = segmentsOf(`
      connection 1
      0 -> S 0:0(0)
      connection 2
      0 -> S 0:0(0)`);
    table.track(batch, 1, 0, () => {});
    const [one, two] = [createFlowCursor(), createFlowCursor()];
    table.seek(one, 1);
    table.seek(two, 2);
    numbers.of(one).seen = 7;
    numbers.of(one).weighed = 8;
    numbers.release(one);
    expect(numbers.of(one)).to.include({ seen: 0, weighed: 0 });
    numbers.of(two).seen = 9;
    expect(numbers.of(two)).to.include({ seen: 9, weighed: 0 });
    numbers.release(one);
    expect(numbers.of(two)).to.include({ seen: 9, weighed: 0 });
    numbers.of(one).seen = 1;
    expect(numbers.of(two)).to.include({ seen: 9, weighed: 0 });
    expect(tables[0]!.add()).to.equal(3);
    table.close();
  });
});
