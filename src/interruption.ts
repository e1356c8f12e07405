import { AnalyzeError } from "./errors.js";

/** Throws AnalyzeError INTERRUPTED once the signal was given. */
export function throwIfInterrupted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AnalyzeError("INTERRUPTED", "Interrupted.");
}

/** What `promise` gives; throws INTERRUPTED at once when the signal is given, however the promise ends then. */
export async function unlessInterrupted<Result>(
  promise: Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<Result> {
  if (signal === undefined) return promise;
  let abort = (): void => {};
  const aborted = new Promise<void>((resolve) => {
    abort = resolve;
  });
  signal.addEventListener("abort", abort);
  try {
    promise.catch(() => {});
    await Promise.race([promise, signal.aborted ? undefined : aborted]);
    throwIfInterrupted(signal);
    return await promise;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** The parts as they come; throws INTERRUPTED at once when the signal is given, though a silent pipe gives nothing. */
export async function* untilAborted<Part>(
  parts: AsyncIterable<Part>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Part, void, undefined> {
  if (signal === undefined) {
    yield* parts;
    return;
  }
  let abort = (): void => {};
  const aborted = new Promise<"aborted">((resolve) => {
    abort = () => resolve("aborted");
  });
  signal.addEventListener("abort", abort);
  const iterator = parts[Symbol.asyncIterator]();
  try {
    for (;;) {
      throwIfInterrupted(signal);
      const reading = iterator.next();
      // When the signal comes first nobody waits for the read any more; how it ends then concerns nobody.
      reading.catch(() => {});
      const next = await Promise.race([reading, aborted]);
      throwIfInterrupted(signal);
      if (next === "aborted" || next.done) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener("abort", abort);
    // A read that waits for a silent pipe cannot be called off, so neither can its generator be waited for.
    if (!signal.aborted) await iterator.return?.();
  }
}
