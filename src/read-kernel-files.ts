import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import { AnalyzeError } from "./errors.js";
import { parseCounters } from "./kernel/counters.js";
import type { KernelFiles, Named } from "./kernel/kernel-files.js";
import { parseRoutes } from "./kernel/routes.js";
import { timeInName } from "./kernel/sample-time.js";
import type { SampledFile } from "./kernel/sampled-file.js";
import { parseSockets } from "./kernel/sockets.js";

/** Larger files are refused: their text would not fit beside everything else. An hour of nstat, each second, is 55 MB. */
const LARGEST_FILE_BYTES = 256 * 1024 * 1024;
/** Clocks that differ by more are not set at all. */
const LARGEST_OFFSET_SECONDS = 1_000_000_000;

/** What stands beside the captures. */
export interface KernelInputs {
  /** Files of `nstat`, /proc/net/netstat, snmp, snmp6. */
  readonly counters?: readonly string[];
  /** Files of `ss`, /proc/net/tcp, tcp6. */
  readonly sockets?: readonly string[];
  /** Files of `ip monitor route`. */
  readonly routes?: readonly string[];
  /** How far the clock of these files is ahead of the captures', seconds; default 0. */
  readonly clockOffsetSeconds?: number;
}

/**
 * Reads the files that hold what a kernel said; null when none is named.
 * @throws AnalyzeError KERNEL_FILE_UNREADABLE, KERNEL_FILE_UNRECOGNIZED, or USAGE for an impossible offset
 */
export async function readKernelFiles(inputs: KernelInputs): Promise<KernelFiles | null> {
  const { counters = [], sockets = [], routes = [], clockOffsetSeconds = 0 } = inputs;
  if (!(Math.abs(clockOffsetSeconds) <= LARGEST_OFFSET_SECONDS))
    throw new AnalyzeError("USAGE", `A clock offset is a number of seconds, not ${clockOffsetSeconds}.`);
  if (counters.length + sockets.length + routes.length === 0) return null;
  const emptyRoutes = { formats: ["ip monitor"], samples: [], unknownLines: 0 };
  return {
    counters: await readAll(counters, parseCounters, "counters as nstat or /proc/net/netstat print them"),
    sockets: await readAll(sockets, parseSockets, "TCP sockets as `ss -n` or /proc/net/tcp print them"),
    routes: await readAll(
      routes,
      // A log in which nothing happened is empty.
      (text) => (text.trim() === "" ? emptyRoutes : parseRoutes(text)),
      "route changes as `ip monitor` prints them",
    ),
    clockOffsetNs: BigInt(Math.round(clockOffsetSeconds * 1e9)),
  };
}

async function readAll<File extends SampledFile<unknown>>(
  paths: readonly string[],
  parse: (text: string) => File | null,
  contents: string,
): Promise<Named<File>[]> {
  const files: Named<File>[] = [];
  for (const path of paths) {
    const file = parse(await readText(path));
    if (file === null) throw new AnalyzeError("KERNEL_FILE_UNRECOGNIZED", `${path} holds no ${contents}.`);
    files.push({ path, file: withTimeInName(file, path) });
  }
  return files;
}

/** A file that is one sample and does not say when may have its time in its name. */
function withTimeInName<File extends SampledFile<unknown>>(file: File, path: string): File {
  const [sample] = file.samples;
  const at = timeInName(basename(path));
  if (sample === undefined || file.samples.length > 1 || sample.at !== null || at === null) return file;
  return { ...file, samples: [{ ...sample, at }] };
}

async function readText(path: string): Promise<string> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, "r");
    // Pipes and devices do not tell how long they are, so the length is bounded while reading.
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of handle.createReadStream({ autoClose: false })) {
      if (!Buffer.isBuffer(chunk)) continue;
      chunks.push(chunk);
      length += chunk.length;
      if (length > LARGEST_FILE_BYTES) {
        const most = `${LARGEST_FILE_BYTES / 1024 / 1024} MiB`;
        throw new AnalyzeError("KERNEL_FILE_UNREADABLE", `${path} is larger than ${most}: split it.`);
      }
    }
    return Buffer.concat(chunks).toString("utf8");
  } catch (error) {
    if (error instanceof AnalyzeError) throw error;
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    const reason = code === "ENOENT" ? "does not exist" : `cannot be read (${code})`;
    throw new AnalyzeError("KERNEL_FILE_UNREADABLE", `${path} ${reason}.`, { cause: error });
  } finally {
    await handle?.close();
  }
}
