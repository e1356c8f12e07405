import { expect } from "chai";
import { type FlowIcmpError, MAX_ICMP_ERRORS } from "../../../src/engine/capture-observation.js";
import { countRejected, unreachableAnswers } from "../../../src/signs/attempts/icmp-answers.js";
import { sampleIcmpError } from "../../support/sample-icmp-error.js";

const unreachable = (flowId: number | null, frame = 7, code = 1): FlowIcmpError =>
  sampleIcmpError(flowId, { frame, code });

function count(flows: readonly { flowId: number; syns: number }[], errors: readonly FlowIcmpError[]): string {
  return countRejected(flows, unreachableAnswers(errors), errors);
}

describe("ICMP answers", () => {
  it("keeps the first error about each flow and counts all, but what is too big", () => {
    const answers = unreachableAnswers([
      unreachable(1),
      unreachable(1, 9),
      unreachable(1, 10, 4),
      unreachable(null),
    ]);
    expect([...answers]).to.deep.equal([
      [1, { name: "host unreachable", reporter: "192.0.2.254", frame: 7, errors: 2 }],
    ]);
  });

  it("counts the SYNs that drew an error among all of them", () => {
    const flows = [
      { flowId: 1, syns: 3 },
      { flowId: 2, syns: 3 },
    ];
    expect(count(flows, [unreachable(1), unreachable(1), unreachable(2)])).to.equal("3 of 6 SYNs");
  });

  it("says how many SYNs there are where each drew one, though an error be captured twice", () => {
    expect(count([{ flowId: 1, syns: 1 }], [unreachable(1)])).to.equal("1 SYN");
    expect(count([{ flowId: 1, syns: 2 }], Array(4).fill(unreachable(1)))).to.equal("2 SYNs");
  });

  it("says at least where not all errors are kept", () => {
    const errors = Array(MAX_ICMP_ERRORS).fill(unreachable(null)).fill(unreachable(1), 0, 2);
    expect(count([{ flowId: 1, syns: 3 }], errors)).to.equal("at least 2 of 3 SYNs");
  });
});
