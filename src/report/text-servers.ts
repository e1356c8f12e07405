import { type Alignment, alignColumns } from "./columns.js";
import { followUp } from "./follow-up.js";
import { printable } from "./printable.js";
import { countOf, formatCount, formatDuration } from "./quantity.js";
import type { Report } from "./report.js";
import { openedShare, resentShare } from "./server-shares.js";
import { wrap } from "./wrap.js";

const SHOWN = 10;
/** Longer names (an IPv6 address and port can take 47 columns) have a line of their own, so that 80 columns do. */
const NAME_COLUMNS = 24;
const HEADINGS = ["Server", "conns", "opened", "RTT", "resent", "stalled", "flagged"];
const ALIGNMENTS: readonly Alignment[] = ["left", "right", "right", "right", "right", "right", "right"];

/**
 * How the connections to each server fared; no line when there was none. opened: those that were not refused or left
 * without an answer that the client got. RTT: median of the handshakes. resent: segments sent again. stalled:
 * connections that waited in silence for an acknowledgment.
 */
export function serverLines(report: Report, width: number): string[] {
  if (report.servers.length === 0) return [];
  const shown = report.servers.slice(0, SHOWN);
  const rows = shown.map((server) => [
    printable(server.server),
    formatCount(server.flows),
    openedShare(server),
    server.roundTripNs === null ? "-" : formatDuration(server.roundTripNs),
    resentShare(server),
    formatCount(server.stalledFlows),
    formatCount(server.flaggedFlows),
  ]);
  const short = rows.map((row) => (row[0]!.length > NAME_COLUMNS ? ["", ...row.slice(1)] : row));
  const [heading = "", ...aligned] = alignColumns([HEADINGS, ...short], ALIGNMENTS);
  const lines = [heading];
  for (const [index, line] of aligned.entries()) {
    if (short[index] !== rows[index]) lines.push(rows[index]![0]!);
    lines.push(line);
  }
  const others = report.serverCount - shown.length;
  if (others > 0) lines.push(...wrap(othersOf(others, report.database), width));
  return lines;
}

function othersOf(count: number, database: string | null): string {
  const others = `and ${countOf(count, "server")} more`;
  if (database === null) return others;
  return `${others}: \`${followUp(database, 'query "SELECT * FROM server_summary"')}\``;
}
