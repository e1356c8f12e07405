import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";

/** File systems in memory that one test mounts; `undo` takes them away again. */
export class Mounts {
  readonly #paths: string[] = [];

  /** Mounts one at `path`; says why not when the system does not let us. */
  mount(path: string, options: string): string | null {
    if (process.getuid?.() !== 0) return "mounting takes root";
    mkdirSync(path);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", path], { stdio: "pipe" });
    } catch (error) {
      return `mount failed: ${error instanceof Error ? error.message : error}`;
    }
    this.#paths.push(path);
    return null;
  }

  makeReadOnly(path: string): void {
    execFileSync("mount", ["-o", "remount,ro", path]);
  }

  undo(): void {
    for (const path of this.#paths.splice(0)) execFileSync("umount", [path]);
  }
}

/** Skips the running test and says why in its title. */
export function skipBecause(context: Mocha.Context, reason: string): never {
  if (context.test !== undefined) context.test.title += ` (not run: ${reason})`;
  return context.skip();
}
