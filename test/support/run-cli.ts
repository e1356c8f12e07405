import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

export interface CliResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface CliOptions {
  /** Working directory, so that nothing is written into the repository. */
  readonly folder: string;
  /** Standard input; nothing when left out. */
  readonly input?: Uint8Array;
  /** Called as soon as the process runs; standard input is then the caller's to write and to end. */
  readonly onStart?: (child: ChildProcess) => void;
}

/** For `--import`, and what it then runs. */
export const TSX = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
export const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

const LIMIT_MS = 60_000;

/** Runs the command line from source, as a user would, and waits for its end. */
export async function runCli(args: readonly string[], options: CliOptions): Promise<CliResult> {
  const child = spawn(process.execPath, ["--import", TSX, MAIN, ...args], {
    cwd: options.folder,
    // A program that hangs fails its test and must not outlive it.
    timeout: LIMIT_MS,
    killSignal: "SIGKILL",
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  // A program that does not read its input to the end closes the pipe.
  child.stdin.on("error", () => {});
  if (options.onStart === undefined) child.stdin.end(options.input);
  else options.onStart(child);
  return await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode, signal) => {
      resolve({
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
        exitCode,
        signal,
      });
    });
  });
}
