import { execFileSync, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import type { Undo } from "./undo.js";

/** A program that goes on beside us. */
export interface Program {
  readonly output: () => string;
  readonly errors: () => string;
  /** Its exit code; null when a signal ended it. Rejects when it could not be started. */
  readonly ended: Promise<number | null>;
  readonly kill: (signal: NodeJS.Signals) => void;
}

const LONGEST_COMMAND_MS = 10_000;
const LONGEST_START_MS = 10_000;

/** Runs a short command to its end, so that no signal comes in the middle; throws with its standard error. */
export function run(program: string, ...args: readonly string[]): string {
  const stdio: ["ignore", "pipe", "pipe"] = ["ignore", "pipe", "pipe"];
  return execFileSync(program, args, { encoding: "utf8", stdio, timeout: LONGEST_COMMAND_MS });
}

/** Starts a program, which `undo` kills if it still runs. */
export function start(undo: Undo, program: string, ...args: readonly string[]): Program {
  undo.add(() => child.kill("SIGKILL"));
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  let [output, errors] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  // Who waits for it learns of it; nobody does when something else fails first.
  ended.catch(() => {});
  return { output: () => output, errors: () => errors, ended, kill: (signal) => child.kill(signal) };
}

/** Waits until `isReady`; throws when the program ends first, or takes too long. */
export async function until(program: Program, isReady: (program: Program) => boolean): Promise<void> {
  let hasEnded = false;
  const onEnd = () => {
    hasEnded = true;
  };
  program.ended.then(onEnd, onEnd);
  const deadline = Date.now() + LONGEST_START_MS;
  while (!isReady(program)) {
    if (hasEnded) throw new Error(`a program ended too early: ${program.errors()}`);
    if (Date.now() > deadline) throw new Error(`a program was not ready in time: ${program.errors()}`);
    await sleep(10);
  }
}
