import type { LiveDrops } from "../capture/live/live-source.js";
import type { TimedFlaw } from "../engine/weaken.js";
import type { CaptureDropsRow } from "../store/table-rows.js";
import { CAPTURE_ID } from "./live-flows.js";
import type { EvictionCounts } from "./live-status.js";

/** Intervals with drops that are remembered for looks; older ones stand in the database only. */
const MAX_FLAWS = 1000;

const REASON =
  "The kernel dropped frames of the capture meanwhile (table capture_drops): what seems missing may have been sent.";

interface Counts {
  readonly frames: number;
  readonly drops: LiveDrops;
  readonly evicted: EvictionCounts;
}

const NOTHING: Counts = {
  frames: 0,
  drops: { received: null, droppedByKernel: null, droppedByInterface: null },
  evicted: { halfOpen: 0, closed: 0, open: 0 },
};

/** What was captured and lost, interval by interval. */
export class DropLog {
  #before = NOTHING;
  #beganNs = 0;
  readonly #flaws: TimedFlaw[] = [];

  /** Stretches of time in which frames were dropped. */
  get flaws(): readonly TimedFlaw[] {
    return this.#flaws;
  }

  /** Takes the counts as they are at `timeNs`; the row of the interval that ends there, null when it has no length. */
  note(now: Counts, timeNs: number): CaptureDropsRow | null {
    const startNs = this.#beganNs;
    if (timeNs <= startNs) return null;
    const before = this.#before;
    this.#before = now;
    this.#beganNs = timeNs;
    const row: CaptureDropsRow = {
      captureId: CAPTURE_ID,
      startNs,
      endNs: timeNs,
      frames: now.frames - before.frames,
      droppedByKernel: growth(now.drops.droppedByKernel, before.drops.droppedByKernel),
      droppedByInterface: growth(now.drops.droppedByInterface, before.drops.droppedByInterface),
      evictedHalfOpen: now.evicted.halfOpen - before.evicted.halfOpen,
      evictedClosed: now.evicted.closed - before.evicted.closed,
      evictedOpen: now.evicted.open - before.evicted.open,
    };
    if ((row.droppedByKernel ?? 0) + (row.droppedByInterface ?? 0) > 0) this.#noteFlaw(startNs, timeNs);
    return row;
  }

  #noteFlaw(startNs: number, endNs: number): void {
    const last = this.#flaws.at(-1);
    if (last !== undefined && last.endNs === startNs) this.#flaws.pop();
    const since = last !== undefined && last.endNs === startNs ? last.startNs : startNs;
    this.#flaws.push({ kind: "loss", reason: REASON, startNs: since, endNs });
    if (this.#flaws.length > MAX_FLAWS) this.#flaws.shift();
  }
}

function growth(now: number | null, before: number | null): number | null {
  return now === null ? null : Math.max(0, now - (before ?? 0));
}
