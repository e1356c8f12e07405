import type { SegmentBatch } from "../../decode/segment-batch.js";
import type { Flow } from "../flow.js";

/** Keeps the statistics of every flow and direction. */
export class FlowStatistics {
  /** Takes one segment, copies included, before the flow is updated with it. */
  note(_flow: Flow, _batch: SegmentBatch, _row: number): void {}
}
