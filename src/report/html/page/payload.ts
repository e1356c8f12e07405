import { unpackFlow, unpackFlowColumns } from "../pack.js";
import type { DrawnFlow } from "../page-data.js";
import { FLOWS_ELEMENT, type FlowChunk, type PageSummary, SUMMARY_ELEMENT } from "../summary.js";

/** The data of this page, as its writer put it in. */
export async function readSummary(): Promise<PageSummary> {
  const packed = (await inflate(String(parseElement(SUMMARY_ELEMENT)))) as PageSummary;
  return { ...packed, flows: unpackFlowColumns(packed.flows) };
}

/** A flow with its packets; null when the page has none of it. */
export async function readFlow(id: number): Promise<DrawnFlow | null> {
  chunks ??= parseElement(FLOWS_ELEMENT) as readonly FlowChunk[];
  const chunk = chunks.find(({ ids }) => ids.includes(id));
  if (chunk === undefined) return null;
  const flows = (await inflate(chunk.data)) as readonly DrawnFlow[];
  return unpackFlow(flows[chunk.ids.indexOf(id)]!);
}

let chunks: readonly FlowChunk[] | undefined;

function parseElement(id: string): unknown {
  return JSON.parse(document.getElementById(id)?.textContent ?? "null");
}

/** Base64 of gzip of JSON. */
async function inflate(text: string): Promise<unknown> {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}
