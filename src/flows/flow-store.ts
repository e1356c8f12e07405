import { ChunkMarks } from "./chunk-marks.js";
import { FlowSlots } from "./flow-slots.js";
import type { RecordLayout } from "./record.js";
import { SpilledChunks } from "./spilled-chunks.js";

/** Flows per chunk. A chunk is what moves to disk and back; flows that begin together mostly end together. */
const CHUNK_FLOWS_LOG2 = 10;
const CHUNK_FLOWS = 1 << CHUNK_FLOWS_LOG2;
/**
 * Memory for chunks before the least recently used go to disk: room for as many flows as there are ephemeral ports
 * (ip_local_port_range), since a new connection asks for the one before it on the same ports.
 */
const RESIDENT_BYTES = 40 * 1024 * 1024;
/** The same where all flows are gone through again and again, as in a live capture: room for its 100 000. */
export const LIVE_RESIDENT_BYTES = 160 * 1024 * 1024;
/** So many chunks read back since the limit last grew mean that the flows in use do not fit: it grows. */
const RELOADS_BEFORE_GROWTH = 64;

/**
 * Chunks are used again rather than copied, and made by one constructor: V8 compiles whatever reads a segment's record
 * again whenever it meets objects of another shape here.
 */
class Chunk {
  /** Place among the chunks of the store. */
  index = -1;
  /** Value of the store's clock when the chunk was last used. */
  used = 0;
  readonly f64: Float64Array;
  readonly u32: Uint32Array;

  /** `length`: octets, a multiple of 8. */
  constructor(length: number) {
    this.f64 = new Float64Array(length / 8);
    this.u32 = new Uint32Array(this.f64.buffer);
  }
}

/**
 * A record for each flow, in memory while it is in use. Memory grows with connections that are active at the
 * same time, not with all that a capture holds: chunks whose flows have long been silent are written to an unlinked
 * temporary file and read back should one of them speak again. The room of a released flow serves a new one.
 */
export class FlowStore<Cursor> {
  readonly #slots: FlowSlots;
  readonly #strideFloat64s: number;
  readonly #move: RecordLayout<Cursor>["move"];
  readonly #mark: NonNullable<RecordLayout<Cursor>["mark"]>;
  readonly #marks = new ChunkMarks(CHUNK_FLOWS);
  readonly #chunks: (Chunk | null)[] = [];
  #resident = 0;
  #residentLimit: number;
  #clock = 0;
  #reloads = 0;
  #last: Chunk | null = null;
  #isEnding = false;
  readonly #spilled: SpilledChunks;
  /** The copy of a record that `glance` gives. */
  readonly #copy64: Float64Array;
  readonly #copy32: Uint32Array;

  /** `residentBytes`: memory for chunks, as RESIDENT_BYTES. */
  constructor(firstId: number, layout: RecordLayout<Cursor>, residentBytes = RESIDENT_BYTES) {
    this.#slots = new FlowSlots(firstId);
    this.#strideFloat64s = layout.float64s;
    this.#move = layout.move;
    this.#mark = layout.mark ?? (() => {});
    this.#spilled = new SpilledChunks(CHUNK_FLOWS, layout.float64s);
    this.#copy64 = new Float64Array(layout.float64s);
    this.#copy32 = new Uint32Array(this.#copy64.buffer);
    this.#residentLimit = Math.max(2, Math.floor(residentBytes / (CHUNK_FLOWS * this.#strideFloat64s * 8)));
  }

  get firstId(): number {
    return this.#slots.firstId;
  }

  /** Flows created so far; ids run from `firstId` to `firstId + count - 1`. */
  get count(): number {
    return this.#slots.count;
  }

  /** Flows that were created and not released. */
  get kept(): number {
    return this.#slots.kept;
  }

