import type { OctetRange } from "../byte-window.js";
import { FrameBatch } from "../frame-batch.js";
import { PcapParser } from "../pcap-file.js";
import type { FeedInterface, FeedRound, FeedRun } from "./live-feed.js";

/** The highest number that columns and records have room for. */
const HIGHEST_FRAME = 2 ** 32 - 1;

/** One interface's part of a round: its records, parsed as far as its batch goes. */
class Lane {
  readonly parser: PcapParser;
  readonly batch: FrameBatch;
  range: OctetRange | null = null;
  /** The first row of the batch that is not merged yet. */
  row = 0;

  constructor(header: Uint8Array, originNs: bigint, batchFrames: number) {
    this.parser = new PcapParser(rangeOf(header, 0, header.length), originNs);
    this.batch = new FrameBatch(batchFrames);
  }

  /** Whether `row` is a frame; parses on when the batch is used up. */
  hasFrame(): boolean {
    if (this.row < this.batch.length) return true;
    this.row = 0;
    this.batch.length = 0;
    if (this.range !== null && this.parser.damage === null) this.parser.parse(this.range, this.batch);
    return this.batch.length > 0;
  }
}

/** Puts the frames of several interfaces into one order of time, round by round, without moving their octets. */
export class MergedRuns {
  readonly #lanes: readonly Lane[];
  #active: readonly { readonly lane: Lane; readonly interfaceIndex: number }[] = [];
  #bytes: Uint8Array = new Uint8Array(0);
  /** Frames so far. Their numbers begin again at 1 behind 2^32 - 1. */
  frames = 0;

  constructor(interfaces: readonly FeedInterface[], originNs: bigint, batchFrames: number) {
    this.#lanes = interfaces.map(({ header }) => new Lane(header, originNs, batchFrames));
  }

  /** Link types in the order of the interfaces. */
  get linkTypes(): readonly number[] {
    return this.#lanes.map(({ parser }) => parser.interfaces[0]!.linkType);
  }

  /** Why records could not be read; null while all is well. */
  get damage(): string | null {
    return this.#lanes.find(({ parser }) => parser.damage !== null)?.parser.damage ?? null;
  }

  begin({ bytes, runs }: FeedRound): void {
    this.#bytes = bytes;
    this.#active = runs.map((run) => ({ lane: this.#enter(run, bytes), interfaceIndex: run.interfaceIndex }));
  }

  /** Fills the batch from the round's frames; false when none are left. */
  fill(batch: FrameBatch): boolean {
    batch.bytes = this.#bytes;
    batch.length = 0;
    const [first, ...others] = this.#active;
    if (first === undefined) return false;
    if (others.length === 0) this.#fillFromOne(batch, first.lane, first.interfaceIndex);
    else while (batch.length < batch.capacity && this.#takeEarliest(batch)) this.frames++;
    return batch.length > 0;
  }

  #enter({ interfaceIndex, start, end }: FeedRun, bytes: Uint8Array): Lane {
    const lane = this.#lanes[interfaceIndex]!;
    lane.range = rangeOf(bytes, start, end);
    lane.row = 0;
    lane.batch.length = 0;
    return lane;
  }

  #fillFromOne(batch: FrameBatch, lane: Lane, interfaceIndex: number): void {
    if (lane.range === null || lane.parser.damage !== null) return;
    lane.parser.parse(lane.range, batch);
    batch.interfaceIndex.fill(interfaceIndex, 0, batch.length);
    for (let row = 0; row < batch.length; row++) batch.frame[row] = numberOf(++this.frames);
  }

  #takeEarliest(batch: FrameBatch): boolean {
    let earliest: Lane | null = null;
    let earliestNs = Number.POSITIVE_INFINITY;
    let interfaceIndex = 0;
    for (const each of this.#active) {
      const { lane } = each;
      if (!lane.hasFrame() || lane.batch.timeNs[lane.row]! >= earliestNs) continue;
      earliest = lane;
      earliestNs = lane.batch.timeNs[lane.row]!;
      interfaceIndex = each.interfaceIndex;
    }
    if (earliest === null) return false;
    const from = earliest.row++;
    const to = batch.length++;
    batch.frame[to] = numberOf(this.frames + 1);
    batch.at[to] = earliest.batch.at[from]!;
    batch.capturedLength[to] = earliest.batch.capturedLength[from]!;
    batch.wireLength[to] = earliest.batch.wireLength[from]!;
    batch.timeNs[to] = earliestNs;
    batch.interfaceIndex[to] = interfaceIndex;
    return true;
  }
}

/** Numbers begin again at 1: in a flow's record 0 stands for no frame. */
function numberOf(count: number): number {
  return count <= HIGHEST_FRAME ? count : ((count - 1) % HIGHEST_FRAME) + 1;
}

function rangeOf(bytes: Uint8Array, start: number, end: number): OctetRange {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), start, end };
}
