import type { ErrorCode } from "../errors.js";
import type { DecodedFile, DecodeProgress } from "./decode-series.js";
import type { IcmpError } from "./icmp-error.js";

/** Slots that the main thread gives back in one message: to wake the other thread costs more than a batch is worth. */
export const RELEASED_AT_ONCE = 4;

/** What the main thread tells the decoding thread. */
export type ToDecodeWorker =
  /** Read this stream next; sent only when the one before has ended. */
  | { readonly kind: "series"; readonly paths: readonly string[] }
  /** The batches in these slots have been used. */
  | { readonly kind: "release"; readonly slots: readonly number[] };

/** What the decoding thread tells the main thread, in capture order. */
export type FromDecodeWorker =
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
      readonly icmpErrors: readonly IcmpError[];
      readonly progress: DecodeProgress;
    }
  | DecodedFile
  | { readonly kind: "end" }
  /** The stream cannot be read; `code` is null for what is our bug. */
  | { readonly kind: "error"; readonly code: ErrorCode | null; readonly message: string };
