/**
 * Compares what this tool says of the captures in the corpus with what other tools say of them, and fails below the
 * recorded floor, which --raise only ever raises. With names (or parts of names) of captures it shows each frame of those
 * that differs; --only shows the frames that differ in one label or field.
 *
 *     npm run test:differential
 *     npm run test:differential -- --raise
 *     npm run test:differential -- tcp/NAME…
 *     npm run test:differential -- --only tcp.analysis.ack_rtt
 *     npm run test:differential -- --only lost_segment tcp/NAME…
 */
import { statSync } from "node:fs";
import { parseArgs } from "node:util";
import { corpusCapture, corpusNames, hasCorpus } from "../support/corpus.js";
import { corpusLines, corpusMeasures } from "./corpus-result.js";
import { belowFloor, raised, readFloor, writeFloor } from "./floor.js";
import { type CaptureMeasurement, measureCapture } from "./measure-capture.js";
import { measureAll } from "./process-pool.js";
import { differenceLines } from "./show-capture.js";
import { tcptraceDifferenceLines } from "./tcptrace-result.js";
import { TSHARK_SUFFIX } from "./tshark.js";

const FOLDERS = ["tcp", "formats", "malformed"];

// Whoever reads only the first lines (| head) has seen enough.
process.stdout.on("error", () => process.exit());
const names = corpusNames(FOLDERS, TSHARK_SUFFIX);
const { values: given, positionals: wanted } = parseArgs({
  options: { raise: { type: "boolean", default: false }, only: { type: "string" } },
  allowPositionals: true,
});
if (!hasCorpus()) console.log("Nothing is compared: TCPTRACE_CORPUS names no folder of captures.");
else if (wanted.length > 0 || given.only !== undefined) await showCaptures(wanted, given.only);
else process.exitCode = await measureCorpus(given.raise);

async function showCaptures(parts: readonly string[], only: string | undefined): Promise<void> {
  const chosen = names.filter((name) => parts.length === 0 || parts.some((part) => name.includes(part)));
  if (chosen.length === 0) console.log(`The corpus has no capture that is named like ${parts.join(" or ")}.`);
  for (const name of chosen) {
    for await (const line of differenceLines(name, only)) console.log(line);
    if (only !== undefined) continue;
    const { tcptrace, failure } = await measureCapture(name);
    if (tcptrace !== null) for (const line of tcptraceDifferenceLines(tcptrace)) console.log(line);
    if (failure !== null) console.log(failure);
  }
}

async function measureCorpus(isRaise: boolean): Promise<number> {
  const measurements: CaptureMeasurement[] = [];
  const sizeOf = (name: string): number => statSync(corpusCapture(name)).size;
  // The largest first, so that no core waits for one of them in the end.
  const ordered = [...names].sort((a, b) => sizeOf(b) - sizeOf(a));
  await measureAll(ordered, (measurement) => measurements.push(measurement));
  for (const line of corpusLines(measurements)) console.log(line);
  const failures = measurements.flatMap(({ name, failure }) =>
    failure === null ? [] : `${name}: ${failure}`,
  );
  const measures = corpusMeasures(measurements);
  const floor = readFloor();
  if (isRaise && failures.length === 0) writeFloor(raised(measures, floor));
  const complaints = [...failures, ...belowFloor(measures, floor)];
  for (const complaint of complaints) console.error(complaint);
  console.log(
    complaints.length === 0 ? "\nNothing is below the floor." : "\nThere is something below the floor.",
  );
  return complaints.length === 0 ? 0 : 1;
}
