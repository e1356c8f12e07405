import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startTrace } from "./kernel-trace.js";
import { createNamespace, type Namespace } from "./namespace.js";
import { type Program, start, until } from "./programs.js";
import { type Scenario, SERVER_PORT } from "./scenario.js";
import type { Undo } from "./undo.js";

/** The ends of the path, each with a capture of its own. */
export const ENDS = ["client", "server"] as const;
export type End = (typeof ENDS)[number];

/** What was recorded of a scenario; the files lie in its folder. */
export interface Recording {
  readonly captures: Readonly<Record<End, string>>;
  /** What the kernel traced, as text. */
  readonly trace: string;
  /** What faulty-path.c did to packets. */
  readonly pathLog: string;
  /** How far the captures' clock is ahead of the trace's. */
  readonly clockAheadNs: bigint;
}

/** A recording that lacks something, and from which nothing can be said. */
export class FlawedRecording extends Error {}

const TRAFFIC = fileURLToPath(new URL("./traffic.mjs", import.meta.url));
/** Until the last packets have arrived. */
const SETTLE_MS = 1500;

/** Makes the two hosts, lets them talk, and records them; everything but the files goes by `undo`. */
export async function recordScenario(
  undo: Undo,
  scenario: Scenario,
  folder: string,
  pathProgram: string,
): Promise<Recording> {
  const name = `tcpcauses-${process.pid}-${scenario.seed}`;
  const client = createNamespace(undo, `${name}-client`);
  const server = createNamespace(undo, `${name}-server`);
  const pathLog = join(folder, "path.log");
  const settings = Object.entries(scenario.path).map(([key, value]) => `${key}=${value}`);
  const ends = [client.name, deviceOf("client"), server.name, deviceOf("server")];
  const path = start(undo, pathProgram, ...ends, pathLog, ...settings);
  await until(path, ({ output }) => output().includes("\n"));
  configure(client, "client", scenario);
  configure(server, "server", scenario);
  const readTrace = startTrace(undo, name);
  const captures = { client: join(folder, "client.pcap"), server: join(folder, "server.pcap") };
  const recorders = [
    await record(client, "client", captures.client),
    await record(server, "server", captures.server),
  ];
  await talk(client, server, scenario, folder);
  await sleep(SETTLE_MS);
  const trace = readTrace();
  writeFileSync(join(folder, "trace.txt"), trace);
  for (const recorder of recorders) await stop(recorder);
  return { captures, trace, pathLog, clockAheadNs: BigInt(path.output().split(/\s/)[1] ?? 0) };
}

function deviceOf(end: End): string {
  return `path-${end}`;
}

function configure(namespace: Namespace, end: End, { addresses, sysctls }: Scenario): void {
  for (const [key, value] of Object.entries(sysctls)) {
    try {
      namespace.run("sysctl", "-qw", `${key}=${value}`);
    } catch {
      // What a kernel does not have stays as it is: it is judged by what it does, not by what it was asked to do.
    }
  }
  const device = deviceOf(end);
  namespace.run("ip", "address", "add", `${addresses[end]}/24`, "dev", device);
  // A queue that is longer than any window, so that only the path loses packets.
  namespace.run("ip", "link", "set", device, "txqueuelen", "5000", "up");
}

/** Only headers, but every packet at once: with a buffer in between, their order and times would be less sure. */
async function record(namespace: Namespace, end: End, file: string): Promise<Program> {
  const recorder = namespace.start(
    ...["tcpdump", "-Z", "root", "-i", deviceOf(end), "-w", file, "-U", "--immediate-mode"],
    ...["-B", "8192", "-s", "120", "--time-stamp-precision=nano"],
  );
  await until(recorder, ({ errors }) => errors().includes("listening on"));
  return recorder;
}

async function stop(recorder: Program): Promise<void> {
  recorder.kill("SIGINT");
  await recorder.ended;
  const [, dropped] = /(\d+) packets? dropped by kernel/.exec(recorder.errors()) ?? [];
  if (dropped !== "0")
    throw new FlawedRecording(`tcpdump missed ${dropped ?? "an unknown number of"} packets`);
}

async function talk(
  client: Namespace,
  server: Namespace,
  { addresses, seconds, clients }: Scenario,
  folder: string,
): Promise<void> {
  const plan = join(folder, "traffic.json");
  writeFileSync(plan, JSON.stringify({ host: addresses.server, port: SERVER_PORT, seconds, clients }));
  const serving = server.start(process.execPath, TRAFFIC, "serve", String(SERVER_PORT));
  await until(serving, ({ output }) => output().includes("listening"));
  const talking = client.start(process.execPath, TRAFFIC, "talk", plan);
  if ((await talking.ended) !== 0) throw new Error(`the clients failed: ${talking.errors()}`);
}
