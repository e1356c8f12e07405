import { formatFlags } from "../../../tcp/flags.js";
import { toNotation } from "../../notation-packet.js";
import type { DrawnFlow } from "../page-data.js";
import { formatMoment } from "./time-format.js";

/** The packet of a row in notation, without its direction: `P. 1:6(5) ack 1 win 512 <mss 1460>`. */
export function packetNotation({ packets }: DrawnFlow, row: number): string {
  const seq = packets.seq[row]!;
  const length = packets.length[row]!;
  const ack = packets.ack[row]!;
  const tsval = packets.tsval[row]!;
  const option = packets.options[row]!;
  const options: string[] = [];
  if (option !== null) options.push(packets.optionTexts[option]!);
  if (tsval !== null) options.push(`TS val ${tsval} ecr ${packets.tsecr[row] ?? 0}`);
  const text =
    `${formatFlags(packets.flags[row]!)} ${seq}:${seq + length}(${length})` +
    `${ack === null ? "" : ` ack ${ack}`} win ${packets.window[row]!}` +
    `${options.length === 0 ? "" : ` <${options.join(",")}>`}`;
  return toNotation(text).text;
}

export function directionOf({ packets }: DrawnFlow, row: number): "->" | "<-" {
  return packets.fromServer[row] === 1 ? "<-" : "->";
}

/** tshark's labels, the cause of a repetition, a copy: what is said of a packet besides itself. */
export function packetRemarks({ packets }: DrawnFlow, row: number): string[] {
  const remarks: string[] = [];
  const label = packets.labels[row]!;
  const cause = packets.cause[row]!;
  if (label !== null) remarks.push(packets.labelTexts[label]!);
  if (cause !== null) remarks.push(`cause: ${packets.causeTexts[cause]!}`);
  if (packets.isCopy[row] === 1) remarks.push("recorded twice");
  return remarks;
}

/** Rows by what they prove: `synack`, and the finding. */
export function evidenceByRow(flow: DrawnFlow): ReadonlyMap<number, { role: string; findingId: number }[]> {
  const rowOf = new Map(flow.packets.frame.map((frame, row) => [`${flow.packets.file[row]}/${frame}`, row]));
  const byRow = new Map<number, { role: string; findingId: number }[]>();
  for (const { role, findingId, file, frame } of flow.evidence) {
    const row = rowOf.get(`${file}/${frame}`);
    if (row === undefined) continue;
    const present = byRow.get(row) ?? [];
    present.push({ role, findingId });
    byRow.set(row, present);
  }
  return byRow;
}

/** All there is to say of one packet, a line each. */
export function describePacket(flow: DrawnFlow, row: number, roles: readonly string[]): string[] {
  const { packets, files } = flow;
  const place = `frame ${packets.frame[row]}${files.length > 1 ? ` of ${files[packets.file[row]!]}` : ""}`;
  const lines = [
    `${formatMoment(packets.timeNs[row]!)} ${directionOf(flow, row)} ${packetNotation(flow, row)}`,
    [place, ...packetRemarks(flow, row)].join(" · "),
  ];
  if (roles.length > 0) lines.push(`evidence: ${roles.join(", ")}`);
  return lines;
}
