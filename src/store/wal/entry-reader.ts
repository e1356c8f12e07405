/** Octets of integers by their serial type; 8 and 9 are the integers 0 and 1. https://www.sqlite.org/fileformat2.html section 2.1 */
const OCTETS = [0, 1, 2, 3, 4, 6, 8, 0, 0, 0];
const ZERO_TYPE = 8;

/** Reads entries of an index on one integer column, neither of whose values is negative. */
export class EntryReader {
  key = 0;
  rowid = 0;
  /** Where the entry's cell stands in what was read last. */
  start = 0;
  end = 0;

  /** Reads the entry whose cell begins at `at`: its length, below 128, a header of three octets, and two integers. */
  read(bytes: Uint8Array, at: number): void {
    const keyType = bytes[at + 2]!;
    const rowidType = bytes[at + 3]!;
    const keyAt = at + 4;
    const rowidAt = keyAt + OCTETS[keyType]!;
    this.key = integerAt(bytes, keyAt, keyType);
    this.rowid = integerAt(bytes, rowidAt, rowidType);
    this.start = at;
    this.end = at + 1 + bytes[at]!;
  }
}

function integerAt(bytes: Uint8Array, at: number, type: number): number {
  if (type >= ZERO_TYPE) return type - ZERO_TYPE;
  let value = 0;
  for (let position = at; position < at + OCTETS[type]!; position++) value = value * 256 + bytes[position]!;
  return value;
}
