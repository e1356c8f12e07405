import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Hosts, joinHosts } from "../two-hosts/hosts.js";
import { startClients, startServer } from "../two-hosts/talk.js";
import type { Undo } from "../two-hosts/undo.js";
import { startTrace } from "./kernel-trace.js";
import type { Scenario } from "./scenario.js";

/** What was recorded of a scenario; the files lie in its folder. */
export interface Recording extends Pick<Hosts, "captures" | "pathLog" | "clockAheadNs"> {
  /** What the kernel traced, as text. */
  readonly trace: string;
}

/** Until the last packets have arrived. */
const SETTLE_MS = 1500;

/** Makes the two hosts, lets them talk, and records them; everything but the files goes by `undo`. */
export async function recordScenario(
  undo: Undo,
  scenario: Scenario,
  folder: string,
  pathProgram: string,
): Promise<Recording> {
  const { addresses, path, sysctls } = scenario;
  const name = `tcpcauses-${process.pid}-${scenario.seed}`;
  const hosts = await joinHosts(undo, { name, addresses, path, sysctls }, folder, pathProgram);
  const readTrace = startTrace(undo, name);
  await startServer(hosts, scenario);
  const talking = startClients(hosts, addresses.server, scenario, folder);
  if ((await talking.ended) !== 0) throw new Error(`the clients failed: ${talking.errors()}`);
  await sleep(SETTLE_MS);
  const trace = readTrace();
  writeFileSync(join(folder, "trace.txt"), trace);
  await hosts.stopRecording();
  const { captures, pathLog, clockAheadNs } = hosts;
  return { captures, pathLog, clockAheadNs, trace };
}
