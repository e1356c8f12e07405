import { MAX_RECORD_BYTES, type OctetRange } from "./byte-window.js";

/** Times, and the two lengths. draft-ietf-opsawg-pcap, section 5. */
export const STANDARD_HEADER_BYTES = 16;
/** With interface, protocol and packet type behind it: Alexey Kuznetzov's libpcap of 1999, under a number of its own. */
const MODIFIED_HEADER_BYTES = 24;
/** And the processors in between: an earlier patch of his, in SuSE 6.3. */
const SUSE_HEADER_BYTES = 28;
/** Four more octets than the standard's: Nokia's firewalls. */
const NOKIA_HEADER_BYTES = 20;

/** What else may follow the magic number than what it was made for: Red Hat 6.1 and Nokia kept the standard's. */
const OTHERS_THAN_STANDARD = [NOKIA_HEADER_BYTES, MODIFIED_HEADER_BYTES];
const OTHERS_THAN_MODIFIED = [SUSE_HEADER_BYTES];

const MICROSECONDS_PER_SECOND = 1_000_000;
/** Records that follow each other are closer than a year. */
const LONGEST_PAUSE_S = 366 * 86_400;

/**
 * Octets of each record's header, in a file with microseconds whose first record begins the window. The magic number does
 * not tell. It is the size that the number was made for unless no record can begin where the second one then does, but
 * one does by another size.
 */
export function recordHeaderBytes(window: OctetRange, isLittleEndian: boolean, isModified: boolean): number {
  const usual = isModified ? MODIFIED_HEADER_BYTES : STANDARD_HEADER_BYTES;
  const others = isModified ? OTHERS_THAN_MODIFIED : OTHERS_THAN_STANDARD;
  const { view, start, end } = window;
  const second = start + usual + view.getUint32(start + 8, isLittleEndian);
  if (second + STANDARD_HEADER_BYTES > end) return usual;
  const isRecord =
    view.getUint32(second + 4, isLittleEndian) < MICROSECONDS_PER_SECOND &&
    view.getUint32(second + 8, isLittleEndian) <= MAX_RECORD_BYTES;
  if (isRecord) return usual;
  return others.find((size) => isFollowed(window, isLittleEndian, size)) ?? usual;
}

/** Behind a first record with a header of `size` octets stands another one, not long after it. */
function isFollowed({ view, start, end }: OctetRange, isLittleEndian: boolean, size: number): boolean {
  const at = start + size + view.getUint32(start + 8, isLittleEndian);
  if (at + size > end) return false;
  const captured = view.getUint32(at + 8, isLittleEndian);
  return (
    Math.abs(view.getUint32(at, isLittleEndian) - view.getUint32(start, isLittleEndian)) <= LONGEST_PAUSE_S &&
    view.getUint32(at + 4, isLittleEndian) < MICROSECONDS_PER_SECOND &&
    captured <= MAX_RECORD_BYTES &&
    captured <= view.getUint32(at + 12, isLittleEndian)
  );
}
