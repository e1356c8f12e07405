/** One axis of time that several graphs share, in seconds: what moves one moves all. */
export class TimeAxis {
  readonly fullMin: number;
  readonly fullMax: number;
  min: number;
  max: number;
  readonly #listeners: (() => void)[] = [];

  constructor(min: number, max: number) {
    // A single moment is given some room to stand in.
    const pad = max > min ? (max - min) * 0.015 : 0.001;
    this.fullMin = this.min = min - pad;
    this.fullMax = this.max = max + pad;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Shows `min` to `max`, no narrower than a microsecond and never beyond the whole. */
  show(min: number, max: number): void {
    const span = Math.min(Math.max(max - min, 1e-6), this.fullMax - this.fullMin);
    this.min = Math.min(Math.max(min, this.fullMin), this.fullMax - span);
    this.max = this.min + span;
    for (const listener of this.#listeners) listener();
  }

  /** @param factor below 1 to come nearer; `at` stays where it is */
  zoom(factor: number, at = (this.min + this.max) / 2): void {
    this.show(at - (at - this.min) * factor, at + (this.max - at) * factor);
  }

  /** @param share of what is shown; negative to go back */
  pan(share: number): void {
    const by = (this.max - this.min) * share;
    this.show(this.min + by, this.max + by);
  }

  reset(): void {
    this.show(this.fullMin, this.fullMax);
  }

  get isWhole(): boolean {
    return this.min <= this.fullMin && this.max >= this.fullMax;
  }
}
