import { type Alignment, alignColumns } from "../../src/report/columns.js";
import { groupBy } from "../two-hosts/group-by.js";
import type { Judged, Vantage } from "./compare.js";

/** What stands for a segment that the tool takes for the first transmission. */
const NOT_NOTICED = "(first)";
const CONFIDENCES = ["certain", "strong", "weak"] as const;

/** What the tool calls it; that of --show, too. */
export function ownName({ ours }: Judged): string {
  return ours?.cause ?? NOT_NOTICED;
}

/** The kernel's causes down, the tool's across; each count divided by how sure the tool is. */
export function* tableLines(judged: readonly Judged[], vantage: Vantage): Generator<string> {
  const there = judged.filter((one) => one.vantage === vantage);
  yield `The ${vantage}'s capture; the kernel's causes down, ours across: ${CONFIDENCES.join("/")}, or one number without`;
  const columns = [...new Set(there.map(ownName))].sort();
  const rows = groupBy(there, ({ truth }) => truth);
  const lines = [...rows]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([truth, ones]) => {
      const cells = columns.map((column) => cellOf(ones.filter((one) => ownName(one) === column)));
      return [truth, String(ones.length), ...cells];
    });
  const alignments: Alignment[] = ["left", "right", ...columns.map((): Alignment => "right")];
  yield* alignColumns([["", "all", ...columns], ...lines], alignments);
}

function cellOf(ones: readonly Judged[]): string {
  if (ones.length === 0) return "";
  const counts = CONFIDENCES.map(
    (confidence) => ones.filter(({ ours }) => ours?.confidence === confidence).length,
  );
  return counts.every((count) => count === 0) ? String(ones.length) : counts.join("/");
}

/** One line each, enough to find it in the captures that --keep keeps. */
export function* listLines(judged: readonly Judged[]): Generator<string> {
  for (const one of judged) {
    const { seed, vantage, end, frame, clientPort, truth, ours } = one;
    const own = `${ownName(one)}${ours?.confidence ? ` (${ours.confidence})` : ""}`;
    yield `seed ${seed}, ${vantage}: ${end}.pcap frame ${frame}, client port ${clientPort}: ${truth}, ours ${own}`;
  }
}
