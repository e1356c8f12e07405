import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { analyze } from "../two-hosts/analyze.js";
import { ENDS, type End, type Hosts, joinHosts } from "../two-hosts/hosts.js";
import { Random } from "../two-hosts/random.js";
import { startClients, startServer } from "../two-hosts/talk.js";
import type { Undo } from "../two-hosts/undo.js";
import type { Fault, FaultTime } from "./faults.js";
import type { Flaw } from "./flaws.js";
import { compareLosses, type LostBetween } from "./lost-between.js";
import { readRecording, writeRecording } from "./recording.js";
import { drawScenario, flawOf, type Scenario } from "./scenario.js";

/** What the tool says of the captures of both ends, each by itself and both together. */
export interface SeedResult {
  readonly seed: number;
  readonly fault: Fault;
  readonly captures: readonly AnalyzedCapture[];
  readonly between: LostBetween;
}

export interface AnalyzedCapture {
  readonly end: End;
  /** Null for the capture as it was recorded. */
  readonly flaw: Flaw | null;
  readonly findings: readonly Finding[];
}

export interface Finding {
  readonly rule: string;
  readonly severity: "error" | "warning" | "note";
  readonly confidence: "certain" | "strong" | "weak";
  readonly message: string;
}

const FINDINGS = "SELECT rule_id AS rule, severity, confidence, message FROM findings ORDER BY id";
/** Until the last packets have arrived. */
const SETTLE_MS = 1500;

/**
 * Records a scenario and analyzes both captures, as they are and with a flaw each; everything but files in `folder` goes by
 * `undo`.
 */
export async function runSeed(
  undo: Undo,
  seed: number,
  fault: Fault,
  folder: string,
  pathProgram: string,
): Promise<SeedResult> {
  const scenario = drawScenario(seed, fault);
  writeFileSync(join(folder, "scenario.json"), JSON.stringify({ fault: fault.name, ...scenario }, null, 2));
  const name = `tcpfaults-${process.pid}-${seed}`;
  const { addresses, path, sysctls } = scenario;
  const hosts = await joinHosts(undo, { name, addresses, path, sysctls }, folder, pathProgram);
  await befall(hosts, scenario, fault, folder);
  await hosts.stopRecording();
  const captures: AnalyzedCapture[] = [];
  for (const end of ENDS) {
    const whole = hosts.captures[end];
    const flaw = flawOf(seed, end);
    const flawed = join(folder, `${end}-flawed.pcap`);
    spoil(whole, flawed, flaw, new Random(seed), scenario);
    captures.push({ end, flaw: null, findings: await findingsOf(undo, whole) });
    captures.push({ end, flaw, findings: await findingsOf(undo, flawed) });
  }
  const { client, server } = hosts.captures;
  const between = compareLosses({ client: databaseOf(client), server: databaseOf(server) }, hosts.pathLog);
  return { seed, fault, captures, between };
}

function spoil(from: string, to: string, { make }: Flaw, random: Random, time: FaultTime): void {
  const { epochSeconds, frames } = readRecording(from);
  writeRecording(to, { epochSeconds, frames: make(frames, random, time) });
}

function findingsOf(undo: Undo, capture: string): Promise<Finding[]> {
  return analyze(undo, capture, databaseOf(capture), FINDINGS);
}

function databaseOf(capture: string): string {
  return capture.replace(/\.pcap$/, ".db");
}

async function befall(hosts: Hosts, scenario: Scenario, fault: Fault, folder: string): Promise<void> {
  const server = await startServer(hosts, scenario);
  const clients = startClients(hosts, scenario.addresses.server, scenario, folder);
  await sleep(scenario.beginMs);
  fault.begin?.({ server, clients });
  await sleep(scenario.lengthMs);
  fault.end?.({ server, clients });
  if ((await clients.ended) !== 0) throw new Error(`the clients failed: ${clients.errors()}`);
  await sleep(SETTLE_MS);
}
