import { execFile, execFileSync, spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

const TSX = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const LIMIT_MS = 30_000;
let made = 0;

/** A network of its own, with nothing in it but a loopback device that is up. */
export class NetworkNamespace {
  readonly name = `test-${process.pid}-${++made}`;

  private constructor() {
    ip("netns", "add", this.name);
    ip("-n", this.name, "link", "set", "lo", "up");
  }

  /** Null, or why none can be made here. */
  static whyNot(): string | null {
    if (process.platform !== "linux") return "network namespaces are Linux's";
    if (process.getuid?.() !== 0) return "network namespaces take root";
    const probe = `test-${process.pid}-probe`;
    const result = spawnSync("ip", ["netns", "add", probe], { encoding: "utf8" });
    if (result.error !== undefined) return "ip is not installed";
    if (result.status !== 0) return `ip netns add failed: ${result.stderr.trim()}`;
    ip("netns", "delete", probe);
    return null;
  }

  static create(): NetworkNamespace {
    return new NetworkNamespace();
  }

  /** Runs `ip` on this network. */
  ip(...parameters: string[]): string {
    return ip("-n", this.name, ...parameters);
  }

  /** Runs a command in it; its standard output. */
  async run(command: string, ...parameters: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)("ip", ["netns", "exec", this.name, command, ...parameters], {
      timeout: LIMIT_MS,
      killSignal: "SIGKILL",
      maxBuffer: 1 << 24,
    });
    return stdout;
  }

  /** Runs a TypeScript file of the tests in it, with one argument as JSON; what it printed, as JSON. */
  async runScript(url: URL, argument: unknown): Promise<unknown> {
    return JSON.parse(
      await this.run(process.execPath, "--import", TSX, fileURLToPath(url), JSON.stringify(argument)),
    );
  }

  remove(): void {
    ip("netns", "delete", this.name);
  }
}

function ip(...parameters: string[]): string {
  return execFileSync("ip", parameters, { encoding: "utf8", stdio: "pipe" });
}
