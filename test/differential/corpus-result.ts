import { type Agreement, addAgreement, framesOf } from "../../src/compare/agreement.js";
import { agreementLines } from "../../src/compare/format-agreement.js";
import { alignColumns } from "../../src/report/columns.js";
import type { Measures, Share } from "./floor.js";
import type { CaptureMeasurement } from "./measure-capture.js";
import { tcptraceLines, tcptraceMeasures } from "./tcptrace-result.js";

/** Captures listed as those that differ most. */
const WORST = 20;

/** The measurements of all captures as lines for people. */
export function* corpusLines(
  measurements: readonly CaptureMeasurement[],
): Generator<string, void, undefined> {
  const tshark = tsharkSum(measurements);
  if (tshark !== null) {
    yield `tshark, ${measurements.length} captures:`;
    yield* agreementLines(tshark);
    yield* ["", "Captures with the most frames that differ:", ...worstLines(measurements)];
  }
  yield* ["", ...tcptraceLines(tcptraceAgreements(measurements))];
  yield* ["", ...zeekLines(measurements)];
}

/** What may only rise, by name. */
export function corpusMeasures(measurements: readonly CaptureMeasurement[]): Measures {
  const tshark = tsharkSum(measurements);
  return {
    ...(tshark === null ? {} : tsharkMeasures(tshark)),
    ...tcptraceMeasures(tcptraceAgreements(measurements)),
    "zeek connections": zeekShare(measurements),
  };
}

function tcptraceAgreements(measurements: readonly CaptureMeasurement[]) {
  return measurements.flatMap(({ name, tcptrace }) =>
    tcptrace === null ? [] : [{ name, agreement: tcptrace }],
  );
}

function tsharkSum(measurements: readonly CaptureMeasurement[]): Agreement | null {
  const [first, ...rest] = measurements.flatMap(({ tshark }) => (tshark === null ? [] : [tshark]));
  if (first === undefined) return null;
  const sum = structuredClone(first);
  for (const part of rest) addAgreement(sum, part);
  return sum;
}

function tsharkMeasures(agreement: Agreement): Measures {
  const { frames, labels, fields } = agreement;
  const all = framesOf(agreement);
  const measures: Record<string, Share> = {
    "tshark frames": { equal: frames.both, of: all },
    "tshark streams": { equal: frames.both - agreement.differentStreams, of: frames.both },
    "tshark label sets": { equal: agreement.sameLabels, of: all },
  };
  for (const { name, both, onlyOurs, onlyTheirs } of labels)
    measures[`tshark label ${name}`] = { equal: both, of: both + onlyOurs + onlyTheirs };
  for (const { name, equal, compared } of fields) measures[`tshark field ${name}`] = { equal, of: compared };
  return measures;
}

function worstLines(measurements: readonly CaptureMeasurement[]): string[] {
  const rows = measurements
    .flatMap(({ name, tshark }) => (tshark === null ? [] : [{ name, ...differing(tshark) }]))
    .filter(({ frames }) => frames > 0)
    .sort((a, b) => b.labels - a.labels || b.frames - a.frames)
    .slice(0, WORST)
    .map(({ name, all, frames, labels, streams }) => [name, ...[all, frames, labels, streams].map(String)]);
  const headings = ["capture", "frames", "differ", "in labels", "in stream"];
  return alignColumns([headings, ...rows], ["left", "right", "right", "right", "right"]);
}

function differing(agreement: Agreement) {
  const all = framesOf(agreement);
  return {
    all,
    frames: all - agreement.sameFrames,
    labels: all - agreement.sameLabels,
    streams: agreement.differentStreams,
  };
}

function zeekShare(measurements: readonly CaptureMeasurement[]): Share {
  let [equal, of] = [0, 0];
  for (const { zeek } of measurements) {
    equal += zeek?.equal ?? 0;
    of += zeek?.compared ?? 0;
  }
  return { equal, of };
}

function zeekLines(measurements: readonly CaptureMeasurement[]): string[] {
  const { equal, of } = zeekShare(measurements);
  const lines = measurements.flatMap(({ name, zeek }) =>
    (zeek?.differences ?? []).map(
      ({ ends, reason, ours, zeek: theirs }) =>
        `  ${name} ${ends}: ${reason ?? `ours ${JSON.stringify(ours)} zeek ${JSON.stringify(theirs)}`}`,
    ),
  );
  return [`Zeek: ${equal} of ${of} pairs of ends have the same state, history, octets and packets`, ...lines];
}
