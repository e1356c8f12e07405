import type { LiveFailure } from "./live-failure.js";
import type { FeedInterface, FeedRun } from "./live-feed.js";
import type { ResolvedLiveOptions } from "./live-options.js";

/** Rounds on their way, and room in each: what a busy main thread may leave lying before the kernel's buffer fills. */
export const SLOTS = 8;
export const SLOT_BYTES = 4 * 1024 * 1024;

/** Places in `control`. The first is what the main thread wants. */
export const WANTED = 0;
/** Grows whenever a slot is given back. */
export const RELEASES = 1;
/** From here on one per slot: 0 free, 1 handed over. */
export const FIRST_SLOT = 2;

/** Values of `control[WANTED]`. */
export const RUN = 0;
export const STOP = 1;
export const CLOSE = 2;

/** Places in `drops`. */
export const RECEIVED = 0;
export const DROPPED_BY_KERNEL = 1;
export const DROPPED_BY_INTERFACE = 2;

/** What the thread starts with; all but the options is shared memory. */
export interface LibpcapWorkerData {
  readonly options: ResolvedLiveOptions;
  readonly control: Int32Array;
  readonly drops: BigInt64Array;
  readonly slots: readonly Uint8Array[];
}

export type FromLibpcapWorker =
  | { readonly kind: "opened"; readonly interfaces: readonly FeedInterface[] }
  | { readonly kind: "failed"; readonly failure: LiveFailure }
  | { readonly kind: "round"; readonly slot: number; readonly runs: readonly FeedRun[] }
  | { readonly kind: "note"; readonly text: string }
  | { readonly kind: "end"; readonly damage: string | null };
