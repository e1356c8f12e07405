import { DROP_REASONS, type DropReason, NUMBERED_REASONS, type NumberedReason } from "./drop-reason.js";

/** Names with a number that are kept apart; a hostile capture could name 65536 ethertypes. */
const NUMBERED_NAMES_MAX = 1024;

export interface DecodeCount {
  readonly name: string;
  /** 1 or more. */
  readonly frames: number;
}

interface Counter {
  readonly name: string;
  frames: number;
}

/**
 * Frames that gave neither a segment nor an ICMP error, each counted once under one name:
 * frames = segments + ICMP errors + `total`.
 */
export class DecodeCounts {
  readonly #fixed = new Map<DropReason, Counter>(DROP_REASONS.map((name) => [name, { name, frames: 0 }]));
  readonly #numbered: Record<NumberedReason, Map<number, Counter>>;
  readonly #others: Counter = { name: "other protocols", frames: 0 };
  #numberedNames = 0;

  constructor() {
    this.#numbered = {
      addressFamily: new Map(),
      arcnet: new Map(),
      ethertype: new Map(),
      hardwareType: new Map(),
      ipProtocol: new Map(),
      ipVersion: new Map(),
      linkType: new Map(),
      llc: new Map(),
      pppProtocol: new Map(),
      snap: new Map(),
    };
  }

  increment(reason: DropReason): void {
    this.#fixed.get(reason)!.frames++;
  }

  /** `number`: 0 to 65535. After 1024 different names the frames go to "other protocols". */
  incrementNumbered(reason: NumberedReason, number: number): void {
    const counter = this.#numbered[reason].get(number) ?? this.#addNumbered(reason, number);
    counter.frames++;
  }

  /** Frames counted under all names. */
  get total(): number {
    return this.entries().reduce((sum, entry) => sum + entry.frames, 0);
  }

  /** Every name with at least one frame, most frequent first, equal ones by name. */
  entries(): DecodeCount[] {
    const counters = [...this.#fixed.values(), this.#others];
    for (const numbered of Object.values(this.#numbered)) counters.push(...numbered.values());
    return counters
      .filter((counter) => counter.frames > 0)
      .map(({ name, frames }) => ({ name, frames }))
      .sort((a, b) => b.frames - a.frames || (a.name < b.name ? -1 : 1));
  }

  #addNumbered(reason: NumberedReason, number: number): Counter {
    if (this.#numberedNames === NUMBERED_NAMES_MAX) return this.#others;
    this.#numberedNames++;
    const counter = { name: NUMBERED_REASONS[reason](number), frames: 0 };
    this.#numbered[reason].set(number, counter);
    return counter;
  }
}
