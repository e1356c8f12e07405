import type { ErrorCode } from "../../errors.js";
import type { InsertableRows } from "../insert-columns.js";
import type { FindingRow } from "../table-rows.js";

/** Rows for one of the small tables: added, or put in the place of those with their keys. */
export type RowsOf<Table extends keyof InsertableRows = keyof InsertableRows> = {
  [Name in Table]: { readonly table: Name; readonly rows: readonly InsertableRows[Name][] };
}[Table];

/** What changed beside the segments since the commit before. */
export interface LiveChanges {
  readonly rows: readonly RowsOf[];
  /** Records of rows of `flows`, and of `repeated_segments`, as blocks of RecordBlock. */
  readonly flows: readonly Uint8Array<SharedArrayBuffer>[];
  readonly repeats: readonly Uint8Array<SharedArrayBuffer>[];
  readonly findings: readonly FindingRow[];
  /** Ids of findings that later segments have disproved. */
  readonly withdrawn: readonly number[];
  /** Flows that have left memory: no more segments of them come. */
  readonly forgotten: readonly number[];
  /** When the latest frame was captured, nanoseconds since the origin. */
  readonly endNs: number;
}

/** How much of the past is kept; nothing leaves where both are null. */
export interface RingLimits {
  /** Octets of the database file, its write-ahead log left out. */
  readonly sizeBytes: number | null;
  /** Nanoseconds before the latest segment. */
  readonly ageNs: number | null;
}

/** What left in one turn of the ring, and how many octets of the file are in use. */
export interface RingTurn {
  readonly usedBytes: number;
  readonly droppedSegments: number;
  readonly droppedFlows: number;
}

/** What the thread is started with. */
export interface LiveWorkerData {
  /** The database as the user named it, for sentences. */
  readonly target: string;
  /** Where it is. */
  readonly database: string;
  /** The temporary file of rows on their way there. */
  readonly spool: string;
  readonly ring: RingLimits;
  /** One number in memory that both threads see: PATIENT, ENDING or IMPATIENT. */
  readonly patience: Int32Array;
}

/** How long another program's lock on the database is waited for: for ever, for some seconds more, no longer. */
export const PATIENT = 0;
export const ENDING = 1;
export const IMPATIENT = 2;

/** What the main thread tells the thread that writes. */
export type ToLiveWorker =
  /** A slot's memory, sent before its first use and when its bytes had to grow. */
  | {
      readonly kind: "slot";
      readonly slot: number;
      readonly capacity: number;
      readonly columns: SharedArrayBuffer;
      readonly bytes: SharedArrayBuffer;
    }
  /** The flow table has filled the batch in that slot. */
  | { readonly kind: "batch"; readonly slot: number; readonly length: number; readonly captureId: number }
  /** What was told so far may be seen by others. */
  | { readonly kind: "commit"; readonly changes: LiveChanges }
  /** The same; no more segments follow. */
  | { readonly kind: "settle"; readonly changes: LiveChanges }
  /** The same; nothing follows. */
  | { readonly kind: "finish"; readonly changes: LiveChanges }
  /** Nothing follows. */
  | { readonly kind: "close" };

/** What the thread that writes tells the main thread. */
export type FromLiveWorker =
  | { readonly kind: "release"; readonly slot: number }
  /** Everything before is in the database, which has that many octets in use and that many segments left by the ring. */
  | { readonly kind: "committed"; readonly ring: RingTurn; readonly spentMs: number }
  /** Another program has the database locked, and a commit has waited for that long. */
  | { readonly kind: "locked"; readonly waitedMs: number }
  /** The database is closed; `isShared`: others have it open, so that its write-ahead log stays. */
  | { readonly kind: "finished"; readonly isShared: boolean }
  /** The database cannot be written; `code` is null for what is our bug. */
  | { readonly kind: "error"; readonly code: ErrorCode | null; readonly message: string };
