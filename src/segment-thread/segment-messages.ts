import type { DecodedFile, DecodeProgress } from "../decode/decode-series.js";
import type { IcmpError } from "../decode/icmp-error.js";
import type { FirstCopy } from "../decode/segment-batch.js";
import type { ErrorCode } from "../errors.js";
import type { TablesPlace } from "../store/shared-tables.js";

/** Slots that the main thread gives back in one message: to wake the other thread costs more than a batch is worth. */
export const RELEASED_AT_ONCE = 4;

/** What the thread is started with. */
export interface SegmentWorkerData {
  readonly batchFrames: number;
  /** Where segments and statistics are kept. */
  readonly place: TablesPlace;
  /** The main thread's seed of hashes. */
  readonly tupleSeed: number;
}

/** A slot whose batch the flow table has filled. */
export interface UsedSlot {
  readonly slot: number;
  readonly captureId: number;
}

/** What the main thread tells the segment thread. */
export type ToSegmentWorker =
  /** Read this stream next; sent only when the one before was ended. */
  | { readonly kind: "series"; readonly paths: readonly string[] }
  /** The batches in these slots, in capture order, have been used: they may be counted and their rows written. */
  | { readonly kind: "release"; readonly used: readonly UsedSlot[] }
  /** All batches of the stream were given back: write their rows and the statistics. */
  | { readonly kind: "endStream" }
  /** No stream follows: finish segments and statistics, and hand the database over. */
  | { readonly kind: "finish" };

/** What the segment thread tells the main thread; parts in capture order. */
export type FromSegmentWorker =
  /** A slot's memory, sent before its first use and when its bytes had to grow. */
  | {
      readonly kind: "slot";
      readonly slot: number;
      readonly capacity: number;
      readonly columns: SharedArrayBuffer;
      readonly bytes: SharedArrayBuffer;
    }
  | {
      readonly kind: "batch";
      readonly slot: number;
      readonly length: number;
      readonly firstCopy: FirstCopy | null;
      readonly distantCopies: number;
      readonly icmpErrors: readonly IcmpError[];
      readonly progress: DecodeProgress;
    }
  | DecodedFile
  /** The stream has been read. */
  | { readonly kind: "end" }
  /** Segments and statistics are whole; the database has that many pages, and the main thread may write behind them. */
  | { readonly kind: "finished"; readonly pageCount: number }
  /** The stream cannot be read or the database not be written; `code` is null for what is our bug. */
  | { readonly kind: "error"; readonly code: ErrorCode | null; readonly message: string };
