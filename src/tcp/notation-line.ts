import { ACK, formatFlags, parseFlags } from "./flags.js";
import { printOption, scanOptions } from "./notation-options.js";
import { NotationScanner } from "./notation-scanner.js";
import { formatTime, scanTimeNs } from "./notation-time.js";
import type { PacketLine } from "./packet-line.js";

const MAX_SEQ = Number.MAX_SAFE_INTEGER;
const RANGE = /(-?\d+):(-?\d+)\((\d+)\)(?!\w)/y;

/**
 * Reads one packet line; the grammar stands in notation.ts.
 * @param previousTimeNs what a relative time such as `+.5` counts from
 * @param lineNumber 1-based, for the error
 * @throws SyntaxError that names the line, its text and what was expected
 */
export function parsePacketLine(text: string, previousTimeNs = 0, lineNumber = 1): PacketLine {
  const scanner = new NotationScanner(text, lineNumber);
  const timeNs = scanTimeNs(scanner, previousTimeNs);
  const direction = scanner.expect(/->|<-/y, "a direction, -> or <-")[0] === "->" ? "->" : "<-";
  const flags = scanFlags(scanner);
  const [first, last] = scanRange(scanner);
  const ack = scanAck(scanner, flags);
  const window = scanner.match(/win(?!\w)/y) === null ? null : scanner.integer("a window", 0, 0xffff);
  const options = scanOptions(scanner);
  const annotations = scanAnnotations(scanner);
  const label =
    scanner.match(/@/y) === null ? null : scanner.expect(/[\w-]+/y, "a label of letters, digits, _ and -")[0];
  const comment = scanner.match(/\/\/(.*)/y)?.[1]?.trim() || null;
  scanner.expect(
    /$/y,
    "nothing more, or the parts in the order ack, win, <options>, {annotations}, @label, // note",
  );
  return { timeNs, direction, flags, first, last, ack, window, options, ...annotations, label, comment };
}

function scanFlags(scanner: NotationScanner): number {
  const expected = "flags, each once: F, S, R, P, ., U, E, W, A, or - for none";
  const text = scanner.expect(/\S+/y, expected)[0];
  return parseFlags(text) ?? scanner.refuse(`expected ${expected}, found "${text}"`);
}

function scanRange(scanner: NotationScanner): [first: number, last: number] {
  const found = scanner.expect(RANGE, "sequence numbers and payload length such as 1:6(5)");
  const first = scanner.within(found[1]!, "a sequence number", -MAX_SEQ, MAX_SEQ);
  const last = scanner.within(found[2]!, "a sequence number", -MAX_SEQ, MAX_SEQ);
  const length = scanner.within(found[3]!, "a payload length", 0, MAX_SEQ);
  if (last - first !== length) {
    scanner.refuse(`${first}:${last} makes a payload of ${last - first} octets, but (${length}) is written`);
  }
  return [first, last];
}

function scanAck(scanner: NotationScanner, flags: number): number | null {
  const isWritten = scanner.match(/ack(?!\w)/y) !== null;
  if (isWritten !== ((flags & ACK) !== 0)) {
    scanner.refuse(isWritten ? 'an ack number needs the flag "."' : 'the flag "." needs an ack number');
  }
  return isWritten ? scanner.integer("an ack number", -MAX_SEQ, MAX_SEQ) : null;
}

function scanAnnotations(scanner: NotationScanner): Pick<PacketLine, "ttl" | "ipId" | "isCopy"> {
  let ttl: number | null = null;
  let ipId: number | null = null;
  let isCopy = false;
  if (scanner.match(/\{/y) === null) return { ttl, ipId, isCopy };
  do {
    const word = scanner.match(/(?:ttl|id|copy)(?!\w)/y)?.[0];
    if (word === "ttl" && ttl === null) ttl = scanner.integer("a ttl", 0, 0xff);
    else if (word === "id" && ipId === null) ipId = scanner.integer("an IPv4 identification", 0, 0xffff);
    else if (word === "copy" && !isCopy) isCopy = true;
    else scanner.refuse("between { and } stand ttl N, id N and copy, each at most once");
  } while (scanner.match(/,/y) !== null);
  scanner.expect(/\}/y, "a comma or } after an annotation");
  if (isCopy && ipId !== null)
    scanner.refuse("a copy has the id of the packet it repeats, so none of its own");
  return { ttl, ipId, isCopy };
}

/** The parts of a line that printScript puts in columns: time, direction, flags and the rest. */
export function packetLineColumns(
  line: PacketLine,
  previousTimeNs?: number,
): [string, string, string, string] {
  const annotations = [
    ...(line.ttl === null ? [] : [`ttl ${line.ttl}`]),
    ...(line.ipId === null ? [] : [`id ${line.ipId}`]),
    ...(line.isCopy ? ["copy"] : []),
  ];
  const rest = [`${line.first}:${line.last}(${line.last - line.first})`];
  if (line.ack !== null) rest.push(`ack ${line.ack}`);
  if (line.window !== null) rest.push(`win ${line.window}`);
  if (line.options.length > 0) rest.push(`<${line.options.map(printOption).join(",")}>`);
  if (annotations.length > 0) rest.push(`{${annotations.join(", ")}}`);
  if (line.label !== null) rest.push(`@${line.label}`);
  if (line.comment !== null) rest.push(`// ${line.comment}`);
  return [formatTime(line.timeNs, previousTimeNs), line.direction, formatFlags(line.flags), rest.join(" ")];
}

/**
 * The line in its one canonical form, which parsePacketLine reads back to an equal line.
 * @param previousTimeNs when given, the time is printed relative to it (`+.001`) and must be read so
 */
export function printPacketLine(line: PacketLine, previousTimeNs?: number): string {
  return packetLineColumns(line, previousTimeNs).join(" ");
}
