/**
 * Payload that a script's comment describes: `rpc call XID PROGRAM VERSION PROCEDURE` (a compound also MINOR_VERSION) and
 * `rpc reply XID`, several joined by ` & `. A record of a call takes 44 octets at least, one of a reply 28; the last one fills the segment. A record over
 * several segments ends in `part OFFSET of LENGTH`. Null for every other comment.
 */
export function rpcPayload(comment: string | null, length: number): Uint8Array | null {
  if (comment === null || !/^rpc (call|reply) /.test(comment)) return null;
  const items = comment.slice(4).split(" & ");
  const octets = items.flatMap((item, index) => {
    const [text, part] = item.split(" part ");
    const [offset, whole] = part?.split(" of ").map(Number) ?? [];
    const [kind, ...numbers] = text!.split(" ");
    const header = headerOf(kind!, numbers.map(Number));
    const taken = items.slice(0, -1).reduce((sum, each) => sum + (each.startsWith("call") ? 44 : 28), 0);
    const size = whole ?? (index === items.length - 1 ? length - taken : header.length + 4);
    const record = [...word((0x80000000 + size - 4) >>> 0), ...header];
    while (record.length < size) record.push(0x61);
    return record.slice(offset ?? 0, (offset ?? 0) + (part === undefined ? size : length));
  });
  if (octets.length !== length) throw new RangeError(`${comment} does not fill ${length} octets`);
  return Uint8Array.from(octets);
}

/** RFC 5531, section 9, with empty credential and verifier; of a compound also its empty tag and the minor version. */
function headerOf(kind: string, numbers: readonly number[]): number[] {
  const [xid, program = 100003, version = 3, procedure = 1, minorVersion] = numbers;
  const compound = minorVersion === undefined ? [] : [0, minorVersion];
  const words =
    kind === "call"
      ? [xid!, 0, 2, program, version, procedure, 0, 0, 0, 0, ...compound]
      : [xid!, 1, 0, 0, 0, 0];
  return words.flatMap(word);
}

function word(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}
