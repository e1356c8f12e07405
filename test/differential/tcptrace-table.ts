import { formatIpv6 } from "../../src/tcp/address.js";

/** One connection as tcptrace prints it with `-n -l -r --csv`. "a" is who sent its first captured segment. */
export interface TcptraceRow {
  readonly addressA: string;
  readonly addressB: string;
  readonly portA: number;
  readonly portB: number;
  /** Microseconds since 1970. */
  readonly firstUs: bigint;
  readonly lastUs: bigint;
  /** Texts without blanks, by column name as in the header row, such as `RTT_min_a2b`. */
  readonly cells: ReadonlyMap<string, string>;
}

const SEPARATOR = /\s*,\s*/;
const FIXED_COLUMNS = 7;

/** The rows of a table; the lines that tcptrace prints before it (and around it) may still be there. */
export function parseTcptraceTable(csv: string): TcptraceRow[] {
  const lines = csv.split("\n").map((line) => line.trim());
  const headerAt = lines.findIndex((line) => line.startsWith("conn_#,"));
  if (headerAt < 0) return [];
  // One name of the header has a blank in it.
  const names = lines[headerAt]!.split(SEPARATOR).map((name) => name.replace(" ", "_"));
  const rows: TcptraceRow[] = [];
  for (const line of lines.slice(headerAt + 1)) {
    const cells = line.split(SEPARATOR);
    if (!/^\d+$/.test(cells[0]!) || cells.length < FIXED_COLUMNS) continue;
    rows.push({
      addressA: address(cells[1]!),
      addressB: address(cells[2]!),
      portA: Number(cells[3]),
      portB: Number(cells[4]),
      firstUs: microseconds(cells[5]!),
      lastUs: microseconds(cells[6]!),
      cells: new Map(names.map((name, column) => [name, cells[column] ?? ""])),
    });
  }
  return rows;
}

/** tcptrace prints seconds and microseconds as two whole numbers with a point between: `1.5` is 1.000005 s. */
function microseconds(text: string): bigint {
  const [seconds, fraction] = text.split(".");
  return BigInt(seconds!) * 1_000_000n + BigInt(fraction ?? 0);
}

/** tcptrace prints IPv6 groups with four digits each, its first zeros as nothing: `::1` is `:0001`. */
function address(text: string): string {
  if (!text.includes(":")) return text;
  const [before, after] = text.startsWith(":") ? ["", text.slice(1)] : text.split("::");
  const groupsOf = (part: string | undefined) =>
    part ? part.split(":").map((group) => Number.parseInt(group, 16)) : [];
  const [head, tail] = [groupsOf(before), groupsOf(after)];
  const groups = [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail];
  const word = (at: number) => groups[at]! * 0x10000 + groups[at + 1]!;
  return formatIpv6(word(0), word(2), word(4), word(6));
}
