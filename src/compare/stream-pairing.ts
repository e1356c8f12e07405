/**
 * Whether two ways to number connections part the same frames in the same way: each number of one side goes with the
 * number of the other that it was first seen beside.
 */
export class StreamPairing {
  readonly #theirsOfOurs = new Map<number, number>();
  readonly #oursOfTheirs = new Map<number, number>();

  /** False when one of the two numbers goes with another one already: the frame is in a different partition. */
  agree(ours: number, theirs: number): boolean {
    const theirsKnown = this.#theirsOfOurs.get(ours);
    const oursKnown = this.#oursOfTheirs.get(theirs);
    if (theirsKnown === undefined) this.#theirsOfOurs.set(ours, theirs);
    if (oursKnown === undefined) this.#oursOfTheirs.set(theirs, ours);
    return (theirsKnown ?? theirs) === theirs && (oursKnown ?? ours) === ours;
  }
}
