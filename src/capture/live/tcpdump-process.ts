import { type ChildProcess, spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { PassThrough, type Readable } from "node:stream";
import { openKernelPipe } from "./kernel-pipe.js";
import type { LiveFailure } from "./live-failure.js";
import type { ResolvedLiveOptions } from "./live-options.js";
import type { LiveDrops } from "./live-source.js";
import { failureOfWords, isListening, parseTcpdumpCounts, tcpdumpComplaint } from "./tcpdump-words.js";

const HEADER_BYTES = 24;
/** Octets that wait here; more of them wait in the pipe, and then in the kernel's buffer. */
const WAITING_BYTES = 4 * 1024 * 1024;
/** Its last words matter, and the counts. */
const WORDS_KEPT = 4096;
const KIBIBYTE = 1024;

/** One tcpdump that captures on one interface and writes records to its standard output. */
export class TcpdumpProcess {
  readonly #child: ChildProcess;
  readonly #records: Readable;
  readonly #output = new PassThrough({ readableHighWaterMark: WAITING_BYTES });
  readonly #wake: () => void;
  #words = "";
  #counts: LiveDrops | null = null;
  #isFinalAsked = false;
  #areCountsFinal = false;
  #spawnError = "";
  #isExited = false;
  readonly exited: Promise<void>;

  /** @param wake called whenever there is something new: octets, an end */
  constructor(interfaceName: string, options: ResolvedLiveOptions, wake: () => void) {
    this.#wake = wake;
    const pipe = openKernelPipe();
    const child = spawn("tcpdump", parametersOf(interfaceName, options), {
      stdio: ["ignore", pipe?.writeDescriptor ?? "pipe", "pipe"],
      env: { ...process.env, LC_ALL: "C" },
      // An interrupt at the terminal is for us alone, or what is buffered would be lost.
      detached: true,
    });
    if (pipe !== null) closeSync(pipe.writeDescriptor);
    this.#child = child;
    this.#records = pipe?.reader ?? child.stdout!;
    child.stderr!.setEncoding("utf8");
    child.stderr!.on("data", (text: string) => this.#hear(text));
    this.#records.pipe(this.#output);
    this.#output.on("readable", wake);
    this.#output.on("finish", wake);
    this.exited = new Promise((resolve) => {
      const exit = (): void => {
        this.#isExited = true;
        wake();
        resolve();
      };
      child.on("close", exit);
      child.on("error", (error: NodeJS.ErrnoException) => {
        this.#spawnError = error.code === "ENOENT" ? "tcpdump is not installed" : `tcpdump: ${error.message}`;
        exit();
      });
    });
  }

  /** All has been read, and the process is gone. */
  get isEnded(): boolean {
    const isOutputEnded = this.#output.writableFinished || this.#spawnError !== "";
    return this.#isExited && isOutputEnded && this.waitingBytes === 0;
  }

  /** Octets that can be taken at once. */
  get waitingBytes(): number {
    return this.#output.readableLength;
  }

  /** As told last; null when nothing was told. */
  get counts(): LiveDrops | null {
    return this.#counts;
  }

  get complaint(): string {
    return tcpdumpComplaint(this.#words) || "tcpdump ended unasked";
  }

  /** The pcap file header when it has come and capturing goes on; call again after `wake`. */
  header(): Uint8Array | null {
    if (!isListening(this.#words) || this.waitingBytes < HEADER_BYTES) return null;
    return this.take(HEADER_BYTES);
  }

  failure(interfaceName: string, filter: string): LiveFailure {
    if (this.#spawnError !== "") return { kind: "noBackend", interfaceName, words: this.#spawnError };
    return failureOfWords(tcpdumpComplaint(this.#words), interfaceName, filter);
  }

  /** At most `most` octets that are waiting; null when there are none. */
  take(most: number): Uint8Array | null {
    const count = Math.min(most, this.waitingBytes);
    const chunk: unknown = count === 0 ? this.#output.read(0) : this.#output.read(count);
    return chunk instanceof Uint8Array ? chunk : null;
  }

  /** Asks for the counts; those told first after `isFinal` are the last. */
  askCounts(isFinal: boolean): void {
    if (isListening(this.#words)) this.#child.kill("SIGUSR1");
    if (isFinal) this.#isFinalAsked = true;
  }

  interrupt(): void {
    this.#child.kill("SIGINT");
  }

  async close(): Promise<void> {
    this.#child.kill("SIGKILL");
    this.#output.destroy();
    this.#records.destroy();
    await this.exited;
  }

  #hear(text: string): void {
    this.#words = (this.#words + text).slice(-WORDS_KEPT);
    const counts = parseTcpdumpCounts(this.#words);
    if (counts !== null && !this.#areCountsFinal) this.#counts = counts;
    if (counts !== null && this.#isFinalAsked) this.#areCountsFinal = true;
    this.#wake();
  }
}

function parametersOf(
  interfaceName: string,
  { filter, snaplenBytes, bufferBytes, isPromiscuous, user }: ResolvedLiveOptions,
): string[] {
  return [
    ...["-i", interfaceName],
    // Whole records at once; no names; all of them to standard output.
    ...["-U", "-n", "-w", "-"],
    "--time-stamp-precision=nano",
    ...["-B", String(Math.ceil(bufferBytes / KIBIBYTE))],
    ...["-s", String(snaplenBytes)],
    ...(isPromiscuous ? [] : ["-p"]),
    // Whose it is may also tell it to end.
    ...(user === null ? [] : ["-Z", user]),
    "--",
    ...(filter === "" ? [] : [filter]),
  ];
}
