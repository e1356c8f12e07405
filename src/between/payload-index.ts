import { appendTo } from "../engine/append-to.js";
import type { ObservedSegment } from "./observation.js";

/** Segments are looked for between two multiples of this. Octets. */
const PART_BYTES = 16_384;

/** Segments with payload, to be found by the octets that they hold. */
export class PayloadIndex<Each extends { readonly segment: ObservedSegment }> {
  readonly #byPart = new Map<number, Each[]>();

  add(each: Each): void {
    const { seq, length } = each.segment;
    for (let part = partOf(seq); part <= partOf(seq + length - 1); part++) appendTo(this.#byPart, part, each);
  }

  /** Those with the octet at `seq`, in the order in which they were added. */
  holding(seq: number): Each[] {
    return (this.#byPart.get(partOf(seq)) ?? []).filter(
      ({ segment }) => segment.seq <= seq && seq < segment.seq + segment.length,
    );
  }
}

function partOf(seq: number): number {
  return Math.floor(seq / PART_BYTES);
}
