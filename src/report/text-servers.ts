import { type Alignment, alignColumns } from "./columns.js";
import { printable } from "./printable.js";
import { countOf, formatCount } from "./quantity.js";
import type { Report } from "./report.js";

const SHOWN = 10;
/** Longer names (an IPv6 address and port can take 47 columns) have a line of their own, so that 80 columns do. */
const NAME_COLUMNS = 24;
const HEADINGS = ["Server", "flows", "closed", "reset", "failed", "retrans", "flagged"];
const ALIGNMENTS: readonly Alignment[] = ["left", "right", "right", "right", "right", "right", "right"];

/** What became of the connections to each server; no line when there was none. */
export function serverLines(report: Report): string[] {
  if (report.servers.length === 0) return [];
  const shown = report.servers.slice(0, SHOWN);
  const rows = shown.map((server) => [
    printable(server.server),
    ...[
      server.flows,
      server.closedNormally,
      server.reset,
      server.failed,
      server.retransmits,
      server.flaggedFlows,
    ].map(formatCount),
  ]);
  const short = rows.map((row) => (row[0]!.length > NAME_COLUMNS ? ["", ...row.slice(1)] : row));
  const [heading = "", ...aligned] = alignColumns([HEADINGS, ...short], ALIGNMENTS);
  const lines = [heading];
  for (const [index, line] of aligned.entries()) {
    if (short[index] !== rows[index]) lines.push(rows[index]![0]!);
    lines.push(line);
  }
  const others = report.serverCount - shown.length;
  if (others > 0)
    lines.push(
      `and ${countOf(others, "server")} more: \`tcptrace-analyze query "SELECT * FROM server_summary"\``,
    );
  return lines;
}
