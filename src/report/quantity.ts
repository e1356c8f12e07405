/** Numbers as people read them. */

/** Where a comma goes: in front of every third digit from the end but the first. */
const THOUSANDS = /\B(?=(\d{3})+$)/g;

/** `1,234,567`, of a whole number. Intl.NumberFormat takes 38 ms to load its tables, a tenth of a small capture's time. */
export function formatCount(count: number): string {
  return String(count).replace(THOUSANDS, ",");
}

/** `1 frame`, `2,000 frames`; `plural` when it is more than the noun and an s. */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listOf(items: readonly string[]): string {
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}

/** A share from 0 to 1 with two digits or more: `30 %`, `0.14 %`, `100 %`. */
export function formatShare(share: number): string {
  const percent = share * 100;
  return `${percent >= 10 ? Math.round(percent) : Number(percent.toPrecision(2))} %`;
}

const UNITS = [
  { name: "days", ns: 86_400e9, leastNs: 172_800e9 },
  { name: "h", ns: 3600e9, leastNs: 7200e9 },
  { name: "min", ns: 60e9, leastNs: 120e9 },
  { name: "s", ns: 1e9, leastNs: 1e9 },
  { name: "ms", ns: 1e6, leastNs: 1e6 },
  { name: "µs", ns: 1e3, leastNs: 1e3 },
] as const;

/** Nanoseconds with three digits or more and a fitting unit: `7.01 s`, `312 ms`, `40 ns`. */
export function formatDuration(durationNs: number): string {
  for (const { name, ns, leastNs } of UNITS) {
    if (Math.abs(durationNs) < leastNs) continue;
    const amount = durationNs / ns;
    const decimals = Math.abs(amount) >= 100 ? 0 : Math.abs(amount) >= 10 ? 1 : 2;
    return `${amount.toFixed(decimals)} ${name}`;
  }
  return `${durationNs} ns`;
}
