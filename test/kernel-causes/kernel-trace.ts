import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { run } from "../two-hosts/programs.js";
import type { Undo } from "../two-hosts/undo.js";

const TRACING = "/sys/kernel/tracing";
/** With the functions that led there: they are why something was sent again. */
const WITH_STACK = ["tcp_retransmit_skb", "tcp_retransmit_synack"];
/** Whether what was sent again follows a timeout. */
const WITHOUT_STACK = ["tcp_cong_state_set"];
/** For each processor: several times what the worst scenario writes. */
const BUFFER_KB = 8192;

/** Whether the kernel has the events; mounts its tracing files if nobody has. */
export function canTrace(): boolean {
  const hasAll = () =>
    [...WITH_STACK, ...WITHOUT_STACK].every((name) => existsSync(eventFolder(TRACING, name)));
  if (hasAll()) return true;
  try {
    run("mount", "-t", "tracefs", "tracefs", TRACING);
  } catch {
    return false;
  }
  return hasAll();
}

/**
 * Traces into an instance of our own, which `undo` removes, so that other tracing goes on undisturbed; returns how to read
 * what was traced.
 */
export function startTrace(undo: Undo, name: string): () => string {
  const instance = `${TRACING}/instances/${name}`;
  undo.add(() => {
    if (existsSync(instance)) rmdirSync(instance);
  });
  mkdirSync(instance);
  writeFileSync(`${instance}/trace_clock`, "mono");
  writeFileSync(`${instance}/buffer_size_kb`, String(BUFFER_KB));
  for (const event of WITH_STACK) writeFileSync(`${eventFolder(instance, event)}/trigger`, "stacktrace");
  for (const event of [...WITH_STACK, ...WITHOUT_STACK])
    writeFileSync(`${eventFolder(instance, event)}/enable`, "1");
  return () => readFileSync(`${instance}/trace`, "utf8");
}

function eventFolder(root: string, event: string): string {
  return `${root}/events/tcp/${event}`;
}
