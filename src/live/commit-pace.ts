/** A commit may take one part in so many of the writing thread's time ... */
const PAUSE_SHARE = 4;
/** ... as long as readers need not wait longer than this for the next one. Milliseconds. */
const LONGEST_PAUSE_MS = 900;

/**
 * Spaces commits out where they take long: a flow that goes on is written anew with each of them, so that fewer commits are
 * less work.
 */
export class CommitPace {
  #begunMs = Number.NEGATIVE_INFINITY;

  /**
   * Whether a commit is due; then it counts as begun. `lastMs`: how long the writing thread took for the one before. All in
   * milliseconds.
   */
  isDue(nowMs: number, lastMs: number): boolean {
    if (nowMs < this.#begunMs + Math.min(lastMs * PAUSE_SHARE, LONGEST_PAUSE_MS)) return false;
    this.#begunMs = nowMs;
    return true;
  }
}
