import { type Program, run, start } from "./programs.js";
import type { Undo } from "./undo.js";

/**
 * A network namespace: what happens in it touches neither the machine's network nor its sysctls. Those of captures/make go
 * when the process ends; here each scenario takes its own with it.
 */
export interface Namespace {
  readonly name: string;
  readonly run: (...command: readonly string[]) => string;
  readonly start: (...command: readonly string[]) => Program;
}

/** Makes one with its loopback up, which `undo` removes. */
export function createNamespace(undo: Undo, name: string): Namespace {
  let isMade = false;
  undo.add(() => {
    if (isMade) run("ip", "netns", "del", name);
  });
  run("ip", "netns", "add", name);
  isMade = true;
  const inside = ["netns", "exec", name];
  const namespace: Namespace = {
    name,
    run: (...command) => run("ip", ...inside, ...command),
    // `ip netns exec` replaces itself by the program, so that a signal reaches the program.
    start: (...command) => start(undo, "ip", ...inside, ...command),
  };
  namespace.run("ip", "link", "set", "lo", "up");
  return namespace;
}
