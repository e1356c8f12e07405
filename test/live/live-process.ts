import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { LiveEvent } from "../../src/live/format-live-json.js";
import type { NetworkNamespace } from "../support/network-namespace.js";

/** A thread runs built code only. */
const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const LIMIT_MS = 40_000;

/** Makes of a command the one that runs it. */
export type Launch = (command: string, ...parameters: readonly string[]) => readonly string[];

/** The command `live` in a network namespace, its standard output read as JSON Lines. */
export class LiveProcess {
  readonly events: LiveEvent[] = [];
  readonly child: ChildProcess;
  /** The exit code, null when a signal ended it. */
  readonly exited: Promise<number | null>;
  stderr = "";
  #rest = "";
  #wake: () => void = () => {};

  constructor(
    network: NetworkNamespace,
    folder: string,
    args: readonly string[],
    launch: Launch = (...command) => command,
  ) {
    const command = launch(process.execPath, MAIN, "live", "lo", "--format", "jsonl", ...args);
    this.child = spawn("ip", ["netns", "exec", network.name, ...command], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: LIMIT_MS,
      killSignal: "SIGKILL",
    });
    this.child.stdout?.on("data", (chunk: Buffer) => this.#read(chunk.toString()));
    this.child.stderr?.on("data", (chunk: Buffer) => {
      this.stderr += chunk.toString();
    });
    this.exited = new Promise((resolve) => {
      this.child.on("close", (code) => {
        resolve(code);
        this.#wake();
      });
    });
  }

  /** The first event that fits, as soon as it has come. */
  async until<Kind extends LiveEvent["event"]>(
    kind: Kind,
    fits: (event: Extract<LiveEvent, { event: Kind }>) => boolean = () => true,
  ): Promise<Extract<LiveEvent, { event: Kind }>> {
    const isFitting = (event: LiveEvent): event is Extract<LiveEvent, { event: Kind }> =>
      event.event === kind && fits(event as Extract<LiveEvent, { event: Kind }>);
    for (;;) {
      const found = this.events.find(isFitting);
      if (found !== undefined) return found;
      if (this.child.exitCode !== null || this.child.signalCode !== null)
        throw new Error(`it ended before there was such a ${kind}: ${this.stderr}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Ends it as Ctrl-C does, or another signal; the exit code. */
  async stop(signal: NodeJS.Signals = "SIGINT"): Promise<number | null> {
    this.child.kill(signal);
    return await this.exited;
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      const event: LiveEvent = JSON.parse(line);
      this.events.push(event);
    }
    this.#wake();
  }
}
