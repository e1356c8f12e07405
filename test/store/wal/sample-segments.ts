import { SegmentBatch } from "../../../src/decode/segment-batch.js";

const IPV4_WITHOUT_OPTIONS = 0x45;

/** Segments of these flows, one after the other. */
export function segmentsOf(flows: readonly number[]): SegmentBatch {
  const batch = new SegmentBatch(Math.max(1, flows.length));
  batch.bytes = new Uint8Array(64).fill(IPV4_WITHOUT_OPTIONS);
  batch.length = flows.length;
  for (const [row, flow] of flows.entries()) {
    batch.flow[row] = flow;
    batch.frame[row] = row + 1;
    batch.timeNs[row] = row * 1e6;
  }
  return batch;
}
