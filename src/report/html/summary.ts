import type { PageData } from "./page-data.js";

/** What the page knows from the beginning; flows come when they are looked at. */
export interface PageSummary extends Omit<PageData, "drawnFlows"> {
  /** Flows whose packets the page holds. */
  readonly drawnFlowIds: readonly number[];
  /** The report in one sentence, and how it stands against what is demanded of it. */
  readonly verdict: string;
  readonly gateLines: readonly string[];
  /** Findings beyond those listed. */
  readonly findingsLeftOut: number;
}

/** Flows that were compressed together. */
export interface FlowChunk {
  readonly ids: readonly number[];
  /** Base64 of gzip of a JSON array of packed flows, in the order of `ids`. */
  readonly data: string;
}

/** Ids of the elements that hold the data. */
export const SUMMARY_ELEMENT = "data-summary";
export const FLOWS_ELEMENT = "data-flows";
