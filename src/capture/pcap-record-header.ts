import { MAX_RECORD_BYTES, type OctetRange } from "./byte-window.js";

/** Times, and the two lengths. draft-ietf-opsawg-pcap, section 5. */
export const STANDARD_HEADER_BYTES = 16;
/** With interface, protocol and packet type behind it: Alexey Kuznetzov's libpcap of 1999, under a number of its own. */
const MODIFIED_HEADER_BYTES = 24;
/** And the processors in between: an earlier patch of his, in SuSE 6.3. */
const SUSE_HEADER_BYTES = 28;
/** Four more octets than the standard's: Nokia's firewalls. */
const NOKIA_HEADER_BYTES = 20;

/**
 * What may follow the magic number, the one it was made for first: Red Hat 6.1 and Nokia kept the standard's. Ascending:
 * four octets too early the seconds stand for microseconds, and are too many; four octets too late a length does.
 */
const SIZES_OF_STANDARD = [STANDARD_HEADER_BYTES, NOKIA_HEADER_BYTES, MODIFIED_HEADER_BYTES];
const SIZES_OF_MODIFIED = [MODIFIED_HEADER_BYTES, SUSE_HEADER_BYTES];

const MICROSECONDS_PER_SECOND = 1_000_000;

/**
 * Octets of each record's header, in a file with microseconds whose first record begins the window. The magic number does
 * not tell: it is the size behind which the second record begins, as far as that is there, else what the number says.
 */
export function recordHeaderBytes(window: OctetRange, isLittleEndian: boolean, isModified: boolean): number {
  const sizes = isModified ? SIZES_OF_MODIFIED : SIZES_OF_STANDARD;
  const { view, start, end } = window;
  const isFollowed = (size: number): boolean => {
    const next = start + size + view.getUint32(start + 8, isLittleEndian);
    if (next + STANDARD_HEADER_BYTES > end) return false;
    const microseconds = view.getUint32(next + 4, isLittleEndian);
    return (
      microseconds < MICROSECONDS_PER_SECOND && view.getUint32(next + 8, isLittleEndian) <= MAX_RECORD_BYTES
    );
  };
  return sizes.find(isFollowed) ?? sizes[0]!;
}
