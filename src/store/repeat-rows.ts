import { causeConfidence, causeName, NO_PROOF, proofName } from "../flows/causes/cause.js";
import type { Repeat } from "../flows/causes/repeat-log.js";
import { RecordWriter } from "./sqlite-file/record-writer.js";
import type { RecordSink } from "./sqlite-file/table-writer.js";

/** Columns of `repeated_segments` in schema.sql, `id` included. */
const COLUMNS = 20;
/** Rows are mostly shorter than 128 octets. */
const SIZE_BYTES = 1;

/** Appends rows to `repeated_segments` under the ids that follow the last. */
export class RepeatRows {
  readonly #table: RecordSink;
  readonly #record: RecordWriter;

  constructor(table: RecordSink) {
    this.#table = table;
    this.#record = new RecordWriter(table.bytes);
  }

  /** `row` may be reused by the caller. */
  append(row: Repeat): void {
    const record = this.#record;
    record.begin(this.#table.begin(this.#table.lastRowid + 1, SIZE_BYTES), COLUMNS);
    // The rowid stands for `id`.
    record.null();
    record.integer(row.flowId);
    record.integer(row.captureId);
    record.integer(row.frame);
    record.integer(row.timeNs);
    record.text(row.fromServer === 1 ? "server" : "client");
    record.integer(row.seq);
    record.integer(row.length);
    record.integer(row.bytesBehind);
    record.integer(row.analysis);
    record.textOrNull(causeName(row.cause));
    record.textOrNull(causeConfidence(row.cause));
    const hasOriginal = row.transmission > 0;
    record.integerOrNull(hasOriginal ? row.transmission : null);
    record.integerOrNull(hasOriginal ? row.originalCaptureId : null);
    record.integerOrNull(hasOriginal ? row.originalFrame : null);
    record.integerOrNull(hasOriginal ? row.timeNs - row.originalNs : null);
    record.integerOrNull(hasOriginal ? row.timeNs - row.previousNs : null);
    record.textOrNull(proofName(row.proof));
    const hasProofFrame = row.proof !== NO_PROOF && row.proofFrame > 0;
    record.integerOrNull(hasProofFrame ? row.proofCaptureId : null);
    record.integerOrNull(hasProofFrame ? row.proofFrame : null);
    this.#table.end(record.end());
  }
}
