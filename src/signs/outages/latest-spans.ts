import type { RuleContext } from "../../engine/rule.js";
import type { Flow } from "../../flows/flow.js";

/** Moments that lie closer are one span. */
const JOINED_NS = 1_000_000_000;
/** Names of the begin and the end of each span of a flow that is kept: the latest ones. */
const SPANS = [
  ["from0", "to0"],
  ["from1", "to1"],
  ["from2", "to2"],
  ["from3", "to3"],
] as const;

/** When something happened to a flow: its latest four spans, in numbers kept per flow. */
export class LatestSpans {
  readonly #kept;

  constructor(perFlow: RuleContext["perFlow"]) {
    this.#kept = perFlow("count", ...SPANS.flat());
  }

  /** It went on from `fromNs` to `toNs`, both later than the begin of the span before. */
  add(flow: Flow, fromNs: number, toNs: number): void {
    const spans = this.#kept.of(flow);
    const [, newest] = SPANS[(spans.count + SPANS.length - 1) % SPANS.length]!;
    if (spans.count > 0 && fromNs - spans[newest] <= JOINED_NS) {
      spans[newest] = toNs;
      return;
    }
    const [from, to] = SPANS[spans.count++ % SPANS.length]!;
    spans[from] = fromNs;
    spans[to] = toNs;
  }

  /** In the order of time. */
  forEach(flow: Flow, use: (fromNs: number, toNs: number) => void): void {
    const spans = this.#kept.of(flow);
    const { count } = spans;
    for (let index = Math.max(0, count - SPANS.length); index < count; index++) {
      const [from, to] = SPANS[index % SPANS.length]!;
      use(spans[from], spans[to]);
    }
  }
}
