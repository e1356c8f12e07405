import type { NotationScanner } from "./notation-scanner.js";

const SECONDS = /(?<sign>[+-]?)(?=\.?\d)(?<whole>\d*)(?:\.(?<fraction>\d*))?(?=\s|$)/y;
const NS_PER_SECOND = 1_000_000_000;

/**
 * Reads a time: `1.5` and `-1.5` are seconds since the script's zero, `+.5` seconds since `previousTimeNs`.
 * Exact to the nanosecond: the digits never become a fraction in binary.
 */
export function scanTimeNs(scanner: NotationScanner, previousTimeNs: number): number {
  const found = scanner.expect(SECONDS, "a time in seconds such as 1.5 or +.001");
  const { sign, whole = "", fraction = "" } = found.groups ?? {};
  if (fraction.length > 9) scanner.refuse(`a time has at most 9 decimals, not ${fraction.length}`);
  const offsetNs = Number(whole) * NS_PER_SECOND + Number(fraction.padEnd(9, "0"));
  // Subtracting from 0 makes "-0" an ordinary zero.
  const timeNs = sign === "+" ? previousTimeNs + offsetNs : sign === "-" ? 0 - offsetNs : offsetNs;
  if (!Number.isSafeInteger(timeNs)) scanner.refuse("a time lies within 104 days of zero");
  return timeNs;
}

/** Seconds with up to nine decimals and no trailing zeros: `0`, `1.5`, `-0.000000001`. */
function formatSeconds(timeNs: number): string {
  const magnitudeNs = Math.abs(timeNs);
  const restNs = magnitudeNs % NS_PER_SECOND;
  const whole = `${timeNs < 0 ? "-" : ""}${(magnitudeNs - restNs) / NS_PER_SECOND}`;
  return restNs === 0 ? whole : `${whole}.${String(restNs).padStart(9, "0").replace(/0+$/, "")}`;
}

/** `+.001` after the line at `previousTimeNs`; the plain time when there is none, or when time ran backwards. */
export function formatTime(timeNs: number, previousTimeNs: number | undefined): string {
  if (previousTimeNs === undefined || timeNs < previousTimeNs) return formatSeconds(timeNs);
  return `+${formatSeconds(timeNs - previousTimeNs).replace(/^0\./, ".")}`;
}
