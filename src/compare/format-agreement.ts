import { alignColumns } from "../report/columns.js";
import { formatCount } from "../report/quantity.js";
import { type Agreement, framesOf, type LabelAgreement } from "./agreement.js";

/** The agreement as tables for people: frames and labels that at least one side has, then fields. */
export function agreementLines(agreement: Agreement): string[] {
  const { frames, labels, fields } = agreement;
  const all = framesOf(agreement);
  const labelRows = [
    ["", "both", "only ours", "only tshark"],
    ...[frames, ...labels].filter(occurs).map(labelRow),
  ];
  const fieldRows = [
    ["", "equal", "different"],
    countRow("tcp.stream", frames.both - agreement.differentStreams, frames.both),
    ...fields
      .filter(({ compared }) => compared > 0)
      .map(({ name, equal, compared }) => countRow(name, equal, compared)),
  ];
  const share = shareText(agreement.sameLabels, all);
  return [
    `${formatCount(agreement.sameLabels)} of ${formatCount(all)} frames (${share}) have exactly tshark's labels`,
    "",
    ...alignColumns(labelRows, ["left", "right", "right", "right"]),
    "",
    ...alignColumns(fieldRows, ["left", "right", "right"]),
  ];
}

/** Two decimals more than the aim of 99.9 %, rounded down: 100 % means all. */
export function shareText(part: number, whole: number): string {
  if (whole === 0) return "100 %";
  return part === whole ? "100 %" : `${(Math.floor((part / whole) * 1e5) / 1e3).toFixed(3)} %`;
}

function occurs({ both, onlyOurs, onlyTheirs }: LabelAgreement): boolean {
  return both + onlyOurs + onlyTheirs > 0;
}

function labelRow({ name, both, onlyOurs, onlyTheirs }: LabelAgreement): string[] {
  return [name, formatCount(both), formatCount(onlyOurs), formatCount(onlyTheirs)];
}

function countRow(name: string, equal: number, compared: number): string[] {
  return [name, formatCount(equal), formatCount(compared - equal)];
}
