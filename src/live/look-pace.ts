/** How many times as long as a step of a look took it then waits: frames come first. */
const PAUSE = 10;
/** The same where frames keep the thread busy for this share of the time, so that they might not all be taken otherwise. */
const BUSY_PAUSE = 40;
const BUSY_SHARE = 0.6;

/** Spreads the steps of looks over the time that frames leave. All in milliseconds. */
export class LookPace {
  #lastMs = 0;
  #nextMs = 0;
  #framesMs = 0;

  /** Frames have taken so long. */
  noteFrames(spentMs: number): void {
    this.#framesMs += spentMs;
  }

  /** Whether the next step is due. */
  isDue(nowMs: number): boolean {
    return nowMs >= this.#nextMs;
  }

  /** A step began and ended then. */
  noteStep(beganMs: number, endMs: number): void {
    const isBusy = this.#framesMs > (beganMs - this.#lastMs) * BUSY_SHARE;
    this.#nextMs = endMs + (endMs - beganMs) * (isBusy ? BUSY_PAUSE : PAUSE);
    this.#lastMs = endMs;
    this.#framesMs = 0;
  }
}
