import { layerOfEthertype } from "./ethertype.js";
import type { FrameCursor } from "./frame-cursor.js";
import { ETHERNET, type Layer } from "./layer.js";
import { readUint16 } from "./octets.js";

// Tags behind an EtherType of their own that say how a frame travels, not which network it belongs to: they differ
// between directions, and between frames that are recorded inside and outside a switch. An EtherType follows each.
const TYPE_LENGTH = 2;

/** Cisco's VN-Tag: direction, two interfaces. */
export function decodeVnTag(cursor: FrameCursor): Layer {
  return passTag(cursor, 4);
}

/** IEEE 802.1BR, clause 7.5: priority, two channels. */
export function decodeETag(cursor: FrameCursor): Layer {
  return passTag(cursor, 6);
}

/** IEEE 802.1CB, clause 7.8: a sequence number. */
export function decodeRedundancyTag(cursor: FrameCursor): Layer {
  return passTag(cursor, 4);
}

/** HSR, IEC 62439-3, clause 5.6: path, size, sequence number. */
export function decodeHsrTag(cursor: FrameCursor): Layer {
  return passTag(cursor, 4);
}

/** Cisco's metadata: version, length, one option, the security group. */
export function decodeMetaDataTag(cursor: FrameCursor): Layer {
  return passTag(cursor, 6);
}

function passTag(cursor: FrameCursor, length: number): Layer {
  if (!cursor.has(length + TYPE_LENGTH)) return cursor.drop("frame tag cut");
  const type = readUint16(cursor.bytes, cursor.at + length);
  cursor.at += length + TYPE_LENGTH;
  return layerOfEthertype(cursor, type);
}

// IEEE 802.1AE, clause 9.3: control information, short length, packet number, perhaps the channel.
const MACSEC_LENGTH = 6;
const MACSEC_HAS_CHANNEL = 0x20;
const MACSEC_CHANNEL_LENGTH = 8;
/** Encrypted, or changed in some other way. */
const MACSEC_HIDDEN = 0x0c;

/** MACsec that protects integrity only. */
export function decodeMacsec(cursor: FrameCursor): Layer {
  if (!cursor.has(MACSEC_LENGTH)) return cursor.drop("frame tag cut");
  const control = cursor.bytes[cursor.at]!;
  if ((control & MACSEC_HIDDEN) !== 0) return cursor.drop("macsec encrypted");
  return passTag(cursor, MACSEC_LENGTH + ((control & MACSEC_HAS_CHANNEL) !== 0 ? MACSEC_CHANNEL_LENGTH : 0));
}

/** Cisco FabricPath: forwarding tag and time to live; its outer addresses look like Ethernet's. */
const FABRIC_PATH_LENGTH = 2;

export function decodeFabricPath(cursor: FrameCursor): Layer {
  if (!cursor.has(FABRIC_PATH_LENGTH)) return cursor.drop("frame tag cut");
  cursor.at += FABRIC_PATH_LENGTH;
  return ETHERNET;
}

/** RFC 6325, section 3: flags with the options' length in units of 4 octets, hop count, two nicknames. */
const TRILL_LENGTH = 6;
const TRILL_OPTIONS_SHIFT = 6;
const TRILL_OPTIONS_MASK = 0x1f;

export function decodeTrill(cursor: FrameCursor): Layer {
  if (!cursor.has(TRILL_LENGTH)) return cursor.drop("frame tag cut");
  const flags = readUint16(cursor.bytes, cursor.at);
  const length = TRILL_LENGTH + ((flags >> TRILL_OPTIONS_SHIFT) & TRILL_OPTIONS_MASK) * 4;
  if (!cursor.has(length)) return cursor.drop("frame tag cut");
  cursor.at += length;
  return ETHERNET;
}
