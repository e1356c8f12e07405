import { causeConfidence, causeName, proofName } from "../../../src/flows/causes/cause.js";
import { FlowTable } from "../../../src/flows/flow-table.js";
import { parseScript } from "../../../src/tcp/notation.js";
import type { CompileOptions } from "../../support/compile-script.js";
import { segmentsOf } from "../../support/script-segments.js";

/** What a repeated segment was judged to be, its frame by label. */
export interface Judged {
  label: string;
  cause: string;
  transmission: number;
  original: string | null;
  proof: string | null;
  proofLabel: string | null;
}

/** Sequence numbers wrap soon after the handshake. */
const WRAPPING = { clientIsn: 0xffff_ff80, serverIsn: 0xffff_fff0 };

/** The verdicts on a script in packet notation: `cause confidence`; labelled frames go by name, others by number. */
export function judgeScript(text: string, options: Partial<CompileOptions> = {}): Judged[] {
  const batch = segmentsOf(text, { ...WRAPPING, ...options });
  const names = parseScript(text).lines.map((line, index) => line.label ?? String(index + 1));
  const nameOf = (frame: number) => (frame === 0 ? null : names[frame - 1]!);
  const table = new FlowTable();
  table.track(batch, 1, 0, () => {});
  const judged: Judged[] = [];
  table.repeats.drain((row) => {
    const confidence = causeConfidence(row.cause);
    judged.push({
      label: nameOf(row.frame)!,
      cause: confidence === null ? causeName(row.cause)! : `${causeName(row.cause)} ${confidence}`,
      transmission: row.transmission,
      original: nameOf(row.originalFrame),
      proof: proofName(row.proof),
      proofLabel: nameOf(row.proofFrame),
    });
  }, true);
  table.close();
  return judged;
}

/** `label: cause confidence` of each verdict. */
export function causesOf(text: string, options: Partial<CompileOptions> = {}): string[] {
  return judgeScript(text, options).map(({ label, cause }) => `${label}: ${cause}`);
}

/** Name of the cause in the column `cause` of each row that has one, by label. */
export function columnOf(text: string): string[] {
  const batch = segmentsOf(text, WRAPPING);
  const table = new FlowTable();
  table.track(batch, 1, 0, () => {});
  table.close();
  return parseScript(text).lines.flatMap(({ label }, row) => {
    const cause = causeName(batch.cause[row]!);
    return cause === null ? [] : [`${label ?? row + 1}: ${cause} ${causeConfidence(batch.cause[row]!)}`];
  });
}
