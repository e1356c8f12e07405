import { causeConfidence, causeName, NO_PROOF, proofName } from "../../flows/causes/cause.js";
import type { Repeat } from "../../flows/causes/repeat-log.js";
import { createFlowRow } from "../fill-flow-row.js";
import type { FlowRow } from "../flow-rows.js";
import type { SqlValue } from "../sql-value.js";

/** The fields of a row of `flows` in the order in which its values are handed over. */
export const FLOW_COLUMNS = Object.keys(createFlowRow()) as readonly (keyof FlowRow)[];

/** Appends the row's values. */
export function appendFlowValues(values: SqlValue[], row: FlowRow): void {
  for (const column of FLOW_COLUMNS) values.push(row[column]);
}

/** The columns of `repeated_segments`, without `id`, in the same way. */
export const REPEAT_COLUMNS = [
  "flowId",
  "captureId",
  "frame",
  "timeNs",
  "sender",
  "seq",
  "length",
  "analysis",
  "cause",
  "causeConfidence",
  "transmission",
  "originalCaptureId",
  "originalFrame",
  "sinceOriginalNs",
  "sincePreviousNs",
  "proof",
  "proofCaptureId",
  "proofFrame",
] as const;

/** Appends what is known of a repeated segment. */
export function appendRepeatValues(values: SqlValue[], row: Repeat): void {
  const hasOriginal = row.transmission > 0;
  const hasProofFrame = row.proof !== NO_PROOF && row.proofFrame > 0;
  values.push(
    row.flowId,
    row.captureId,
    row.frame,
    row.timeNs,
    row.fromServer === 1 ? "server" : "client",
    row.seq,
    row.length,
    row.analysis,
    causeName(row.cause),
    causeConfidence(row.cause),
    hasOriginal ? row.transmission : null,
    hasOriginal ? row.originalCaptureId : null,
    hasOriginal ? row.originalFrame : null,
    hasOriginal ? row.timeNs - row.originalNs : null,
    hasOriginal ? row.timeNs - row.previousNs : null,
    proofName(row.proof),
    hasProofFrame ? row.proofCaptureId : null,
    hasProofFrame ? row.proofFrame : null,
  );
}
