import { type ChildProcess, fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import type { CaptureMeasurement } from "./measure-capture.js";

const PROGRAM = fileURLToPath(new URL("./measuring-process.ts", import.meta.url));

/** Measures captures on all cores; calls `onMeasurement` with each as it comes, in any order. */
export async function measureAll(
  names: readonly string[],
  onMeasurement: (measurement: CaptureMeasurement) => void,
): Promise<void> {
  const waiting = [...names];
  const processes = Math.min(availableParallelism(), names.length);
  await Promise.all(Array.from({ length: processes }, () => runProcess(waiting, onMeasurement)));
}

/** One process that takes names from the list until it is empty. */
async function runProcess(
  waiting: string[],
  onMeasurement: (measurement: CaptureMeasurement) => void,
): Promise<void> {
  const child = fork(PROGRAM, { execArgv: ["--import", "tsx"], serialization: "advanced" });
  await new Promise<void>((resolve, reject) => {
    let current = sendNext(child, waiting);
    child.on("message", (measurement: CaptureMeasurement) => {
      onMeasurement(measurement);
      current = sendNext(child, waiting);
    });
    child.on("error", reject);
    child.on("exit", () => {
      if (current === undefined) resolve();
      else reject(new Error(`the process that measured ${current} ended`));
    });
  });
}

/** The name sent; without any left the process is let go. */
function sendNext(child: ChildProcess, waiting: string[]): string | undefined {
  const name = waiting.shift();
  if (name === undefined) child.disconnect();
  else child.send(name);
  return name;
}
