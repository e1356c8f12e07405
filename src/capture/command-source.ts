import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import type { ByteSource } from "./byte-source.js";
import { StreamSource } from "./stream-source.js";

const INPUT_BYTES = 256 * 1024;

/** What a command makes of a source's octets: they go to its standard input, its standard output is read. */
export class CommandSource implements ByteSource {
  damage: string | null = null;
  readonly #source: ByteSource;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #output: StreamSource;
  readonly #exited: Promise<boolean>;
  readonly #complaint: string;
  #isClosed = false;

  private constructor(
    source: ByteSource,
    child: ChildProcessByStdio<Writable, Readable, null>,
    complaint: string,
  ) {
    this.#source = source;
    this.#child = child;
    this.#complaint = complaint;
    this.#output = new StreamSource(child.stdout);
    this.#exited = new Promise((resolve) => {
      child.on("close", (code) => resolve(code === 0));
      child.on("error", () => resolve(false));
    });
    // A command that stops reading early says why with its exit code.
    child.stdin.on("error", () => {});
    void this.#feed();
  }

  /**
   * Starts the command; null when it is not installed.
   * @param complaint the damage when the command fails, worded to follow "the file".
   */
  static async start(
    command: string,
    parameters: readonly string[],
    source: ByteSource,
    complaint: string,
  ): Promise<CommandSource | null> {
    const child = spawn(command, parameters, { stdio: ["pipe", "pipe", "ignore"] });
    try {
      await once(child, "spawn");
    } catch {
      return null;
    }
    return new CommandSource(source, child, complaint);
  }

  get bytesRead(): number {
    return this.#source.bytesRead;
  }

  get bytesTotal(): number | null {
    return this.#source.bytesTotal;
  }

  async read(target: Uint8Array, at: number): Promise<number> {
    const count = await this.#output.read(target, at);
    if (count === 0 && !(await this.#exited) && !this.#isClosed) this.damage = this.#complaint;
    if (count === 0) this.damage = this.#source.damage ?? this.damage;
    return count;
  }

  async close(): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#child.kill("SIGKILL");
      await Promise.all([this.#output.close(), this.#source.close()]);
    }
    await this.#exited;
  }

  async #feed(): Promise<void> {
    const { stdin } = this.#child;
    const buffer = new Uint8Array(INPUT_BYTES);
    while (!this.#isClosed) {
      const count = await this.#source.read(buffer, 0);
      if (count === 0) break;
      const error = await new Promise<unknown>((resolve) => {
        stdin.write(buffer.subarray(0, count), resolve);
      });
      if (error) break;
    }
    stdin.end();
  }
}
