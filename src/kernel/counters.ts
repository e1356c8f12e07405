import type { Counter } from "./counter.js";
import { parseNstatJson, parseNstatLine } from "./nstat.js";
import { ProcNetCounters } from "./proc-net-counters.js";
import { parseTimeLine } from "./sample-time.js";
import { linesOf, SampleCollector, type SampledFile } from "./sampled-file.js";

/** Counters over time. */
export interface CounterFile extends SampledFile<Counter> {
  /** Each value is what was added since the sample before, as plain `nstat` prints it. */
  readonly isIncrements: boolean;
  /** Counters that are 0 are not listed, as by `nstat` without -z. */
  readonly omitsZeros: boolean;
}

/** Not counts but states, or settings: what they differ by means nothing. */
const NO_COUNTERS =
  /^(Tcp(CurrEstab|RtoAlgorithm|RtoMin|RtoMax|MaxConn)|MPTcpExtMPCurrEstab|Ip(Forwarding|DefaultTTL|ReasmTimeout))$/;

/**
 * Reads `nstat` (as text or JSON), /proc/net/netstat, /proc/net/snmp and /proc/net/snmp6, one after the other or mixed.
 * A line that is a time begins a sample, and so do nstat's heading and a counter that the sample has already. Null when
 * no counter was found.
 */
export function parseCounters(text: string): CounterFile | null {
  const collector = new SampleCollector<Counter>();
  const proc = new ProcNetCounters();
  const seen = new Set<string>();
  let hasNames = false;
  const begin = (): void => {
    collector.close();
    seen.clear();
  };
  const add = (counter: Counter, format: string): void => {
    if (seen.has(counter.name)) begin();
    seen.add(counter.name);
    collector.add(counter, format);
  };
  for (const line of linesOf(text)) {
    if (line.trim() === "") continue;
    const at = parseTimeLine(line);
    if (at !== null) {
      begin();
      collector.time(at);
      continue;
    }
    if (/^#\S+\s*$/.test(line)) {
      // nstat's heading names where its counters are from; the nstat of older days has more than one.
      if (seen.size > 0) begin();
      collector.open("nstat");
      continue;
    }
    const counter = parseNstatLine(line);
    if (counter !== null) {
      add(counter, /^\S+\s+\S+\s*$/.test(line) ? "snmp6" : "nstat");
      continue;
    }
    const many = parseNstatJson(line);
    if (many !== null) {
      if (seen.size > 0) begin();
      collector.open("nstat");
      for (const each of many) add(each, "nstat");
      continue;
    }
    const listed = proc.read(line);
    if (listed === null) collector.unknownLines++;
    else if (listed.length === 0) hasNames = true;
    else for (const each of listed) add(each, "/proc/net");
  }
  const file = collector.finish();
  if (file === null) return null;
  const hasCounters = hasNames || file.samples.some(({ rows }) => rows.length > 0);
  if (!hasCounters && !/"kernel"|^#kernel/m.test(text.slice(0, 4096))) return null;
  const isNstat = file.formats.every((format) => format === "nstat");
  return {
    ...file,
    isIncrements: isNstat && areIncrements(file),
    omitsZeros: isNstat && !file.samples.some(({ rows }) => rows.some(({ value }) => value === 0)),
  };
}

/**
 * Counts only grow. Where they fall in at least half of the steps from sample to sample, nstat printed what was added
 * since it was last called, as it does without -a; a fall now and then is a host or namespace that began anew.
 */
function areIncrements({ samples }: SampledFile<Counter>): boolean {
  let falls = 0;
  for (let at = 1; at < samples.length; at++) {
    const now = new Map(samples[at]!.rows.map(({ name, value }) => [name, value]));
    if (samples[at - 1]!.rows.some(({ name, value }) => isCount(name) && (now.get(name) ?? 0) < value))
      falls++;
  }
  return falls > 0 && falls * 2 >= samples.length - 1;
}

/** Whether the number counts events, so that its growth says how many there were. */
export function isCount(name: string): boolean {
  return !NO_COUNTERS.test(name);
}
