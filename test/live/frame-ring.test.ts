import { expect } from "chai";
import { FrameBatch } from "../../src/capture/frame-batch.js";
import { FrameRing } from "../../src/live/frame-ring.js";

/** Octets in front of each frame, as in a capture. */
const GAP = 2;

/** A frame for each flow: `size` octets, all of them its number. */
function add(ring: FrameRing, flows: readonly number[], size: number, firstNumber = ring.added): void {
  const batch = new FrameBatch(flows.length);
  batch.length = flows.length;
  batch.bytes = new Uint8Array(flows.length * (GAP + size));
  for (let row = 0; row < flows.length; row++) {
    const at = row * (GAP + size) + GAP;
    batch.at[row] = at;
    batch.capturedLength[row] = size;
    batch.wireLength[row] = size + 1;
    batch.timeNs[row] = firstNumber + row;
    batch.bytes.fill(firstNumber + row, at, at + size);
  }
  ring.add(batch, Uint32Array.from(flows));
}

const EVERYTHING = { givenFlowIds: [], givenUntil: 0, mostBytes: 1e9 };

/** Numbers of the frames of a flow, each with its own octets. */
function framesOf(ring: FrameRing, ...flowIds: number[]): number[] {
  return ring.find([{ ...EVERYTHING, flowIds }])[0]!.map((number) => {
    const { bytes, timeNs, wireLength } = ring.frame(number);
    expect([...bytes]).to.deep.equal(new Array(bytes.length).fill(timeNs));
    expect(wireLength).to.equal(bytes.length + 1);
    return timeNs;
  });
}

describe("FrameRing", () => {
  it("gives the frames of a flow as they came, and none without a flow", () => {
    const ring = new FrameRing(1000, 10);
    add(ring, [7, 0, 9, 7], 5);
    expect(framesOf(ring, 7)).to.deep.equal([0, 3]);
    expect(ring.length).to.equal(3);
  });

  it("lets the oldest leave when there are too many", () => {
    const ring = new FrameRing(1000, 3);
    add(ring, [7, 7], 5);
    add(ring, [7, 9, 7], 5);
    expect(framesOf(ring, 7, 9)).to.deep.equal([2, 3, 4]);
  });

  it("lets batches leave whose octets are overwritten, round after round", () => {
    for (let sizeBytes = 1; sizeBytes < 40; sizeBytes++) {
      const ring = new FrameRing(100, 1000);
      for (let round = 0; round < 50; round++) {
        add(ring, [1], 1 + ((round * sizeBytes) % 60));
        const kept = framesOf(ring, 1);
        expect(kept, `${sizeBytes}`).to.deep.equal(kept.map((_, index) => round + 1 - kept.length + index));
        expect(kept.length).to.be.above(0);
      }
    }
  });

  it("keeps no batch that is larger than it is", () => {
    const ring = new FrameRing(10, 10);
    add(ring, [1], 11);
    expect(ring.length).to.equal(0);
  });

  it("gives of flows that were given only what came since", () => {
    const ring = new FrameRing(1000, 10);
    add(ring, [1, 2], 5);
    const givenUntil = ring.added;
    add(ring, [1, 2], 5);
    const request = { ...EVERYTHING, flowIds: [1, 2], givenFlowIds: [1], givenUntil };
    expect(ring.find([request])).to.deep.equal([[1, 2, 3]]);
  });

  it("leaves out the oldest frames where not all fit", () => {
    const ring = new FrameRing(1000, 10);
    add(ring, [1, 1, 1, 1], 5);
    expect(ring.find([{ ...EVERYTHING, flowIds: [1], mostBytes: 11 }])).to.deep.equal([[2, 3]]);
  });
});
