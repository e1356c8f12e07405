import type { FrameBatch } from "../capture/frame-batch.js";

/** Which frames are asked for: those of some flows, less those that were given before. */
export interface FrameRequest {
  readonly flowIds: readonly number[];
  /** Of these flows only what came after `givenUntil`. */
  readonly givenFlowIds: readonly number[];
  /** FrameRing.added as it was. */
  readonly givenUntil: number;
  /** Octets that may be given; with more the oldest frames are left out. */
  readonly mostBytes: number;
}

/** A frame in the ring; valid until the next `add`. */
export interface KeptFrame {
  readonly interfaceIndex: number;
  /** Nanoseconds since the capture's origin. */
  readonly timeNs: number;
  readonly bytes: Uint8Array;
  readonly wireLength: number;
}

interface Want {
  readonly numbers: number[];
  readonly after: number;
  readonly left: { bytes: number };
}

/** The last frames of flows, as they were captured; when octets or places run out, the oldest leave. */
export class FrameRing {
  /** Frames ever added. */
  added = 0;
  readonly #bytes: Uint8Array;
  readonly #places: number;
  /** Where the octets of a batch lie that a frame came with: they leave together. */
  readonly #batchStart: Uint32Array;
  readonly #batchEnd: Uint32Array;
  readonly #at: Uint32Array;
  readonly #capturedLength: Uint32Array;
  readonly #wireLength: Uint32Array;
  readonly #flow: Uint32Array;
  readonly #interfaceIndex: Uint16Array;
  readonly #timeNs: Float64Array;
  #oldest = 0;
  /** Behind the octets that came last. */
  #end = 0;

  /** `mostBytes` octets, below 4 GiB, and `mostFrames` frames at most; both at least 1. */
  constructor(mostBytes: number, mostFrames: number) {
    this.#bytes = new Uint8Array(mostBytes);
    this.#places = mostFrames;
    this.#batchStart = new Uint32Array(mostFrames);
    this.#batchEnd = new Uint32Array(mostFrames);
    this.#at = new Uint32Array(mostFrames);
    this.#capturedLength = new Uint32Array(mostFrames);
    this.#wireLength = new Uint32Array(mostFrames);
    this.#flow = new Uint32Array(mostFrames);
    this.#interfaceIndex = new Uint16Array(mostFrames);
    this.#timeNs = new Float64Array(mostFrames);
  }

  /** Frames that are in it. */
  get length(): number {
    return this.added - this.#oldest;
  }

  /** Takes the frames whose flow is not 0; `flows` has one for each row. A batch larger than the ring is left out. */
  add(frames: FrameBatch, flows: Uint32Array): void {
    let first = frames.bytes.length;
    let end = 0;
    for (let row = 0; row < frames.length; row++) {
      if (flows[row] === 0) continue;
      const at = frames.at[row]!;
      if (at < first) first = at;
      if (at + frames.capturedLength[row]! > end) end = at + frames.capturedLength[row]!;
    }
    if (end <= first || end - first > this.#bytes.length) return;
    const start = this.#reserve(end - first);
    // All at once: a view for each frame would cost more than the octets between them.
    this.#bytes.set(frames.bytes.subarray(first, end), start);
    this.#end = start + end - first;
    for (let row = 0; row < frames.length; row++) {
      if (flows[row] !== 0) this.#put(frames, row, flows[row]!, start, start - first);
    }
  }

  /** Frames of each request, oldest first, by their numbers for `frame`. */
  find(requests: readonly FrameRequest[]): number[][] {
    const wants = new Map<number, Want[]>();
    const found = requests.map(({ flowIds, givenFlowIds, givenUntil, mostBytes }) => {
      const numbers: number[] = [];
      const left = { bytes: mostBytes };
      const given = new Set(givenFlowIds);
      for (const flowId of new Set(flowIds)) {
        const want = { numbers, left, after: given.has(flowId) ? givenUntil : 0 };
        const others = wants.get(flowId);
        if (others === undefined) wants.set(flowId, [want]);
        else others.push(want);
      }
      return numbers;
    });
    for (let number = this.added - 1; number >= this.#oldest; number--) {
      const place = number % this.#places;
      for (const { numbers, after, left } of wants.get(this.#flow[place]!) ?? []) {
        if (number < after || left.bytes < 0) continue;
        left.bytes -= this.#capturedLength[place]!;
        if (left.bytes >= 0) numbers.push(number);
      }
    }
    return found.map((numbers) => numbers.reverse());
  }

  /** A frame that `find` gave since the last `add`. */
  frame(number: number): KeptFrame {
    const place = number % this.#places;
    const at = this.#at[place]!;
    return {
      interfaceIndex: this.#interfaceIndex[place]!,
      timeNs: this.#timeNs[place]!,
      bytes: this.#bytes.subarray(at, at + this.#capturedLength[place]!),
      wireLength: this.#wireLength[place]!,
    };
  }

  /** Lets frames leave until `lengthBytes` octets in a row are free, and gives their place. */
  #reserve(lengthBytes: number): number {
    let start = this.#end;
    if (start + lengthBytes > this.#bytes.length) {
      while (this.length > 0 && this.#batchStart[this.#oldest % this.#places]! >= start) this.#oldest++;
      start = 0;
    }
    for (; this.length > 0; this.#oldest++) {
      const place = this.#oldest % this.#places;
      if (this.#batchStart[place]! >= start + lengthBytes || this.#batchEnd[place]! <= start) break;
    }
    return start;
  }

  #put(frames: FrameBatch, row: number, flow: number, batchStart: number, shift: number): void {
    if (this.length === this.#places) this.#oldest++;
    const place = this.added++ % this.#places;
    this.#batchStart[place] = batchStart;
    this.#batchEnd[place] = this.#end;
    this.#at[place] = frames.at[row]! + shift;
    this.#capturedLength[place] = frames.capturedLength[row]!;
    this.#wireLength[place] = frames.wireLength[row]!;
    this.#flow[place] = flow;
    this.#interfaceIndex[place] = frames.interfaceIndex[row]!;
    this.#timeNs[place] = frames.timeNs[row]!;
  }
}
