/** What is done now and then, whether or not frames come. The first failure of any of it is kept and ends the capture. */
export class LiveTimers {
  readonly #stop: () => void;
  readonly #timers: NodeJS.Timeout[] = [];
  #failure: { readonly error: unknown } | null = null;

  /** `stop` ends the capture. */
  constructor(stop: () => void) {
    this.#stop = stop;
  }

  /** Does `work` every so often, but not again before it has ended. */
  every(intervalMs: number, work: () => void | Promise<void>): void {
    let isBusy = false;
    const act = async (): Promise<void> => {
      if (isBusy) return;
      isBusy = true;
      try {
        await work();
      } catch (error) {
        this.#failure ??= { error };
        this.#stop();
      } finally {
        isBusy = false;
      }
    };
    this.#timers.push(setInterval(() => void act(), intervalMs));
  }

  /** Does `work` once. */
  after(delayMs: number, work: () => void): void {
    this.#timers.push(setTimeout(work, delayMs));
  }

  /** Nothing more is done; throws what failed. */
  end(): void {
    this.close();
    if (this.#failure !== null) throw this.#failure.error;
  }

  /** Nothing more is done. Safe to call twice. */
  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}
