import { gzipSync } from "node:zlib";
import type { Report } from "../report.js";
import { gateRemarks, gateVerdict } from "../text-gate.js";
import { verdictOf } from "../verdict.js";
import { packFlow, packFlowColumns } from "./pack.js";
import type { DrawnFlow, PageData } from "./page-data.js";
import type { FlowChunk, PageSummary } from "./summary.js";

/** Findings listed one by one, and flows named by one of them. */
const MAX_FINDINGS = 1000;
const MAX_FLOWS_OF_FINDING = 10_000;
/** Below this the page is easy to mail; the flow table of a huge capture alone may take more. */
const PAGE_BYTES = 1_900_000;
/** Characters of JSON from which on flows are compressed: enough to resemble each other, soon unpacked. */
const CHUNK_LENGTH = 40_000;
/** What flows get even then. */
const LEAST_FLOW_BYTES = 300_000;

/** The data of a page as it stands in the file: base64 of gzip of JSON, so that no text of a capture can leave its element. */
export interface EncodedPage {
  readonly summary: string;
  readonly flows: readonly FlowChunk[];
}

/** @param otherBytes what the page takes besides its data */
export function encodePage(data: PageData, otherBytes: number): EncodedPage {
  // What is drawn is told in the summary, whose size is needed before.
  const sizeWithoutFlows = compress(summarize(data, [])).length;
  const room = Math.max(LEAST_FLOW_BYTES, PAGE_BYTES - otherBytes - sizeWithoutFlows);
  const flows = encodeFlows(data.drawnFlows, room);
  return {
    summary: compress(
      summarize(
        data,
        flows.flatMap(({ ids }) => ids),
      ),
    ),
    flows,
  };
}

function summarize({ drawnFlows, ...data }: PageData, drawnFlowIds: readonly number[]): PageSummary {
  const { findings } = data.report;
  return {
    ...data,
    report: {
      ...data.report,
      findings: findings.slice(0, MAX_FINDINGS).map((finding) => ({
        ...finding,
        flowIds: finding.flowIds.slice(0, MAX_FLOWS_OF_FINDING),
      })),
    },
    flows: packFlowColumns(data.flows),
    drawnFlowIds,
    verdict: verdictOf(data.report),
    gateLines: gateLinesOf(data.report),
    findingsLeftOut: Math.max(0, findings.length - MAX_FINDINGS),
  };
}

/** Nothing when no baseline and no expectation was given: the verdict says it all. */
function gateLinesOf(report: Report): string[] {
  const { gate } = report;
  if (gate === null || (gate.baseline === null && gate.expectations.length === 0)) return [];
  return [gateVerdict(gate), ...gateRemarks(report, gate)];
}

/** As many flows as there is room for, the most telling first; a chunk that is too large does not keep out the next. */
function encodeFlows(flows: Iterable<DrawnFlow>, room: number): FlowChunk[] {
  const encoded: FlowChunk[] = [];
  let left = room;
  for (const { ids, json } of chunksOf(flows)) {
    const chunk = { ids, data: gzipText(`[${json.join(",")}]`) };
    const size = JSON.stringify(chunk).length + 1;
    if (size <= left) {
      left -= size;
      encoded.push(chunk);
    } else if (left < room / 100) break;
  }
  return encoded;
}

/** Flows that are compressed together, as they resemble each other. */
function* chunksOf(flows: Iterable<DrawnFlow>): Iterable<{ ids: number[]; json: string[] }> {
  let chunk = { ids: [] as number[], json: [] as string[] };
  let length = 0;
  for (const flow of flows) {
    const text = JSON.stringify(packFlow(flow));
    chunk.ids.push(flow.id);
    chunk.json.push(text);
    length += text.length;
    if (length < CHUNK_LENGTH) continue;
    yield chunk;
    chunk = { ids: [], json: [] };
    length = 0;
  }
  if (chunk.ids.length > 0) yield chunk;
}

function compress(value: unknown): string {
  return gzipText(JSON.stringify(value));
}

function gzipText(text: string): string {
  return gzipSync(text, { level: 9 }).toString("base64");
}
