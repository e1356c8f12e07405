import { printableJson } from "../report/printable.js";
import type { LiveFinding } from "./known-findings.js";
import type { LiveStatus, LiveSummary } from "./live-status.js";

/** What happens in a live capture, as one JSON object. */
export type LiveEvent =
  | ({ readonly event: "status" } & LiveStatus)
  | ({ readonly event: "finding" } & LiveFinding)
  | { readonly event: "withdrawn"; readonly id: number }
  | { readonly event: "note"; readonly text: string }
  | ({ readonly event: "summary" } & LiveSummary);

/** One line without its end, safe to show. */
export function formatLiveJson(event: LiveEvent): string {
  return printableJson(event);
}
