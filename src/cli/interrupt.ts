const SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM"];

/**
 * Runs `work` with a signal that the first Ctrl-C or SIGTERM, or one of other `signals`, aborts, so that it can clean up. The second one does
 * what it does to every program: it ends it at once.
 */
export async function interruptible<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  signals = SIGNALS,
): Promise<Result> {
  const controller = new AbortController();
  const stop = (): void => {
    unlisten();
    controller.abort();
  };
  const unlisten = (): void => {
    for (const name of signals) process.removeListener(name, stop);
  };
  for (const name of signals) process.on(name, stop);
  try {
    return await work(controller.signal);
  } finally {
    unlisten();
  }
}
