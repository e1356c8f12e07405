import { basename, dirname } from "node:path";
import { AnalyzeError } from "../errors.js";
import { listInputFiles } from "./input-paths.js";
import { STANDARD_INPUT } from "./open-capture.js";
import { baseSeriesKey, readSeriesName, type SeriesName } from "./series-name.js";
import { readTimeSpan, type TimeSpan } from "./time-span.js";

/** Captures that are one recording: a rotated series in the order of time, or a single file. */
export interface CaptureStream {
  /** At least one. */
  readonly paths: readonly string[];
}

interface Member {
  readonly path: string;
  readonly span: TimeSpan;
}

const NS_PER_SECOND = 1_000_000_000n;
/** A rotating tool may wait a quiet night for the next frame. */
const MAX_ROTATION_GAP_NS = 24n * 3600n * NS_PER_SECOND;
/** Numbered files must follow each other like one recording. */
const MAX_NUMBERED_GAP_NS = 60n * NS_PER_SECOND;
/** Frames of different queues are written a little out of order, also around a rotation; never by much of a file. */
const MAX_OVERLAP_NS = NS_PER_SECOND / 10n;
const MAX_OVERLAP_SHARE = 10n;

/**
 * Turns what the user named into streams: files, folders (with all below them), `-`; see listInputFiles.
 *
 * Files of one folder whose names differ as a rotating tool's do become one stream, if their content agrees: same
 * format, same link type, none beginning before its forerunner ended, and at most a day between them.
 * - `tcpdump -C`: `dump.pcap`, `dump.pcap1`, …, zero-padded with -W; `tcpdump -G`: names with a date or epoch seconds
 * - dumpcap's ring buffer and editcap: `name_00001_20240101120000.pcapng`
 * - logrotate: `dump.pcap`, `dump.pcap.1`, …
 *
 * Each also with a compression suffix. The order is that of the first frames, not of the numbers: rings wrap, and
 * logrotate counts backwards. Names with any other number (`foo-01.pcap`, `foo-02.pcap`) are somebody's numbering as
 * often as a series; they are joined only if the next begins within a minute of the last frame before. Two captures
 * taken at the same time overlap and so are never joined. For files above 64 MiB the last frame's time is not
 * looked up: a rotating tool's names are then believed if they begin within a day of each other, numbers never.
 * A file that fails any check starts a stream of its own, and so does one without frames.
 */
export async function expandInputs(paths: readonly string[]): Promise<CaptureStream[]> {
  const files = await listInputFiles(paths);
  const streams: CaptureStream[] = [];
  for (const group of groupByName(files)) streams.push(...(await splitByContent(group)));
  const position = new Map(files.map((file, index) => [file, index]));
  const firstPosition = (stream: CaptureStream): number =>
    stream.paths.reduce((first, path) => Math.min(first, position.get(path)!), Number.POSITIVE_INFINITY);
  return streams.sort((a, b) => firstPosition(a) - firstPosition(b));
}

/** Files that are one series by their names. */
interface Group {
  readonly paths: string[];
  readonly isRotation: boolean;
}

function groupByName(files: readonly string[]): Iterable<Group> {
  const names = new Map(files.map((file) => [file, seriesName(file)]));
  const rotations = new Set<string>();
  for (const name of names.values()) if (name?.isRotation) rotations.add(name.key);
  const groups = new Map<string, Group>();
  for (const [file, name] of names) {
    const baseKey = inFolder(file, baseSeriesKey(basename(file)));
    const isRotation = rotations.has(baseKey) || (name?.isRotation ?? false);
    const key = rotations.has(baseKey) ? baseKey : (name?.key ?? file);
    const group = groups.get(key) ?? { paths: [], isRotation };
    group.paths.push(file);
    groups.set(key, group);
  }
  return groups.values();
}

function seriesName(file: string): SeriesName | null {
  const name = file === STANDARD_INPUT ? null : readSeriesName(basename(file));
  return name === null ? null : { ...name, key: inFolder(file, name.key) };
}

function inFolder(file: string, key: string): string {
  return `series ${dirname(file)}/${key}`;
}

/** The streams that a group's files are by their content. */
async function splitByContent(group: Group): Promise<CaptureStream[]> {
  if (group.paths.length === 1) return [group];
  const streams: CaptureStream[] = [];
  const members: Member[] = [];
  for (const path of group.paths) {
    const span = await spanOf(path);
    if (span === null) streams.push({ paths: [path] });
    else members.push({ path, span });
  }
  members.sort((a, b) => (a.span.firstNs < b.span.firstNs ? -1 : a.span.firstNs > b.span.firstNs ? 1 : 0));
  let series: string[] = [];
  for (const [index, member] of members.entries()) {
    const previous = members[index - 1];
    if (previous === undefined || !continues(previous.span, member.span, group.isRotation)) {
      series = [];
      streams.push({ paths: series });
    }
    series.push(member.path);
  }
  return streams;
}

/** Null when there are no frames to go by; why a file cannot be read is said when it is opened to be analysed. */
async function spanOf(path: string): Promise<TimeSpan | null> {
  try {
    return await readTimeSpan(path);
  } catch (error) {
    if (error instanceof AnalyzeError) return null;
    throw error;
  }
}

function continues(previous: TimeSpan, next: TimeSpan, isRotation: boolean): boolean {
  if (previous.format !== next.format || previous.linkType !== next.linkType) return false;
  if (previous.lastNs === null) return isRotation && next.firstNs - previous.firstNs <= MAX_ROTATION_GAP_NS;
  const gapNs = next.firstNs - previous.lastNs;
  if (!isRotation) return gapNs > 0n && gapNs <= MAX_NUMBERED_GAP_NS;
  const tenthNs = (previous.lastNs - previous.firstNs) / MAX_OVERLAP_SHARE;
  const overlapNs = tenthNs < MAX_OVERLAP_NS ? tenthNs : MAX_OVERLAP_NS;
  return gapNs >= -overlapNs && gapNs <= MAX_ROTATION_GAP_NS;
}
