import { expect } from "chai";
import { SegmentBatch } from "../../src/decode/segment-batch.js";
import { createFlowCursor, flowLayout } from "../../src/flows/flow.js";
import { FlowStore } from "../../src/flows/flow-store.js";
import { ChangedFlows } from "../../src/live/changed-flows.js";

/** A batch whose segments belong to these flows, in frames from `firstFrame` on. */
function batchOf(flows: readonly number[], firstFrame: number): SegmentBatch {
  const batch = new SegmentBatch(flows.length);
  batch.length = flows.length;
  flows.forEach((flow, row) => {
    batch.flow[row] = flow;
    batch.frame[row] = firstFrame + row;
  });
  return batch;
}

describe("which flows have changed", () => {
  it("are those of the segments since they were taken, each once and in order of appearance", () => {
    const changed = new ChangedFlows();
    changed.note(batchOf([7, 7, 3, 7], 1));
    changed.note(batchOf([3, 9], 5));
    expect(changed.take()).to.deep.equal([3, 7, 9]);
    expect(changed.take()).to.deep.equal([]);
    changed.note(batchOf([9], 7));
    expect(changed.take()).to.deep.equal([9]);
  });

  it("are given once though there are many, and some displace each other among the recent ones", () => {
    const changed = new ChangedFlows();
    const flows = Array.from({ length: 60_000 }, (_, index) => 1 + ((index * 16_384) % 39_999));
    changed.note(batchOf(flows, 1));
    changed.note(batchOf(flows.toReversed(), 60_001));
    expect(changed.take()).to.deep.equal([...new Set(flows)].sort((a, b) => a - b));
  });

  it("are told from a flow's last frame", () => {
    const flow = createFlowCursor();
    new FlowStore(1, flowLayout(0)).create(flow);
    const changed = new ChangedFlows();
    changed.note(batchOf([1, 1], 1));
    flow.lastFrame = 2;
    expect(changed.has(flow)).to.equal(true);
    changed.take();
    expect(changed.has(flow)).to.equal(false);
    flow.lastFrame = 3;
    expect(changed.has(flow)).to.equal(true);
    changed.note(batchOf([2], 2 ** 32 - 1));
    changed.take();
    expect(changed.has(flow)).to.equal(true);
    flow.lastFrame = 2 ** 32 - 1;
    expect(changed.has(flow)).to.equal(false);
  });
});
