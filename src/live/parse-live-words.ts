import { AnalyzeError } from "../errors.js";
import type { RingLimits } from "../store/live/live-messages.js";

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const UNIT_BYTES: Readonly<Record<string, number>> = {
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
};
/** Timers of Node cannot wait longer. */
const LONGEST_MS = 2 ** 31 - 1;
/** Below, the tables and indexes themselves leave no room. */
const SMALLEST_RING_BYTES = 16 * 1024 ** 2;

/** `10m`, `90s`, `1.5h`, `250ms`, `1d`: milliseconds. Throws AnalyzeError USAGE. */
export function parseDuration(text: string, option: string, leastMs = 1): number {
  const match = /^(\d{1,12}(?:\.\d{1,6})?)(ms|s|m|min|h|d)$/.exec(text.trim());
  const durationMs = match === null ? Number.NaN : Math.round(Number(match[1]) * (UNIT_MS[match[2]!] ?? 0));
  if (durationMs >= leastMs && durationMs <= LONGEST_MS) return durationMs;
  throw new AnalyzeError(
    "USAGE",
    `${option} takes a time from ${leastMs} ms to 24 days, such as 90s, 10m or 2h, not "${text}".`,
  );
}

/** `512k`, `64M`, `2G`, with or without `iB` or `B`: octets. Throws AnalyzeError USAGE. */
export function parseSize(text: string, option: string): number {
  const match = /^(\d{1,12}(?:\.\d{1,6})?)([kmgt])(?:i?b)?$/i.exec(text.trim());
  if (match !== null) return Math.round(Number(match[1]) * UNIT_BYTES[match[2]!.toLowerCase()]!);
  throw new AnalyzeError("USAGE", `${option} takes a size such as 512K, 64M or 2G, not "${text}".`);
}

/** A size in capital letters (`500M`, `2G`) or a time (`90s`, `30m`, `12h`). Throws AnalyzeError USAGE. */
export function parseRing(text: string | undefined): RingLimits {
  if (text === undefined) return { sizeBytes: null, ageNs: null };
  if (/[KMGTBi]+$/.test(text.trim())) {
    const sizeBytes = parseSize(text, "--ring");
    if (sizeBytes >= SMALLEST_RING_BYTES) return { sizeBytes, ageNs: null };
    throw new AnalyzeError("USAGE", `--ring takes at least 16M, not "${text}".`);
  }
  return { sizeBytes: null, ageNs: parseDuration(text, "--ring", 1000) * 1e6 };
}
