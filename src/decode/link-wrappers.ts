import type { FrameCursor } from "./frame-cursor.js";
import { ETHERNET, IEEE802_11, type Layer } from "./layer.js";
import { layerOfLinkType } from "./link-type.js";
import { readUint32 } from "./octets.js";

// Headers that a capturing system puts before frames of another link type.

const readLittleEndian16 = (bytes: Uint8Array, at: number): number => bytes[at]! | (bytes[at + 1]! << 8);
const readLittleEndian32 = (bytes: Uint8Array, at: number): number =>
  (readLittleEndian16(bytes, at) | (readLittleEndian16(bytes, at + 2) << 16)) >>> 0;

/** Version, flags, length, link type. https://www.tcpdump.org/linktypes/LINKTYPE_PPI.html */
const PPI_LENGTH_AT = 2;
const PPI_LINK_TYPE_AT = 4;
const PPI_LENGTH_MIN = 8;

export function decodePpi(cursor: FrameCursor): Layer {
  if (!cursor.has(PPI_LENGTH_MIN)) return cursor.drop("ppi header cut");
  const length = readLittleEndian16(cursor.bytes, cursor.at + PPI_LENGTH_AT);
  const linkType = readLittleEndian32(cursor.bytes, cursor.at + PPI_LINK_TYPE_AT);
  return enterLink(cursor, length, PPI_LENGTH_MIN, linkType) ?? cursor.drop("ppi header cut");
}

/** Length, record type, link type. https://www.tcpdump.org/linktypes/LINKTYPE_PKTAP.html */
const PKTAP_TYPE_AT = 4;
const PKTAP_LINK_TYPE_AT = 8;
const PKTAP_LENGTH_MIN = 12;
const PKTAP_TYPE_PACKET = 1;

export function decodePktap(cursor: FrameCursor): Layer {
  const { bytes, at } = cursor;
  if (!cursor.has(PKTAP_LENGTH_MIN)) return cursor.drop("pktap header cut");
  if (readLittleEndian32(bytes, at + PKTAP_TYPE_AT) !== PKTAP_TYPE_PACKET)
    return cursor.drop("pktap without packet");
  const length = readLittleEndian32(bytes, at);
  const linkType = readLittleEndian32(bytes, at + PKTAP_LINK_TYPE_AT);
  return enterLink(cursor, length, PKTAP_LENGTH_MIN, linkType) ?? cursor.drop("pktap header cut");
}

/** Passes a header of `length`; undefined when that is impossible. */
function enterLink(
  cursor: FrameCursor,
  length: number,
  lengthMin: number,
  linkType: number,
): Layer | undefined {
  if (length < lengthMin || !cursor.has(length)) return undefined;
  cursor.at += length;
  const layer = linkType <= 0xffff ? layerOfLinkType(linkType) : undefined;
  return layer ?? cursor.dropNumbered("linkType", linkType & 0xffff);
}

/** Prism's header has one length; newer drivers put AVS's, which tells its own, under the same link type. */
const PRISM_LENGTH = 144;
const AVS_VERSION_MASK = 0xfffff000;
const AVS_VERSION = 0x80211000;
const AVS_LENGTH_AT = 4;
const AVS_LENGTH_MIN = 8;

/** https://www.tcpdump.org/linktypes/LINKTYPE_IEEE802_11_PRISM.html, …/LINKTYPE_IEEE802_11_AVS.html */
export function decodePrism(cursor: FrameCursor): Layer {
  if (!cursor.has(AVS_LENGTH_MIN)) return cursor.drop("prism header cut");
  const { bytes, at } = cursor;
  const isAvs = (readUint32(bytes, at) & AVS_VERSION_MASK) >>> 0 === AVS_VERSION;
  const length = isAvs ? readUint32(bytes, at + AVS_LENGTH_AT) : PRISM_LENGTH;
  if (length < AVS_LENGTH_MIN || !cursor.has(length)) return cursor.drop("prism header cut");
  cursor.at += length;
  return IEEE802_11;
}

/** https://www.tcpdump.org/linktypes/LINKTYPE_NETANALYZER.html: 4 octets; transparent mode keeps the preamble too. */
const NETANALYZER_LENGTH = 4;
const NETANALYZER_TRANSPARENT_LENGTH = 12;

export function decodeNetanalyzer(cursor: FrameCursor): Layer {
  return skipToEthernet(cursor, NETANALYZER_LENGTH);
}

export function decodeNetanalyzerTransparent(cursor: FrameCursor): Layer {
  return skipToEthernet(cursor, NETANALYZER_TRANSPARENT_LENGTH);
}

function skipToEthernet(cursor: FrameCursor, length: number): Layer {
  if (!cursor.has(length)) return cursor.drop("netanalyzer header cut");
  cursor.at += length;
  return ETHERNET;
}
