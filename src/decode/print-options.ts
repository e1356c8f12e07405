import { unwrapSeq } from "../tcp/seq.js";
import { readUint16, readUint32 } from "./octets.js";
import * as options from "./tcp-options.js";

/** Kinds that are printed as a name and their octets; every other unknown one as `unknown-<kind>`. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [options.OPTION_MD5, "md5"],
  [options.OPTION_USER_TIMEOUT, "user-timeout"],
  [options.OPTION_AUTHENTICATION, "tcp-ao"],
  [options.OPTION_MULTIPATH, "mptcp"],
  [options.OPTION_ACCURATE_ECN_0, "accecn0"],
  [options.OPTION_ACCURATE_ECN_1, "accecn1"],
]);

/** Kinds for experiments share a number and tell themselves apart by the first octets: RFC 6994. */
const EXPERIMENT_KINDS = [253, 254];
const EXPERIMENT_FAST_OPEN = 0xf989;

/**
 * The options in the notation, without padding: `mss 1460,sackOK,TS val 1 ecr 0,wscale 7,sack 1:11 21:31`. Empty
 * when there are none. SACK edges are printed relative to raw number `sackBase`, taking the candidate nearest to
 * relative number `sackNear` (the segment's own acknowledgment); 0 is right within 2 GiB of the ISN.
 */
export function printOptions(
  bytes: Uint8Array,
  at: number,
  lengthBytes: number,
  skipTimestamps: boolean,
  sackBase: number,
  sackNear = 0,
): string {
  const end = at + lengthBytes;
  const printed: string[] = [];
  for (let option = at; option < end && bytes[option] !== options.OPTION_END; ) {
    const length = options.optionLengthBytes(bytes, option, end);
    if (length === 0) {
      printed.push(`malformed 0x${hex(bytes, option, end)}`);
      break;
    }
    const isSkipped = bytes[option] === options.OPTION_TIMESTAMPS && skipTimestamps;
    if (bytes[option] !== options.OPTION_NOP && !isSkipped)
      printed.push(printOption(bytes, option, length, sackBase, sackNear));
    option += length;
  }
  return printed.join(",");
}

function printOption(
  bytes: Uint8Array,
  at: number,
  length: number,
  sackBase: number,
  sackNear: number,
): string {
  const kind = bytes[at]!;
  const value = at + 2;
  const end = at + length;
  if (kind === options.OPTION_MSS && length === options.MSS_LENGTH) return `mss ${readUint16(bytes, value)}`;
  if (kind === options.OPTION_WINDOW_SCALE && length === options.WINDOW_SCALE_LENGTH)
    return `wscale ${bytes[value]}`;
  if (kind === options.OPTION_SACK_PERMITTED && length === options.SACK_PERMITTED_LENGTH) return "sackOK";
  if (kind === options.OPTION_TIMESTAMPS && length === options.TIMESTAMPS_LENGTH)
    return `TS val ${readUint32(bytes, value)} ecr ${readUint32(bytes, value + 4)}`;
  if (kind === options.OPTION_SACK && options.isSackLength(length))
    return `sack ${printSackBlocks(bytes, value, end, sackBase, sackNear)}`;
  if (kind === options.OPTION_FAST_OPEN) return printOctets("fastopen", "", bytes, value, end);
  if (EXPERIMENT_KINDS.includes(kind) && length >= 4 && readUint16(bytes, value) === EXPERIMENT_FAST_OPEN)
    return printOctets("fastopen-exp", "", bytes, value + 2, end);
  const name = NAMES.get(kind);
  return name === undefined
    ? `unknown-${kind} 0x${hex(bytes, value, end)}`
    : printOctets(name, "0x", bytes, value, end);
}

function printSackBlocks(bytes: Uint8Array, at: number, end: number, base: number, near: number): string {
  const blocks: string[] = [];
  for (let block = at; block < end; block += options.SACK_BLOCK_LENGTH) {
    const left = unwrapSeq(readUint32(bytes, block), base, near);
    const right = unwrapSeq(readUint32(bytes, block + 4), base, near);
    blocks.push(`${left}:${right}`);
  }
  return blocks.join(" ");
}

function printOctets(name: string, prefix: string, bytes: Uint8Array, at: number, end: number): string {
  return at === end ? name : `${name} ${prefix}${hex(bytes, at, end)}`;
}

function hex(bytes: Uint8Array, at: number, end: number): string {
  let text = "";
  for (let octet = at; octet < end; octet++) text += bytes[octet]!.toString(16).padStart(2, "0");
  return text;
}
