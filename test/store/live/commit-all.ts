import type { LiveDatabase } from "../../../src/store/live/live-database.js";
import type { LiveChanges } from "../../../src/store/live/live-messages.js";

/** A commit without a pause between its steps. */
export function commitAll(live: LiveDatabase, changes: LiveChanges, isLast = false): void {
  const steps = live.commit(changes, isLast);
  while (steps.next().done !== true);
}
