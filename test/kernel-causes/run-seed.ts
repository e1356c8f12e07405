import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type End, FlawedRecording } from "../two-hosts/hosts.js";
import { SERVER_PORT } from "../two-hosts/talk.js";
import type { Undo } from "../two-hosts/undo.js";
import { compareCauses, type EndResult, type Judged } from "./compare.js";
import { readKernelEvents } from "./kernel-events.js";
import { ownCauses } from "./own-causes.js";
import { readPackets } from "./packets.js";
import { type Recording, recordScenario } from "./record-scenario.js";
import { drawScenario } from "./scenario.js";
import { findSentAgain } from "./sent-again.js";

export interface SeedResult {
  readonly judged: readonly Judged[];
  /** Times that the kernel sent something again. */
  readonly events: number;
  /** Of these, how many the trace does not tell the cause of. */
  readonly untold: number;
  /** Of these, how many no packet was found for. */
  readonly unmatched: number;
}

/** Of the events: more than a few without a packet mean that the machine's clock was set meanwhile. */
const MOST_UNMATCHED = 0.05;

/** Records a scenario and compares what the kernel did with what the tool says of it. Leaves nothing but files. */
export async function runSeed(
  undo: Undo,
  seed: number,
  folder: string,
  pathProgram: string,
): Promise<SeedResult> {
  const scenario = drawScenario(seed);
  writeFileSync(join(folder, "scenario.json"), JSON.stringify(scenario, null, 2));
  const recording = await recordScenario(undo, scenario, folder, pathProgram);
  const { events, isCutOff } = readKernelEvents(recording.trace, Object.values(scenario.addresses));
  if (isCutOff) throw new FlawedRecording("the kernel's trace was longer than its buffer");
  let unmatched = 0;
  const resultOf = async (end: End, captures: Recording["captures"]): Promise<EndResult> => {
    const packets = readPackets(captures[end], recording.clockAheadNs);
    const ofEnd = events.filter(({ sourcePort }) => (sourcePort === SERVER_PORT) === (end === "server"));
    const sentAgain = findSentAgain(ofEnd, packets);
    unmatched += sentAgain.unmatched;
    const ours = await ownCauses(undo, captures[end], join(folder, `${end}.db`));
    return { packets, causes: sentAgain.causes, ours };
  };
  const client = await resultOf("client", recording.captures);
  const server = await resultOf("server", recording.captures);
  if (unmatched > 5 && unmatched > events.length * MOST_UNMATCHED)
    throw new FlawedRecording(`${unmatched} of ${events.length} events of the kernel have no packet`);
  const judged = compareCauses(scenario, { client, server }, recording.pathLog);
  const untold = events.filter(({ cause }) => cause === null).length;
  return { judged, events: events.length, untold, unmatched };
}
