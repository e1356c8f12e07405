import { LABELS } from "../flows/labels/label.js";
import { alignColumns } from "../report/columns.js";
import { formatFlags } from "../tcp/flags.js";
import { COMPARED_FIELDS, type FrameAnswer } from "./frame-answer.js";
import type { DifferingFrame } from "./frame-comparison.js";
import type { OwnAnswer } from "./own-answers.js";

const NOTHING = "-";

/** Names of the labels in a bit set, in tshark's terms; `-` when there are none. */
export function formatLabels(bits: number): string {
  const names = LABELS.filter(({ bit }) => bits & bit).map(({ name }) => name);
  return names.length === 0 ? NOTHING : names.join(",");
}

/** A frame on one line; of ours with time, direction, and flags and relative numbers as tcpdump prints them. */
export function formatFrame(answer: FrameAnswer): string {
  const { frame, stream, payloadLength } = answer;
  const ports = `${answer.sourcePort} > ${answer.destinationPort}`;
  if (!isOwnAnswer(answer))
    return `frame ${frame} stream ${stream} ${ports} seq ${answer.seq} len ${payloadLength}`;
  const { timeNs, fromServer, relativeSeq, relativeAck, window } = answer;
  const octets = `${relativeSeq}:${relativeSeq + payloadLength}(${payloadLength})`;
  const copy = answer.isCopy ? " copy" : "";
  return (
    `frame ${frame} flow ${stream} ${(timeNs / 1e9).toFixed(6)} ${fromServer ? "<-" : "->"} ${ports} ` +
    `${formatFlags(answer.flags)} ${octets} ack ${relativeAck} win ${window}${copy}`
  );
}

function isOwnAnswer(answer: FrameAnswer): answer is OwnAnswer {
  return "timeNs" in answer;
}

/** What differs in a frame, a line each with both answers. */
export function formatDifferences({ ours, theirs, differences }: DifferingFrame): string[] {
  if (theirs === null) return ["  only ours: tshark has no TCP segment in this frame"];
  if (ours === null) return ["  only tshark: there is no TCP segment in this frame for us"];
  const rows = differences.map((name) => [
    `  ${name}`,
    `ours ${formatValue(ours, name)}`,
    `tshark ${formatValue(theirs, name)}`,
  ]);
  return alignColumns(rows, ["left", "left", "left"]);
}

/** The value of `tcp.stream`, `labels` or a compared field, as tshark would print it; `-` for none. */
export function formatValue(answer: FrameAnswer, name: string): string {
  if (name === "labels") return formatLabels(answer.labels);
  if (name === "tcp.stream") return String(answer.stream);
  const field = COMPARED_FIELDS.find((each) => each.name === name);
  if (field === undefined) return NOTHING;
  const value = answer[field.key];
  if (field.unit === "flags") return formatFlags(value);
  if (value === 0) return NOTHING;
  return field.unit === "nanoseconds" ? (value / 1e9).toFixed(9) : String(value);
}
