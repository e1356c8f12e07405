/** Processor time and memory of a process, thread by thread, from /proc (proc(5)). */
import { readdirSync, readFileSync } from "node:fs";

/** USER_HZ, which is 100 on all of Linux's architectures that matter here. */
const TICKS_PER_SECOND = 100;
/** utime and stime, and those of children that have ended, counted from behind the name in parentheses. */
const OWN_FIELDS = [11, 12];
const ENDED_CHILDREN_FIELDS = [13, 14];

/**
 * Processor seconds of each thread in the order in which they were started, and of the children it has now; and the most
 * memory that each of these processes has had, in MB, summed.
 */
export function usageOf(pid) {
  const tasks = readdirSync(`/proc/${pid}/task`).map(Number);
  const threads = tasks
    .sort((one, other) => one - other)
    .map((task) => secondsOf(`/proc/${pid}/task/${task}/stat`, OWN_FIELDS));
  const peakKb = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean);
  const below = children.map(usageOf);
  return {
    threads,
    childSeconds: below.reduce(
      (sum, each) => sum + each.threads.reduce((a, b) => a + b, each.childSeconds),
      0,
    ),
    peakMb: below.reduce((sum, each) => sum + each.peakMb, peakKb / 1024),
  };
}

/** Processor seconds of this process's children that have ended. */
export function secondsOfEndedChildren() {
  return secondsOf("/proc/self/stat", ENDED_CHILDREN_FIELDS);
}

function secondsOf(path, places) {
  const fields = readFileSync(path, "utf8").split(") ")[1].split(" ");
  return places.reduce((sum, place) => sum + Number(fields[place]), 0) / TICKS_PER_SECOND;
}
