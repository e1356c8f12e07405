import type { Segment } from "../../decode/segment.js";
import type { RuleContext } from "../../engine/rule.js";
import type { Flow } from "../../flows/flow.js";
import { SYN } from "../../tcp/flags.js";
import { LatestSpans } from "./latest-spans.js";

/** When a flow whose segments have to be sent again and again gets on nevertheless. */
export class ProgressSpans {
  readonly #last: { of(flow: Flow): Record<"atNs" | "acknowledged", number> };
  readonly #spans: LatestSpans;

  constructor(perFlow: RuleContext["perFlow"]) {
    this.#last = perFlow("atNs", "acknowledged");
    this.#spans = new LatestSpans(perFlow);
  }

  /**
   * `segment` repeats what was sent before. What was acknowledged since the repetition before, or the pause after it, has come
   * through and back, and there was no pause in it.
   */
  repeated({ timeNs, flags }: Segment, flow: Flow): void {
    // A SYN's answer may have been on its way for as long as that of the SYN before.
    if (flags & SYN) return;
    const last = this.#last.of(flow);
    const acknowledged = flow.client.ackedTo + flow.server.ackedTo;
    if (acknowledged > last.acknowledged && last.atNs > 0) this.#spans.add(flow, last.atNs, flow.endNs);
    last.atNs = timeNs;
    last.acknowledged = acknowledged;
  }

  /** `segment` comes after a pause of the flow. */
  paused(segment: Segment, flow: Flow): void {
    if (this.#last.of(flow).atNs > 0) this.repeated(segment, flow);
  }

  forEach(flow: Flow, use: (fromNs: number, toNs: number) => void): void {
    this.#spans.forEach(flow, use);
  }
}
