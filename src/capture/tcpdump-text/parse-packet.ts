import { readOptions } from "./read-options.js";
import { ACK, MAX_PAYLOAD_BYTES, readFlagLetters, type TextPacket } from "./text-packet.js";

/** ` > ` tried in one line: a link layer and some tunnels stand before the segment. */
const MAX_ARROWS = 8;
const ARROW = " > ";
const MAX_NUMBER = 0xffffffff;

/** What stands before the first number; group 1 is tcpdump's `Flags [S.]` since 4.0, group 2 what it printed before. */
const FLAGS = /(?:Flags \[([A-Za-z.]{1,12})\]|([SFRPWEU]{1,8}|\.)(?=,? ))/y;
/** tcpdump -v: whether the checksum is right, in three fashions. */
const CHECKSUM =
  /,? (?:cksum 0x([0-9a-f]{1,4}) \([^)]{0,60}\)|\[(?:tcp sum ok|bad tcp cksum [0-9a-f]{1,4}[^\]]{0,40})\])/y;
/** `seq 1:6` and, before 4.0, `1:6(5)`. */
const SEQ = /,? (?:seq )?(\d{1,10})(?::(\d{1,10})(?:\((\d{1,10})\))?)?(?=[, ]|$)/y;
const ACKNOWLEDGMENT = /,? ack (\d{1,10})(?=[, ]|$)/y;
const WINDOW = /,? win (\d{1,5})(?=[, ]|$)/y;
const URGENT = /,? urg (\d{1,5})(?=[, ]|$)/y;
/** tcpdump stops where the snaplen does: `[mss 1460,[|tcp]`. */
const OPTIONS = /,? (?:options \[([^\]]{0,600})\]|<([^>]{0,600})>)/y;
const LENGTH = /, length (\d{1,7})(?!\d)/y;

/** Reads the segment in a logical line; null when there is none, or not yet a whole one. Linear in the line's length. */
export function parsePacket(line: string): TextPacket | null {
  let arrow = -1;
  for (let tries = 0; tries < MAX_ARROWS; tries++) {
    arrow = line.indexOf(ARROW, arrow + 1);
    if (arrow < 0) return null;
    const destinationAt = arrow + ARROW.length;
    const blank = line.indexOf(" ", destinationAt);
    if (blank < 0) return null;
    if (line[blank - 1] !== ":") continue;
    const before = line.slice(0, line.lastIndexOf(" ", arrow - 1) + 1);
    // What an ICMP error quotes was not seen here.
    if (before.includes("ICMP")) return null;
    const source = line.slice(before.length, arrow);
    const destination = line.slice(destinationAt, blank - 1);
    const packet = readSegment(line, blank + 1, before, source, destination);
    if (packet !== null) return packet;
  }
  return null;
}

function readSegment(
  line: string,
  at: number,
  before: string,
  source: string,
  destination: string,
): TextPacket | null {
  const scanner = new Scanner(line, at);
  const letters = scanner.take(FLAGS);
  if (letters === null) return null;
  const printed = readFlagLetters(letters[1] ?? letters[2]!);
  if (printed === null) return null;
  const isModern = letters[1] !== undefined;
  const checksum = scanner.take(CHECKSUM)?.[1];
  const numbers = scanner.take(SEQ);
  const ack = numberOf(scanner.take(ACKNOWLEDGMENT)?.[1]);
  const window = numberOf(scanner.take(WINDOW)?.[1]);
  if (window === null || window > 0xffff) return null;
  const urgent = numberOf(scanner.take(URGENT)?.[1]) ?? 0;
  const options = scanner.take(OPTIONS);
  const rest = line.slice(scanner.at, scanner.at + 80);
  const isOpen = options === null && /^,? (?:<|options \[)/.test(rest);
  const isCut = rest.includes("[|tcp]");
  // Not yet whole: the options' end is on the next line.
  if (isOpen && !isCut) return null;
  const optionText = options?.[1] ?? options?.[2] ?? (isOpen ? rest.slice(0, rest.indexOf("[|")) : "");
  const told = isModern ? scanner.take(LENGTH)?.[1] : numbers?.[3];
  const seq = numberOf(numbers?.[1]);
  const lengthBytes = lengthOf(seq, numberOf(numbers?.[2]), numberOf(told));
  if (lengthBytes === null || (numbers !== null && seq === null)) return null;
  // Before 4.0 the letters do not tell ACK, the number does; `.` stands for no other flag.
  const flags = isModern ? printed : (printed & ~ACK) | (ack === null ? 0 : ACK);
  return {
    ...readHeader(before, isModern ? "" : line.slice(scanner.at, scanner.at + 200)),
    source,
    destination,
    flags,
    seq,
    ack,
    lengthBytes,
    window,
    urgent,
    options: readOptions(optionText),
    checksum: checksum === undefined ? 0 : Number.parseInt(checksum, 16),
    isWhole: !isModern || told !== undefined || isCut,
  };
}

/** Payload octets as the range and the length tell; null when they contradict each other or reality. */
function lengthOf(first: number | null, end: number | null, told: number | null): number | null {
  const range = first === null || end === null ? null : (end - first) >>> 0;
  const length = told ?? range ?? 0;
  if (length > MAX_PAYLOAD_BYTES || (range !== null && range !== length)) return null;
  return length;
}

/** What is printed of the IP header: since 3.9 before the addresses, earlier behind the segment. */
function readHeader(
  before: string,
  after: string,
): Pick<TextPacket, "ipVersion" | "ttl" | "identification" | "tos" | "isDontFragment"> {
  const text = `${before.slice(-300)}${after}`;
  const number = (pattern: RegExp, most: number): number => {
    const value = numberOf(pattern.exec(text)?.[1]);
    return value === null || value > most ? 0 : value;
  };
  const tos = /(?:\btos|\bclass) 0x([0-9a-f]{1,2})\b/.exec(text)?.[1];
  return {
    ipVersion: versionOf(before),
    ttl: number(/\b(?:ttl|hlim) (\d{1,3})\b/, 255),
    identification: number(/\bid (\d{1,5})\b/, 0xffff),
    tos: tos === undefined ? 0 : Number.parseInt(tos, 16),
    isDontFragment: /flags \[(?:\+, ?)?DF\]|\(DF\)/.test(text),
  };
}

/** The innermost one named. */
function versionOf(before: string): 4 | 6 | null {
  const at4 = Math.max(before.lastIndexOf("IP "), before.lastIndexOf("IPv4 ("));
  const at6 = Math.max(before.lastIndexOf("IP6 "), before.lastIndexOf("IPv6 ("));
  if (at4 === at6) return null;
  return at6 > at4 ? 6 : 4;
}

/** Null when absent or beyond 32 bits. */
function numberOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  return value > MAX_NUMBER ? null : value;
}

/** Takes one piece after the other off a line. */
class Scanner {
  constructor(
    readonly line: string,
    public at: number,
  ) {}

  take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.line);
    if (match !== null) this.at = pattern.lastIndex;
    return match;
  }
}
