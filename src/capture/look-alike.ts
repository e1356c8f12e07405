/** What describeLookAlike says of text. */
export const TEXT_FILE = "a text file";

/** What files that are taken for captures begin with, and what they are. */
const BEGINNINGS: readonly (readonly [string, string])[] = [
  ["btsnoop\0", "a Bluetooth snoop log, not a network capture"],
  ["GMBU", "a Microsoft Network Monitor capture, which is not supported (editcap converts it)"],
  ["RTSS", "a Microsoft Network Monitor capture, which is not supported (editcap converts it)"],
  ["XCP\0", "a NetXRay or Sniffer capture, which is not supported (editcap converts it)"],
  ["TRSNIFF data", "a Sniffer capture, which is not supported (editcap converts it)"],
  ["iptrace ", "an AIX iptrace capture, which is not supported (editcap converts it)"],
  ["\x1c\0\x01\xac", "an IXIA capture, which is not supported (editcap converts it)"],
  ["\x1c\0\x01\xab", "an IXIA capture, which is not supported (editcap converts it)"],
  ["\xac\x01\0\x1c", "an IXIA capture, which is not supported (editcap converts it)"],
  ["\xab\x01\0\x1c", "an IXIA capture, which is not supported (editcap converts it)"],
  ["\x0a\x0d\x0d\x0a", "a pcapng file whose first block is damaged"],
  ["SQLite format 3\0", "an SQLite database"],
  ["BZh", "bzip2 data, which is not supported"],
  ["PK\x03\x04", "a zip archive: unpack it first"],
  ["7z\xbc\xaf", "a 7-Zip archive: unpack it first"],
  ["\x7fELF", "a program"],
  ["%PDF-", "a PDF document"],
];

/**
 * What a file that is no capture looks like, worded to follow "is"; null when nothing comes to mind.
 * @param bytes the file's first octets, up to a few hundred.
 */
export function describeLookAlike(bytes: Uint8Array): string | null {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  for (const [beginning, description] of BEGINNINGS) if (text.startsWith(beginning)) return description;
  if (text.slice(257, 262) === "ustar") return "a tar archive: unpack it first";
  if (isText(bytes)) return TEXT_FILE;
  return null;
}

/** UTF-8, its last character perhaps cut, without control characters but tabs, line ends and escape sequences. */
function isText(bytes: Uint8Array): boolean {
  const isControl = (octet: number): boolean =>
    octet < 0x20 ? octet !== 0x1b && (octet < 0x09 || octet > 0x0d) : octet === 0x7f;
  if (bytes.some(isControl)) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