  /** Creates a flow whose fields are all 0, moves `flow` there and returns its id. */
  create(flow: Cursor): number {
    const id = this.firstId + this.count;
    const slot = this.#slots.take();
    const index = slot >>> CHUNK_FLOWS_LOG2;
    if (index === this.#chunks.length) {
      const made = this.#makeRoom(index);
      if (made.used > 0) made.f64.fill(0);
      this.#chunks.push(made);
      this.#resident++;
    }
    const chunk = this.#use(index);
    const at = (slot & (CHUNK_FLOWS - 1)) * this.#strideFloat64s;
    if (this.#slots.isRecycled) chunk.f64.fill(0, at, at + this.#strideFloat64s);
    this.#move(flow, id, chunk.f64, chunk.u32, at);
    return id;
  }

  /** Moves `flow` to the record of flow `id`, which must be kept. */
  seek(flow: Cursor, id: number): void {
    const slot = this.#slots.of(id);
    const chunk = this.#use(slot >>> CHUNK_FLOWS_LOG2);
    this.#move(flow, id, chunk.f64, chunk.u32, (slot & (CHUNK_FLOWS - 1)) * this.#strideFloat64s);
  }

  /**
   * Moves `flow`, as a cursor without an id, to the record of flow `id`, which must be kept, to look at it only: to a copy where
   * its chunk is on disk, which stays there.
   */
  glance(flow: Cursor, id: number): void {
    const slot = this.#slots.of(id);
    const index = slot >>> CHUNK_FLOWS_LOG2;
    const record = slot & (CHUNK_FLOWS - 1);
    const at = record * this.#strideFloat64s;
    const chunk = this.#chunks[index];
    if (chunk) {
      this.#move(flow, 0, chunk.f64, chunk.u32, at);
    } else {
      this.#spilled.readRecord(index, record, this.#copy32);
      if (this.#marks.has(index, record)) this.#mark(this.#copy32, 0);
      this.#move(flow, 0, this.#copy64, this.#copy32, 0);
    }
  }

  /** Marks the record of flow `id`, which must be kept, as its layout says; one on disk once its chunk is read. */
  mark(id: number): void {
    const slot = this.#slots.of(id);
    const index = slot >>> CHUNK_FLOWS_LOG2;
    const record = slot & (CHUNK_FLOWS - 1);
    const chunk = this.#chunks[index];
    if (chunk) this.#mark(chunk.u32, record * this.#strideFloat64s);
    else this.#marks.add(index, record);
  }

  /** Whether flow `id` was created and not released. */
  has(id: number): boolean {
    return this.#slots.has(id);
  }

  /** The first flow behind `id` that was not released; null when there is none. */
  nextId(id: number): number | null {
    return this.#slots.nextId(id);
  }

  /** Lets flow `id` go, which must be kept: it must not be asked for again. */
  release(id: number): void {
    this.#slots.release(id);
  }

  /** Chunks in memory now. */
  get residentChunks(): number {
    return this.#resident;
  }

  /** Octets that the temporary files have room for. */
  get spilledBytes(): number {
    return this.#spilled.roomBytes;
  }

  /** From here on flows are visited once more, in the order of their ids: what lies behind is not needed again. */
  beginEnding(): void {
    // Where slots were used again, a chunk that lies behind may have later flows, too.
    this.#isEnding = !this.#slots.isRecycled;
  }

  close(): void {
    this.#spilled.close();
    this.#chunks.length = 0;
    this.#last = null;
  }

  /** The chunk of that index, in memory. */
  #use(index: number): Chunk {
    let chunk = this.#last;
    if (chunk === null || chunk.index !== index) {
      chunk = this.#chunks[index] ?? this.#load(index);
      chunk.used = ++this.#clock;
      this.#last = chunk;
    }
    return chunk;
  }

  /** A chunk to be filled: a new one, which is zeroed, or the one least recently used, after it went to disk. */
  #makeRoom(index: number): Chunk {
    const chunk =
      this.#resident < this.#residentLimit
        ? new Chunk(CHUNK_FLOWS * this.#strideFloat64s * 8)
        : this.#giveUp(index);
    chunk.index = index;
    return chunk;
  }

  /** Takes a chunk out of memory, as chunk `index` needs room. */
  #giveUp(index: number): Chunk {
    const passed = this.#isEnding
      ? this.#chunks.find((chunk) => chunk !== null && chunk.index < index)
      : null;
    const victim = passed ?? this.#leastRecentlyUsed();
    if (victim !== passed) this.#spilled.write(victim.index, victim.u32);
    this.#chunks[victim.index] = null;
    this.#resident--;
    return victim;
  }

  #leastRecentlyUsed(): Chunk {
    let oldest: Chunk | null = null;
    for (const chunk of this.#chunks) {
      if (chunk !== null && chunk !== this.#last && (oldest === null || chunk.used < oldest.used))
        oldest = chunk;
    }
    // The limit is at least two chunks, so there is one beside the one in use.
    return oldest!;
  }

  #load(index: number): Chunk {
    if (!this.#isEnding && ++this.#reloads > RELOADS_BEFORE_GROWTH) {
      this.#reloads = 0;
      this.#residentLimit = Math.ceil(this.#residentLimit * 1.5);
    }
    const chunk = this.#makeRoom(index);
    this.#spilled.read(index, chunk.u32);
    this.#marks.take(index, (record) => this.#mark(chunk.u32, record * this.#strideFloat64s));
    // At the end a chunk that is passed is not written again.
    if (!this.#isEnding) this.#spilled.leave(index);
    this.#chunks[index] = chunk;
    this.#resident++;
    return chunk;
  }
}
