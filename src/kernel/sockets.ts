import { parseProcTcpRow, procTcpHeading } from "./proc-net-tcp.js";
import { parseTimeLine } from "./sample-time.js";
import { linesOf, SampleCollector, type SampledFile } from "./sampled-file.js";
import type { ListenerRow, SocketRow } from "./socket-row.js";
import { isOtherNetwork, isSsHeading, parseSsRow } from "./ss.js";

/** Details of one socket beyond this length are cut. */
const LONGEST_DETAILS = 16_384;

/**
 * Reads `ss` of TCP sockets (with -l, -i, -o, -m, -e, -p, -O in any combination, with -n) and /proc/net/tcp and tcp6,
 * one after the other or mixed. A line that is a time begins a sample; in a file without times a heading that comes
 * again does. Null when there is neither a heading nor a socket.
 */
export function parseSockets(text: string): SampledFile<SocketRow | ListenerRow> | null {
  const collector = new SampleCollector<SocketRow | ListenerRow>();
  const headings = new Set<string>();
  let hasTimes = false;
  let row: ReturnType<typeof parseSsRow> = null;
  let details = "";
  const flush = (): void => {
    if (row !== null) collector.add(row.withDetails(details), "ss");
    row = null;
    details = "";
  };
  const heading = (format: string): void => {
    if (!hasTimes && headings.has(format)) {
      collector.close();
      headings.clear();
    }
    headings.add(format);
    collector.open(format);
  };
  for (const line of linesOf(text)) {
    if (line.trim() === "") continue;
    if (row !== null && /^\s/.test(line) && procTcpHeading(line) === null && parseProcTcpRow(line) === null) {
      if (details.length < LONGEST_DETAILS) details += ` ${line.slice(0, LONGEST_DETAILS)}`;
      continue;
    }
    flush();
    const at = parseTimeLine(line);
    if (at !== null) {
      hasTimes = true;
      collector.time(at);
      continue;
    }
    const procHeading = procTcpHeading(line);
    if (isSsHeading(line)) heading("ss");
    else if (procHeading !== null) heading(procHeading);
    else {
      row = parseSsRow(line);
      if (row !== null) continue;
      const procRow = parseProcTcpRow(line);
      if (procRow !== null) {
        collector.add(procRow, addressWidth(line) === 8 ? "/proc/net/tcp" : "/proc/net/tcp6");
      } else if (!isOtherNetwork(line)) collector.unknownLines++;
    }
  }
  flush();
  return collector.finish();
}

/** Digits of the local address in a line of /proc/net/tcp: 8 or 32. */
function addressWidth(line: string): number {
  return /: ([0-9A-F]+):/i.exec(line)?.[1]?.length ?? 0;
}
