/** Shortest match; the token holds the length less this. LZ4 block format, "Sequences". */
const MIN_MATCH = 4;
/** A nibble of 15 goes on in the octets that follow, each 255 being followed by another. */
const LENGTH_GOES_ON = 15;

/**
 * Decodes one LZ4 block, `input` from `at` to `end`, into `output` from `outputAt` on; matches may reach back to
 * `output`'s beginning. Returns the offset behind the last octet decoded, or its bitwise complement (a negative
 * number) when the block is damaged, cut, or larger than `outputEnd` allows.
 */
export function decodeLz4Block(
  input: Uint8Array,
  at: number,
  end: number,
  output: Uint8Array,
  outputAt: number,
  outputEnd: number,
): number {
  let from = at;
  let to = outputAt;
  while (from < end) {
    const token = input[from++]!;
    let literals = token >> 4;
    if (literals === LENGTH_GOES_ON) {
      let more = 255;
      while (more === 255 && from < end) {
        more = input[from++]!;
        literals += more;
      }
    }
    const present = Math.min(literals, end - from, outputEnd - to);
    output.set(input.subarray(from, from + present), to);
    to += present;
    from += present;
    if (present < literals) return ~to;
    // The last sequence has no match.
    if (from === end) return to;
    if (end - from < 2) return ~to;
    const distance = input[from]! | (input[from + 1]! << 8);
    from += 2;
    if (distance === 0 || distance > to) return ~to;
    let match = token & 15;
    if (match === LENGTH_GOES_ON) {
      let more = 255;
      while (more === 255) {
        if (from === end) return ~to;
        more = input[from++]!;
        match += more;
      }
    }
    match += MIN_MATCH;
    if (match > outputEnd - to) return ~to;
    if (distance >= match) {
      output.copyWithin(to, to - distance, to - distance + match);
      to += match;
    } else {
      // The match overlaps what it makes: octet by octet, it repeats itself.
      for (const stop = to + match; to < stop; to++) output[to] = output[to - distance]!;
    }
  }
  // A block ends with literals, so with their sequence.
  return ~to;
}
