import { type ChildProcessByStdio, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { AnalyzeError } from "../errors.js";
import type { FrameAnswer } from "./frame-answer.js";
import { TSHARK_FIELDS, TsharkTable } from "./tshark-table.js";

const TSHARK = "tshark";
/** TCP segments, but not those that ICMP errors quote. */
const FILTER = "tcp && !icmp && !icmpv6";
/** tshark's defaults. A preference of the user's or of the system could change labels, lengths or streams. */
const PREFERENCES = [
  "tcp.analyze_sequence_numbers:TRUE",
  "tcp.relative_sequence_numbers:TRUE",
  "tcp.track_bytes_in_flight:TRUE",
  "tcp.bif_seq_based:FALSE",
  "tcp.fastrt_supersedes_ooo:TRUE",
  "tcp.default_window_scaling:Not known",
  "tcp.check_checksum:FALSE",
  "tcp.desegment_tcp_streams:TRUE",
  "tcp.reassemble_out_of_order:FALSE",
  "ip.defragment:TRUE",
  "ip.tso_support:TRUE",
  "ip.check_checksum:FALSE",
  "ipv6.defragment:TRUE",
];
/** Profiles, disabled protocols and "decode as" of the user's are looked for here and not found. */
const NO_CONFIGURATION = "/nonexistent";
/** How much of what tshark complains about is kept, from its end. */
const MAX_COMPLAINT = 2000;

type TsharkChild = ChildProcessByStdio<null, Readable, Readable>;

/** The version of the installed tshark, such as `4.0.17`. Throws AnalyzeError TSHARK_MISSING or TSHARK_FAILED. */
export async function tsharkVersion(): Promise<string> {
  const { stdout } = await promisify(execFile)(TSHARK, ["--version"]).catch((error: unknown) => {
    throw describeStart(error);
  });
  const version = /\d+\.\d+\.\d+/.exec(stdout)?.[0];
  if (version === undefined) throw new AnalyzeError("TSHARK_FAILED", "tshark does not tell its version.");
  return version;
}

/**
 * What the installed tshark says of every TCP frame of a capture, in the order of the frames. Throws AnalyzeError
 * TSHARK_MISSING or TSHARK_FAILED; a damaged file ends where tshark can read no further.
 */
export async function* tsharkAnswers(path: string): AsyncGenerator<FrameAnswer, void, undefined> {
  const child = start(path);
  const exit = once(child, "close").catch((error: unknown) => [describeStart(error)]);
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complaint = (complaint + chunk.toString("utf8")).slice(-MAX_COMPLAINT);
  });
  let table: TsharkTable | null = null;
  let rows = 0;
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      if (table === null) {
        table = new TsharkTable(line);
        continue;
      }
      rows++;
      yield table.row(line);
    }
    const [outcome] = await exit;
    if (outcome instanceof AnalyzeError) throw outcome;
    // It also complains of a file that is cut short, behind the rows of what it could read.
    if (outcome !== 0 && rows === 0) {
      throw new AnalyzeError("TSHARK_FAILED", `tshark cannot read ${path}: ${lastLine(complaint)}`);
    }
  } finally {
    child.kill();
  }
}

function start(path: string): TsharkChild {
  const args = ["-n", "-r", resolve(path), "-Y", FILTER, "-T", "fields", "-E", "header=y"];
  args.push("-E", "separator=/t", "-E", "occurrence=l");
  for (const preference of PREFERENCES) args.push("-o", preference);
  for (const field of TSHARK_FIELDS) args.push("-e", field);
  return spawn(TSHARK, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, WIRESHARK_CONFIG_DIR: NO_CONFIGURATION },
  });
}

function describeStart(error: unknown): AnalyzeError {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") {
    const advice = "install the package tshark (on macOS wireshark)";
    return new AnalyzeError("TSHARK_MISSING", `There is no tshark to compare with: ${advice}.`, {
      cause: error,
    });
  }
  return new AnalyzeError("TSHARK_FAILED", `tshark cannot be run: ${error}`, { cause: error });
}

function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1) || "it does not say why";
}
