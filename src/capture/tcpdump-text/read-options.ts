/** Octets that options can take in a TCP header. RFC 9293, section 3.1. */
const MAX_OPTIONS_BYTES = 40;
const MAX_BLOCKS = 4;

/** Kinds: https://www.iana.org/assignments/tcp-parameters */
const END = 0;
const NOP = 1;
const MSS = 2;
const WINDOW_SCALE = 3;
const SACK_PERMITTED = 4;
export const SACK = 5;
const TIMESTAMPS = 8;
const MULTIPATH = 30;
const FAST_OPEN = 34;

/**
 * The octets of an option list as tcpdump prints it, such as `mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7`, filled up
 * to a multiple of 4. What it does not know is left out, and so is what goes beyond 40 octets.
 */
export function readOptions(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const item of text.split(",")) {
    const option = readOption(item.trim());
    if (option === null) continue;
    if (bytes.length + option.length > MAX_OPTIONS_BYTES) break;
    bytes.push(...option);
  }
  while (bytes.length % 4 !== 0) bytes.push(END);
  return Uint8Array.from(bytes);
}

function readOption(item: string): readonly number[] | null {
  if (item === "nop") return [NOP];
  if (item === "eol") return [END];
  if (item === "sackOK") return [SACK_PERMITTED, 2];
  const number = /^(mss|wscale) (\d{1,5})/.exec(item);
  if (number !== null) {
    const value = Number(number[2]);
    return number[1] === "mss" ? [MSS, 4, value >>> 8, value & 0xff] : [WINDOW_SCALE, 3, value & 0xff];
  }
  const times = /^(?:TS val|timestamp) (\d{1,10})(?: ecr)? (\d{1,10})/.exec(item);
  if (times !== null) return [TIMESTAMPS, 10, ...octetsOf(times[1]!), ...octetsOf(times[2]!)];
  if (item.startsWith("sack")) return readBlocks(item);
  if (item.startsWith("tfo"))
    return withContent(FAST_OPEN, /cookie ([0-9a-f]{2,32})\b/.exec(item)?.[1] ?? "");
  const multipath = /^mptcp (\d{1,2})\b/.exec(item);
  if (multipath !== null) {
    // What it says is not judged; that it is there is.
    const length = Math.min(Math.max(Number(multipath[1]), 2), MAX_OPTIONS_BYTES);
    return withContent(MULTIPATH, "00".repeat(length - 2));
  }
  const unknown = /^unknown-(\d{1,3})(?: 0x([0-9a-f]{0,76}))?/.exec(item);
  if (unknown !== null && Number(unknown[1]) > NOP && Number(unknown[1]) < 256)
    return withContent(Number(unknown[1]), unknown[2] ?? "");
  return null;
}

/** `sack 2 {1:5}{9:12}`, in 2003 `sack sack 1 {1:5} `. RFC 2018, section 3. */
function readBlocks(item: string): readonly number[] | null {
  const edges: number[] = [];
  for (const block of item.slice(0, 200).matchAll(/\{(\d{1,10}):(\d{1,10})\}/g)) {
    if (edges.length === 8 * MAX_BLOCKS) break;
    edges.push(...octetsOf(block[1]!), ...octetsOf(block[2]!));
  }
  return edges.length === 0 ? null : [SACK, 2 + edges.length, ...edges];
}

function withContent(kind: number, hexadecimal: string): readonly number[] {
  const content = [...Buffer.from(hexadecimal, "hex")];
  return [kind, 2 + content.length, ...content];
}

function octetsOf(decimal: string): readonly number[] {
  const value = Number(decimal);
  return [(value / 0x1000000) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}
