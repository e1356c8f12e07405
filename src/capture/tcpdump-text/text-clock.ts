import type { LineTime } from "./line-time.js";

const HALF_DAY_NS = 12n * 3600n * 1_000_000_000n;
const DAY_NS = 2n * HALF_DAY_NS;
/** What a pcap record holds: 32 bits of seconds. */
const MAX_EPOCH_NS = 0xffffffffn * 1_000_000_000n;

/**
 * Printed times to nanoseconds since 1970. Times of day count from 1970-01-01 and go on over midnight; a line without
 * a time has that of the one before, at first 0.
 */
export class TextClock {
  /** Some packet had a time. */
  hasTimes = false;
  /** Some packet had none. */
  hasGaps = false;
  /** Times were of the day only, or relative. */
  isWithoutDate = false;
  readonly #areClocksDeltas: boolean;
  #dayNs = 0n;
  #clockNs: bigint | null = null;
  #nowNs = 0n;

  /** @param areClocksDeltas as `areDeltas` tells. */
  constructor(areClocksDeltas: boolean) {
    this.#areClocksDeltas = areClocksDeltas;
  }

  /** Nanoseconds since 1970 of the next packet, within what a pcap record holds. */
  next(time: LineTime | null): bigint {
    if (time === null) {
      this.hasGaps = true;
      return this.#nowNs;
    }
    this.hasTimes = true;
    if (time.kind !== "epoch") this.isWithoutDate = true;
    let nowNs = time.timeNs;
    if (time.kind === "delta" || (time.kind === "clock" && this.#areClocksDeltas))
      nowNs = this.#nowNs + time.timeNs;
    else if (time.kind === "clock") nowNs = this.#onItsDay(time.timeNs);
    this.#nowNs = nowNs < 0n ? 0n : nowNs > MAX_EPOCH_NS ? MAX_EPOCH_NS : nowNs;
    return this.#nowNs;
  }

  /** Takes the time of a packet that is no segment: the next one's may count from it. */
  pass(time: LineTime | null): void {
    if (time !== null && (time.kind === "delta" || this.#areClocksDeltas)) this.next(time);
  }

  #onItsDay(clockNs: bigint): bigint {
    const stepNs = clockNs - (this.#clockNs ?? clockNs);
    // Recorded a little late, from before midnight.
    if (stepNs > DAY_NS - HALF_DAY_NS / 12n && this.#dayNs > 0n) return this.#dayNs - DAY_NS + clockNs;
    if (stepNs < -HALF_DAY_NS) this.#dayNs += DAY_NS;
    this.#clockNs = clockNs;
    return this.#dayNs + clockNs;
  }
}

/**
 * True when times of the form 00:00:00.000000 are each since the packet before (`-ttt`), not since the first one
 * (`-ttttt`) or midnight: they begin at 0 and go back, to something else than another beginning.
 */
export function areDeltas(times: readonly (LineTime | null)[]): boolean {
  let lastNs = 0n;
  for (const [index, time] of times.entries()) {
    if (time === null || time.kind !== "clock") return false;
    if (index === 0 && time.timeNs !== 0n) return false;
    if (time.timeNs < lastNs && time.timeNs !== 0n) return true;
    lastNs = time.timeNs;
  }
  return false;
}
