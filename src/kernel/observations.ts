import { type AlignedTime, alignTimes, type CaptureSpan, overlaps } from "./clock.js";
import type { Counter } from "./counter.js";
import { isCount } from "./counters.js";
import type { KernelFiles, Named } from "./kernel-files.js";
import type { RouteChange } from "./routes.js";
import type { SampledFile } from "./sampled-file.js";
import type { ListenerRow, SocketRow } from "./socket-row.js";

/** A counter at one moment. */
export interface CounterReading extends Counter, AlignedTime {
  /** When it was read before, nanoseconds since the capture's origin; null for the first time. */
  readonly sinceNs: number | null;
  /** Its growth since then; null for the first time, when it began anew meanwhile, and for what is no count. */
  readonly delta: number | null;
}

export type ListenerReading = ListenerRow & AlignedTime;
export type SocketReading = SocketRow & AlignedTime;
export type RouteEvent = RouteChange & AlignedTime;

/** How a file was put on the capture's clock. */
export interface FileAlignment {
  readonly path: string;
  readonly kind: "counters" | "sockets" | "routes";
  readonly formats: readonly string[];
  readonly samples: number;
  readonly unknownLines: number;
  /** Nanoseconds since the capture's origin; null when the file has no times. */
  readonly firstNs: number | null;
  readonly lastNs: number | null;
  /** Why the times may be wrong, see Alignment. */
  readonly doubt: string | null;
  readonly overlapsCapture: boolean;
}

/** What the kernel said, on the clock of one capture (or series); each list in the order of time. */
export interface KernelObservations {
  readonly counters: readonly CounterReading[];
  /** When the sockets were listed, whether or not any was there. */
  readonly socketSamples: readonly AlignedTime[];
  readonly listeners: readonly ListenerReading[];
  readonly sockets: readonly SocketReading[];
  readonly routes: readonly RouteEvent[];
  readonly files: readonly FileAlignment[];
}

interface AlignedSample<Row> {
  readonly at: AlignedTime;
  readonly rows: readonly Row[];
  /** Of the file's whole list, as it was named. */
  readonly fileIndex: number;
}

export function observeKernel(kernel: KernelFiles, span: CaptureSpan): KernelObservations {
  const files: FileAlignment[] = [];
  const align = <Row>(
    kind: FileAlignment["kind"],
    named: readonly Named<SampledFile<Row>>[],
  ): AlignedSample<Row>[] => alignFiles(kind, named, kernel.clockOffsetNs, span, files);

  const counters = readCounters(
    align("counters", kernel.counters),
    kernel.counters.map(({ file }) => file),
  );
  const listeners: ListenerReading[] = [];
  const sockets: SocketReading[] = [];
  const socketSamples = align("sockets", kernel.sockets);
  for (const { at, rows } of socketSamples) {
    for (const row of rows) {
      if (row.kind === "listener") listeners.push({ ...row, ...at });
      else sockets.push({ ...row, ...at });
    }
  }
  const routes = align("routes", kernel.routes).flatMap(({ at, rows }) =>
    rows.map((row) => ({ ...row, ...at })),
  );
  return { counters, socketSamples: socketSamples.map(({ at }) => at), listeners, sockets, routes, files };
}

function alignFiles<Row>(
  kind: FileAlignment["kind"],
  named: readonly Named<SampledFile<Row>>[],
  offsetNs: bigint,
  span: CaptureSpan,
  files: FileAlignment[],
): AlignedSample<Row>[] {
  const isUntimed = ({ file }: Named<SampledFile<Row>>): boolean =>
    file.samples.every(({ at }) => at === null);
  const count = named.filter(isUntimed).reduce((sum, { file }) => sum + file.samples.length, 0);
  let first = 0;
  const aligned: AlignedSample<Row>[] = [];
  for (const [fileIndex, each] of named.entries()) {
    const { path, file } = each;
    const given = file.samples.map(({ at }) => at);
    const { times, doubt } = alignTimes(given, span, offsetNs, { first, count });
    if (isUntimed(each)) first += file.samples.length;
    for (const [index, { rows }] of file.samples.entries())
      aligned.push({ at: times[index]!, rows, fileIndex });
    const timed = times.filter(({ isTimed }) => isTimed).map(({ timeNs }) => timeNs);
    files.push({
      path,
      kind,
      formats: file.formats,
      samples: file.samples.length,
      unknownLines: file.unknownLines,
      firstNs: timed.length === 0 ? null : timed.reduce((least, timeNs) => Math.min(least, timeNs)),
      lastNs: timed.length === 0 ? null : timed.reduce((most, timeNs) => Math.max(most, timeNs)),
      doubt: file.samples.length === 0 ? null : doubt,
      overlapsCapture: file.samples.length > 0 && overlaps(times, span),
    });
  }
  // Array.prototype.sort is stable: what has one time stays in the order of the files.
  return aligned.sort((a, b) => a.at.timeNs - b.at.timeNs);
}

/** The readings with their growth, over all files: a counter's history may lie in several. */
function readCounters(
  samples: readonly AlignedSample<Counter>[],
  files: readonly { readonly isIncrements: boolean; readonly omitsZeros: boolean }[],
): CounterReading[] {
  const previous = new Map<string, CounterReading>();
  const readings: CounterReading[] = [];
  /** When each file was sampled before. */
  const sampledNs = new Map<number, number>();
  for (const { at, rows, fileIndex } of samples) {
    const { isIncrements, omitsZeros } = files[fileIndex]!;
    const fileSinceNs = sampledNs.get(fileIndex) ?? null;
    for (const { name, value } of rows) {
      const before = previous.get(name);
      let sinceNs = before?.timeNs ?? null;
      // What a list without zeros did not name in the sample before was 0 then.
      if (isIncrements || (omitsZeros && before === undefined)) sinceNs = fileSinceNs;
      const grown = isIncrements ? value : value - (before?.value ?? 0);
      const isGrowth = sinceNs !== null && isCount(name) && grown >= 0;
      const reading: CounterReading = { name, value, ...at, sinceNs, delta: isGrowth ? grown : null };
      previous.set(name, reading);
      readings.push(reading);
    }
    sampledNs.set(fileIndex, at.timeNs);
  }
  return readings;
}
