import type { Confidence, Vantage } from "./finding.js";
import type { JudgedVantage } from "./vantage.js";

/** Share of the flows with a known vantage that must agree. */
const AGREEING_SHARE = 0.9;
const RANK: Readonly<Record<Confidence, number>> = { certain: 0, strong: 1, weak: 2 };

/** Counts where the flows of one capture (or series) were seen from. */
export class CaptureVantage {
  /** Flows by vantage, and by confidence within. */
  readonly #counts = new Map<Vantage, number[]>();

  add({ vantage, confidence }: JudgedVantage): void {
    if (confidence === null) return;
    let counts = this.#counts.get(vantage);
    if (counts === undefined) {
      counts = [0, 0, 0];
      this.#counts.set(vantage, counts);
    }
    counts[RANK[confidence]]!++;
  }

  /**
   * What nine in ten of the flows that tell agree on, as sure as at least half of those are; unknown where flows
   * disagree, as on a host that is client and server in turn.
   */
  judge(): JudgedVantage {
    let known = 0;
    let best: { vantage: Vantage; counts: number[]; flows: number } | undefined;
    for (const [vantage, counts] of this.#counts) {
      const flows = counts.reduce((sum, count) => sum + count, 0);
      known += flows;
      if (best === undefined || flows > best.flows) best = { vantage, counts, flows };
    }
    if (best === undefined || best.flows < known * AGREEING_SHARE)
      return { vantage: "unknown", confidence: null };
    const [certain = 0, strong = 0] = best.counts;
    let confidence: Confidence = "weak";
    if (certain * 2 >= best.flows) confidence = "certain";
    else if ((certain + strong) * 2 >= best.flows) confidence = "strong";
    return { vantage: best.vantage, confidence };
  }
}
