const MS_PER_DAY = 86_400_000;

/** True for `YYYY-MM-DD` of a day that the calendar has. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(text);
  // Node rolls some days over that a month does not have.
  return !Number.isNaN(time) && dateOf(time) === text;
}

/** `YYYY-MM-DD` of a moment in milliseconds since 1970, UTC. */
export function dateOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, "YYYY-MM-DD".length);
}

/** The date `days` after a moment in milliseconds since 1970, UTC. */
export function dateAfter(timeMs: number, days: number): string {
  return dateOf(timeMs + days * MS_PER_DAY);
}
