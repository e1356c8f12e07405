import { type FlowRow, FlowRows } from "../../../src/store/flow-rows.js";
import { LiveRecords } from "../../../src/store/live/live-records.js";
import { flowRow } from "../sample-rows.js";

/** Rows of `flows` as the thread that writes gets them. */
export function flowRecords(...rows: readonly Partial<FlowRow>[]): Uint8Array<SharedArrayBuffer>[] {
  const records = new LiveRecords();
  const writer = new FlowRows(records.sink);
  for (const row of rows) writer.append(flowRow(row));
  return records.take();
}

/** The same for flows of which only the ids matter. */
export function flowsNamed(...ids: readonly number[]): Uint8Array<SharedArrayBuffer>[] {
  return flowRecords(...ids.map((id) => ({ id })));
}
