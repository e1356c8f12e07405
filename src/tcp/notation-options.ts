import type { NotationScanner } from "./notation-scanner.js";
import { MAX_OPTIONS_BYTES, optionLengthBytes, type PacketOption, type SackBlock } from "./packet-line.js";

const MAX_SEQ = Number.MAX_SAFE_INTEGER;
const HEX = /(?:[0-9a-f]{2})+(?!\w)/iy;
const PREFIXED_HEX = /0x((?:[0-9a-f]{2})*)(?!\w)/iy;
const SACK_BLOCK = /(-?\d+):(-?\d+)(?!\w)/y;
const KNOWN =
  "an option: mss N, sackOK, wscale N, TS val N ecr N, sack N:N, nop, eol, fastopen HEX or unknown-N 0xHEX";

/** Reads `<mss 1460,sackOK,…>`; no options at all when the line has no `<` here. */
export function scanOptions(scanner: NotationScanner): PacketOption[] {
  const options: PacketOption[] = [];
  if (scanner.match(/</y) === null) return options;
  do options.push(scanOption(scanner));
  while (scanner.match(/,/y) !== null);
  scanner.expect(/>/y, "a comma or > after an option");
  const lengthBytes = options.reduce((sum, option) => sum + optionLengthBytes(option), 0);
  if (lengthBytes > MAX_OPTIONS_BYTES) {
    scanner.refuse(`options have room for ${MAX_OPTIONS_BYTES} octets, these take ${lengthBytes}`);
  }
  return options;
}

function scanOption(scanner: NotationScanner): PacketOption {
  const name = scanner.match(/(?:eol|nop|mss|wscale|sackOK|sack|TS|fastopen|unknown(?=-))(?!\w)/y)?.[0];
  switch (name) {
    case "eol":
    case "nop":
    case "sackOK":
      return { name };
    case "mss":
      return { name, mss: scanner.integer("an MSS", 0, 0xffff) };
    case "wscale":
      return { name, shift: scanner.integer("a window scale", 0, 0xff) };
    case "sack":
      return { name, blocks: scanSackBlocks(scanner) };
    case "TS": {
      scanner.expect(/val(?!\w)/y, "val and a number after TS");
      const tsval = scanner.integer("a TS val", 0, 0xffff_ffff);
      scanner.expect(/ecr(?!\w)/y, "ecr and a number after TS val");
      return { name, tsval, tsecr: scanner.integer("a TS ecr", 0, 0xffff_ffff) };
    }
    case "fastopen":
      return { name, cookie: scanner.match(HEX)?.[0].toLowerCase() ?? "" };
    case "unknown": {
      scanner.expect(/-/y, "unknown-N");
      // Kinds 0 and 1 are a single octet, without length or data.
      const kind = scanner.integer("the kind of an unknown option", 2, 0xff);
      const data = scanner.expect(PREFIXED_HEX, "the option's octets as 0x and pairs of hexadecimal digits");
      return { name, kind, data: data[1]!.toLowerCase() };
    }
    default:
      return scanner.fail(KNOWN);
  }
}

function scanSackBlocks(scanner: NotationScanner): SackBlock[] {
  const blocks: SackBlock[] = [];
  let found: RegExpExecArray | null = scanner.expect(SACK_BLOCK, "a SACK block such as 1:11");
  for (; found !== null; found = scanner.match(SACK_BLOCK)) {
    const first = scanner.within(found[1]!, "a SACK edge", -MAX_SEQ, MAX_SEQ);
    const last = scanner.within(found[2]!, "a SACK edge", -MAX_SEQ, MAX_SEQ);
    blocks.push({ first, last });
  }
  return blocks;
}

/** The option in the notation: `mss 1460`, `TS val 1 ecr 0`. */
export function printOption(option: PacketOption): string {
  switch (option.name) {
    case "eol":
    case "nop":
    case "sackOK":
      return option.name;
    case "mss":
      return `mss ${option.mss}`;
    case "wscale":
      return `wscale ${option.shift}`;
    case "sack":
      return `sack ${option.blocks.map(({ first, last }) => `${first}:${last}`).join(" ")}`;
    case "TS":
      return `TS val ${option.tsval} ecr ${option.tsecr}`;
    case "fastopen":
      return option.cookie === "" ? "fastopen" : `fastopen ${option.cookie}`;
    case "unknown":
      return `unknown-${option.kind} 0x${option.data}`;
  }
}
