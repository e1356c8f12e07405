/** An option's value lies at `at`, `lengthBytes` long. draft-ietf-opsawg-pcapng, section 3.5. */
type OptionVisitor = (code: number, at: number, lengthBytes: number) => void;

const END_OF_OPTIONS = 0;

/**
 * Calls `visit` for each option between offsets `at` and `end`, which lie inside the view. A list that runs over its
 * end is taken as ended: what an option adds is never worth the frames behind it.
 */
export function visitOptions(
  view: DataView,
  at: number,
  end: number,
  isLittleEndian: boolean,
  visit: OptionVisitor,
): void {
  let next = at;
  while (end - next >= 4) {
    const code = view.getUint16(next, isLittleEndian);
    const lengthBytes = view.getUint16(next + 2, isLittleEndian);
    if (code === END_OF_OPTIONS || lengthBytes > end - next - 4) return;
    visit(code, next + 4, lengthBytes);
    next += 4 + lengthBytes + (-lengthBytes & 3);
  }
}
