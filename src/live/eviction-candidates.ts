const FIRST_PLACES = 1024;

/** Flows that may leave memory, as they were when they were met. Used again and again: no objects per flow. */
export class EvictionCandidates {
  length = 0;
  #ids = new Uint32Array(FIRST_PLACES);
  #endNs = new Float64Array(FIRST_PLACES);

  /** `endNs`: time of the flow's last segment. */
  add(id: number, endNs: number): void {
    if (this.length === this.#ids.length) {
      const ids = new Uint32Array(this.length * 2);
      const endsNs = new Float64Array(this.length * 2);
      ids.set(this.#ids);
      endsNs.set(this.#endNs);
      this.#ids = ids;
      this.#endNs = endsNs;
    }
    this.#ids[this.length] = id;
    this.#endNs[this.length++] = endNs;
  }

  id(place: number): number {
    return this.#ids[place]!;
  }

  endNs(place: number): number {
    return this.#endNs[place]!;
  }

  /** Their places, those that were silent for longest in front. */
  bySilence(): Uint32Array {
    const endNs = this.#endNs;
    const places = Uint32Array.from({ length: this.length }, (_, place) => place);
    return places.sort((a, b) => endNs[a]! - endNs[b]!);
  }

  clear(): void {
    this.length = 0;
  }
}
