import type { Vantage } from "./finding.js";

/** The vantage all flows agree on, at least one; else unknown. */
export function commonVantage(flows: readonly { readonly vantage: Vantage }[]): Vantage {
  const first = flows[0]!.vantage;
  return flows.every(({ vantage }) => vantage === first) ? first : "unknown";
}
