import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { LibpcapHandle } from "./libpcap-handle.js";
import { LibpcapLane } from "./libpcap-lane.js";
import { type Libpcap, loadLibpcap } from "./libpcap-library.js";
import {
  CLOSE,
  DROPPED_BY_INTERFACE,
  DROPPED_BY_KERNEL,
  FIRST_SLOT,
  type FromLibpcapWorker,
  type LibpcapWorkerData,
  RECEIVED,
  RELEASES,
  RUN,
  SLOT_BYTES,
  WANTED,
} from "./libpcap-messages.js";
import type { LiveFailure } from "./live-failure.js";
import type { FeedInterface, FeedRun } from "./live-feed.js";
import type { ResolvedLiveOptions } from "./live-options.js";
import { PollSet } from "./poll-set.js";
import { RecordMemory } from "./record-memory.js";

/** The kernel is asked for its counts no more often. Milliseconds. */
const COUNT_EVERY_MS = 100;

/**
 * The capturing thread: a loop that waits for frames in poll, lets libpcap write them as records, and hands them over in
 * shared memory. It never yields to events: what the main thread wants stands in shared memory, too. While no slot is
 * free it takes nothing, so the kernel's buffer fills and the kernel counts what it drops.
 */
class LibpcapThread {
  readonly #port: MessagePort;
  readonly #data: LibpcapWorkerData;
  readonly #lanes: readonly LibpcapLane[];
  readonly #memory: RecordMemory;
  readonly #poll: PollSet;
  #countedAtMs = 0;
  #firstTurn = 0;

  constructor(port: MessagePort, data: LibpcapWorkerData, pcap: Libpcap, handles: readonly LibpcapHandle[]) {
    this.#port = port;
    this.#data = data;
    this.#memory = new RecordMemory(pcap, SLOT_BYTES);
    this.#poll = new PollSet(pcap, handles.length);
    const note = (text: string): void => this.#send({ kind: "note", text });
    this.#lanes = handles.map((handle, index) => new LibpcapLane(pcap, data.options, index, handle, note));
    this.#send({ kind: "opened", interfaces: handles.map((handle, index) => this.#describe(handle, index)) });
  }

  run(): void {
    const { control, options } = this.#data;
    // A block of the kernel's buffer is given out when it is full or the interval is over.
    const settleMs = 2 * options.flushIntervalMs + 20;
    let stoppedAtMs: number | null = null;
    while (control[WANTED] !== CLOSE && this.#lanes.some(({ end }) => end === null)) {
      if (stoppedAtMs === null && Atomics.load(control, WANTED) !== RUN) {
        for (const { handle } of this.#lanes) handle?.refuseFrames();
        stoppedAtMs = performance.now();
      }
      this.#count();
      const slot = this.#freeSlot();
      if (slot < 0) continue;
      const hasFrames = this.#round(slot);
      if (stoppedAtMs !== null && !hasFrames && performance.now() - stoppedAtMs > settleMs) break;
      if (stoppedAtMs === null) for (const lane of this.#lanes) lane.retry();
    }
    this.#finish();
  }

  #finish(): void {
    this.#count(true);
    for (const { handle } of this.#lanes) handle?.close();
    this.#memory.close();
    this.#poll.free();
    const ends = this.#lanes.flatMap(({ end }) => end ?? []);
    this.#send({ kind: "end", damage: ends.length === 0 ? null : ends.join("; ") });
  }

  /** Waits for frames and hands them over in the slot; false when there were none. */
  #round(slot: number): boolean {
    const { options, slots, control } = this.#data;
    const lanes = this.#lanes;
    this.#poll.wait(
      lanes.map(({ handle }) => handle?.descriptor ?? -1),
      options.flushIntervalMs,
    );
    this.#memory.rewind();
    const runs: FeedRun[] = [];
    let start = 0;
    for (let turn = 0; turn < lanes.length; turn++) {
      // Each gets its share of what is left, and the first turn in turns, so that none starves.
      const lane = lanes[(this.#firstTurn + turn) % lanes.length]!;
      lane.drain(this.#memory, start + Math.floor((SLOT_BYTES - start) / (lanes.length - turn)));
      const end = this.#memory.lengthBytes;
      if (end > start) runs.push({ interfaceIndex: lane.index, start, end });
      if (this.#poll.hasError(lane.index)) lane.noteError();
      start = end;
    }
    this.#firstTurn = (this.#firstTurn + 1) % lanes.length;
    if (runs.length === 0) return false;
    slots[slot]!.set(this.#memory.written());
    Atomics.store(control, FIRST_SLOT + slot, 1);
    this.#send({ kind: "round", slot, runs });
    return true;
  }

  /** A slot that is free, or -1 after waiting for one. */
  #freeSlot(): number {
    const { control, slots, options } = this.#data;
    const releases = Atomics.load(control, RELEASES);
    const slot = slots.findIndex((_, index) => Atomics.load(control, FIRST_SLOT + index) === 0);
    if (slot < 0) Atomics.wait(control, RELEASES, releases, options.flushIntervalMs);
    return slot;
  }

  #count(isFinal = false): void {
    const nowMs = performance.now();
    if (!isFinal && nowMs - this.#countedAtMs < COUNT_EVERY_MS) return;
    this.#countedAtMs = nowMs;
    for (const lane of this.#lanes) lane.count();
    for (const at of [RECEIVED, DROPPED_BY_KERNEL, DROPPED_BY_INTERFACE]) {
      const total = this.#lanes.reduce((sum, { totals }) => sum + totals[at]!, 0);
      Atomics.store(this.#data.drops, at, BigInt(total));
    }
  }

  #describe(handle: LibpcapHandle, index: number): FeedInterface {
    const name = this.#data.options.interfaces[index]!;
    return { name, header: handle.header(this.#memory), snaplenBytes: handle.snaplenBytes };
  }

  #send(message: FromLibpcapWorker): void {
    this.#port.postMessage(message);
  }
}

function openAll(pcap: Libpcap, options: ResolvedLiveOptions): LibpcapHandle[] | LiveFailure {
  const handles: LibpcapHandle[] = [];
  for (const name of options.interfaces) {
    const opened = LibpcapHandle.open(pcap, name, options);
    if (opened instanceof LibpcapHandle) {
      handles.push(opened);
      continue;
    }
    for (const handle of handles) handle.close();
    return opened;
  }
  return handles;
}

function start(port: MessagePort, data: LibpcapWorkerData): void {
  const pcap = loadLibpcap();
  const opened: LibpcapHandle[] | LiveFailure =
    pcap === null
      ? { kind: "noBackend", interfaceName: "", words: "libpcap is not installed" }
      : openAll(pcap, data.options);
  if (pcap !== null && Array.isArray(opened)) new LibpcapThread(port, data, pcap, opened).run();
  else if (!Array.isArray(opened))
    port.postMessage({ kind: "failed", failure: opened } satisfies FromLibpcapWorker);
}

// What the main thread gave: see LibpcapFeed.
if (parentPort !== null) start(parentPort, workerData as LibpcapWorkerData);
