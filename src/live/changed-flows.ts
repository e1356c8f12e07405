import type { SegmentBatch } from "../decode/segment-batch.js";
import type { Flow } from "../flows/flow.js";

const FIRST_IDS = 4096;
/** Ids that are remembered as noted: each at the place that its last bits give. A power of two. */
const RECENT_IDS = 1 << 14;

/** Which flows had segments since they were last taken. */
export class ChangedFlows {
  /** Nearly each once: an id may come again when another took its place among the recent ones. */
  #ids = new Uint32Array(FIRST_IDS);
  #length = 0;
  readonly #recent = new Uint32Array(RECENT_IDS);
  #lastFrame = 0;
  #takenFrame = 0;

  /** Takes the flows of a batch that FlowTable has filled. */
  note({ flow, frame, length }: SegmentBatch): void {
    const recent = this.#recent;
    for (let row = 0; row < length; row++) {
      const id = flow[row]!;
      const at = id & (RECENT_IDS - 1);
      if (recent[at] === id) continue;
      recent[at] = id;
      this.#add(id);
    }
    if (length > 0) this.#lastFrame = frame[length - 1]!;
  }

  /** Whether `flow` had segments since flows were last taken. Of one that was silent for 2^31 frames it may be said wrongly. */
  has(flow: Flow): boolean {
    // Numbers of frames begin again behind 2^32-1.
    return ((flow.lastFrame - this.#takenFrame) | 0) > 0;
  }

  /** Their ids, each once, in order of appearance; from here on none has changed. Some may have been forgotten since. */
  take(): number[] {
    const sorted = this.#ids.subarray(0, this.#length).sort();
    const ids: number[] = [];
    for (const id of sorted) if (id !== ids.at(-1)) ids.push(id);
    this.#length = 0;
    this.#recent.fill(0);
    this.#takenFrame = this.#lastFrame;
    return ids;
  }

  #add(id: number): void {
    if (this.#length === this.#ids.length) {
      const grown = new Uint32Array(this.#ids.length * 2);
      grown.set(this.#ids);
      this.#ids = grown;
    }
    this.#ids[this.#length++] = id;
  }
}
