/** How long an interface that is gone may take to come back, and how often to look for it. Milliseconds. */
const PATIENCE_MS = 10_000;
const RETRY_MS = 200;

/** An interface that was lost while it was captured. */
export class Absence {
  readonly #name: string;
  readonly #because: string;
  readonly #sinceMs = performance.now();
  #triedAtMs = performance.now();

  /** @param because in the words of whoever noticed, without a full stop */
  constructor(name: string, because: string) {
    this.#name = name;
    this.#because = because;
  }

  /** Whether it is time to look for it again; then it counts as looked for. */
  isDue(): boolean {
    const nowMs = performance.now();
    if (nowMs - this.#triedAtMs < RETRY_MS) return false;
    this.#triedAtMs = nowMs;
    return true;
  }

  /** How capturing ends, when it is not worth while to wait any longer. */
  end(): string | null {
    return performance.now() - this.#sinceMs < PATIENCE_MS ? null : this.endNow(this.#because);
  }

  endNow(because: string): string {
    return `capturing on ${this.#name} ended: ${because}`;
  }

  /** What to say when it is there again. */
  note(): string {
    const missingMs = Math.round(performance.now() - this.#sinceMs);
    return `${this.#name} was gone for ${missingMs} ms (${this.#because}), and what it carried meanwhile is missing.`;
  }
}
