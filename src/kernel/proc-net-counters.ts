import type { Counter } from "./counter.js";

/** `TcpExt: SyncookiesSent …`, the names, and a line of the same kind with the values. */
const LINE = /^([A-Z][A-Za-z0-9]{1,31}): +(\S.*)$/;

/**
 * Reads /proc/net/netstat and /proc/net/snmp: pairs of lines, the first with names and the second with values, both
 * behind the same prefix. Names come out as nstat has them: prefix and name together.
 */
export class ProcNetCounters {
  #prefix = "";
  #names: readonly string[] | null = null;

  /** The counters of a line of values; an empty list for a line of names; null for any other line. */
  read(line: string): Counter[] | null {
    const match = LINE.exec(line);
    if (match === null) return null;
    const [, prefix = "", rest = ""] = match;
    const words = rest.trim().split(/\s+/);
    if (words.every((word) => /^[A-Za-z]\w{0,63}$/.test(word))) {
      this.#prefix = prefix;
      this.#names = words;
      return [];
    }
    if (!words.every((word) => /^-?\d{1,20}$/.test(word))) return null;
    const names = this.#names;
    if (names === null || prefix !== this.#prefix) return null;
    this.#names = null;
    const counters: Counter[] = [];
    for (const [index, name] of names.entries()) {
      const value = Number(words[index] ?? Number.NaN);
      if (Number.isSafeInteger(value)) counters.push({ name: prefix + name, value });
    }
    return counters;
  }
}
