import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { analyze } from "../two-hosts/analyze.js";
import { ENDS, type End, type Hosts, joinHosts } from "../two-hosts/hosts.js";
import { startClients, startServer } from "../two-hosts/talk.js";
import type { Undo } from "../two-hosts/undo.js";
import type { Fault } from "./faults.js";
import { drawScenario, type Scenario } from "./scenario.js";

/** What the tool says of the captures of both ends. */
export interface SeedResult {
  readonly seed: number;
  readonly fault: Fault;
  readonly findings: readonly FindingAtEnd[];
}

export interface FindingAtEnd {
  readonly end: End;
  readonly rule: string;
  readonly severity: "error" | "warning" | "note";
  readonly confidence: "certain" | "strong" | "weak";
  readonly message: string;
}

const FINDINGS = "SELECT rule_id AS rule, severity, confidence, message FROM findings ORDER BY id";
/** Until the last packets have arrived. */
const SETTLE_MS = 1500;

/** Records a scenario and analyzes both captures; everything but files in `folder` goes by `undo`. */
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
  const { addresses, path } = scenario;
  const hosts = await joinHosts(undo, { name, addresses, path, sysctls: {} }, folder, pathProgram);
  await befall(hosts, scenario, fault, folder);
  await hosts.stopRecording();
  const findings: FindingAtEnd[] = [];
  for (const end of ENDS) {
    const database = join(folder, `${end}.db`);
    const rows = await analyze<Omit<FindingAtEnd, "end">>(undo, hosts.captures[end], database, FINDINGS);
    findings.push(...rows.map((row) => ({ end, ...row })));
  }
  return { seed, fault, findings };
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
