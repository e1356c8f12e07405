/** Child processes that cannot outlive this one: each is remembered and ended by its own pid. */
import { execFileSync, spawn } from "node:child_process";

const running = new Set();
const undo = [];

/** Seconds after which a script gives up and cleans up, whatever it is waiting for. */
const LONGEST_RUN_S = 240;

/** Runs a program to its end and returns its standard output; throws with its standard error. */
export function run(program, ...args) {
  return execFileSync(program, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 30_000,
  });
}

/** Starts a program that goes on beside us. */
export function start(program, ...args) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  const handle = {
    pid: child.pid,
    stdout: "",
    stderr: "",
    ended: undefined,
    kill: (signal) => child.kill(signal),
    /** For a server: the script ends without waiting for it (and ends it). */
    release() {
      for (const reference of [child, child.stdout, child.stderr]) reference.unref();
    },
  };
  running.add(child);
  child.stdout.on("data", (bytes) => {
    handle.stdout += bytes;
  });
  child.stderr.on("data", (bytes) => {
    handle.stderr += bytes;
  });
  handle.ended = new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      running.delete(child);
      resolve({ code, signal });
    });
  });
  return handle;
}

/** Waits until `ready(program)` is true; throws when the program ends first or after 10 s. */
export async function until(program, ready) {
  let ended = false;
  program.ended.then(() => {
    ended = true;
  });
  for (let attempt = 0; attempt < 1000; attempt++) {
    if (ready(program)) return;
    if (ended) throw new Error(`a program ended too early: ${program.stderr}`);
    await sleep(10);
  }
  throw new Error(`a program was not ready in time: ${program.stderr}`);
}

/** Registers what must be undone when the script ends, for whatever reason; the last is undone first. */
export function atExit(action) {
  undo.push(action);
}

export function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
  for (const action of undo.reverse()) {
    try {
      action();
    } catch (error) {
      process.stderr.write(`cleaning up: ${error.message}\n`);
    }
  }
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(130));
setTimeout(() => {
  process.stderr.write(`gave up after ${LONGEST_RUN_S} s\n`);
  process.exit(1);
}, LONGEST_RUN_S * 1000).unref();
