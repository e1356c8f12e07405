/** Times on axes and in tables. */

/** Seconds with as many decimals as a multiple of `stepSeconds` needs, at most nine: `0.25`. */
export function formatSeconds(seconds: number, stepSeconds: number): string {
  let decimals = 0;
  while (decimals < 9 && !isNearlyWhole(stepSeconds * 10 ** decimals)) decimals++;
  return seconds.toFixed(decimals);
}

function isNearlyWhole(value: number): boolean {
  return value > 0.5 && Math.abs(value - Math.round(value)) < 1e-6 * value;
}

/** Seconds to the microsecond, or to the nanosecond where the capture's clock had them. */
export function formatMoment(timeNs: number): string {
  const magnitudeNs = Math.abs(timeNs);
  const restNs = magnitudeNs % 1e9;
  const fraction =
    restNs % 1000 === 0 ? String(restNs / 1000).padStart(6, "0") : String(restNs).padStart(9, "0");
  return `${timeNs < 0 ? "-" : ""}${(magnitudeNs - restNs) / 1e9}.${fraction}`;
}

/** Octets with a decimal unit: `1.50 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(2)} GB`;
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(2)} MB`;
  if (bytes >= 1e3) return `${(bytes / 1e3).toFixed(1)} kB`;
  return `${bytes} B`;
}

/** A number for an axis: `1.2M`, `350k`, `12`. */
export function formatShort(value: number): string {
  const magnitude = Math.abs(value);
  for (const [unit, factor] of [
    ["G", 1e9],
    ["M", 1e6],
    ["k", 1e3],
  ] as const) {
    if (magnitude >= factor) return `${trimmed(value / factor)}${unit}`;
  }
  return trimmed(value);
}

function trimmed(value: number): string {
  return String(Number(value.toPrecision(3)));
}
