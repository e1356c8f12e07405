import type { PacketOption } from "../../src/tcp/packet-line.js";
import { seqAdd } from "../../src/tcp/seq.js";
import { concatBytes, u16, u32 } from "./capture-bytes.js";

/**
 * An option as it stands in the header: kind, length, data. Sources: PacketOption.
 * @param peerIsn raw ISN of the data that SACK blocks acknowledge
 */
export function encodeOption(option: PacketOption, peerIsn: number): Uint8Array {
  switch (option.name) {
    case "eol":
      return Uint8Array.of(0);
    case "nop":
      return Uint8Array.of(1);
    case "mss":
      return withHeader(2, u16(option.mss));
    case "wscale":
      return withHeader(3, Uint8Array.of(option.shift));
    case "sackOK":
      return withHeader(4);
    case "sack": {
      const edges = option.blocks.flatMap(({ first, last }) => [first, last]);
      return withHeader(5, ...edges.map((edge) => u32(seqAdd(peerIsn, edge))));
    }
    case "TS":
      return withHeader(8, u32(option.tsval), u32(option.tsecr));
    case "fastopen":
      return withHeader(34, Buffer.from(option.cookie, "hex"));
    case "unknown":
      return withHeader(option.kind, Buffer.from(option.data, "hex"));
  }
}

function withHeader(kind: number, ...data: Uint8Array[]): Uint8Array {
  const content = concatBytes(data);
  return concatBytes([Uint8Array.of(kind, 2 + content.length), content]);
}
