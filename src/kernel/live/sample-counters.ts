import { readFile } from "node:fs/promises";
import type { Counter } from "../counter.js";
import { parseCounters } from "../counters.js";

/** Of this process's network namespace; /proc/net would be that of the process's first thread as well. */
const FILES = ["netstat", "snmp", "snmp6"].map((name) => `/proc/self/net/${name}`);

/** The kernel's counters now, as /proc tells them; empty where there is no /proc. */
export async function sampleCounters(): Promise<readonly Counter[]> {
  const texts = await Promise.all(FILES.map((path) => readFile(path, "latin1").catch(() => "")));
  return parseCounters(texts.join("\n"))?.samples.flatMap(({ rows }) => rows) ?? [];
}
