import type { FrameCursor } from "./frame-cursor.js";
import { CISCO_HDLC, ETHERNET, FRAME_RELAY, type Layer, PPP, RAW_IP } from "./layer.js";
import { readUint16, readUint24 } from "./octets.js";

// https://www.tcpdump.org/linktypes.html, LINKTYPE_JUNIPER_…: "MGC", flags, with a flag set extensions of given length.
const MAGIC = 0x4d4743;
const FLAGS_AT = 3;
const LENGTH = 4;
const HAS_EXTENSIONS = 0x80;
const EXTENSIONS_AT = 6;
/** The link layer was removed: 4 octets tell the protocol in the router's own numbers and byte order. */
const IS_WITHOUT_LINK = 0x02;
const PROTOCOL_LENGTH = 4;
/** Before the PPP protocol of that link type. */
const PPP_ADDRESS_LENGTH = 2;

/** What a Juniper router captured on an Ethernet interface. */
export function decodeJuniperEthernet(cursor: FrameCursor): Layer {
  return passHeader(cursor) ?? ETHERNET;
}

export function decodeJuniperPpp(cursor: FrameCursor): Layer {
  const found = passHeader(cursor);
  if (found !== undefined) return found;
  if (!cursor.has(PPP_ADDRESS_LENGTH)) return cursor.drop("juniper header cut");
  cursor.at += PPP_ADDRESS_LENGTH;
  return PPP;
}

export function decodeJuniperFrameRelay(cursor: FrameCursor): Layer {
  return passHeader(cursor) ?? FRAME_RELAY;
}

export function decodeJuniperCiscoHdlc(cursor: FrameCursor): Layer {
  return passHeader(cursor) ?? CISCO_HDLC;
}

/** Passes the router's header; a layer only when no link layer follows, or when the frame was given up. */
function passHeader(cursor: FrameCursor): Layer | undefined {
  const { bytes, at } = cursor;
  if (!cursor.has(LENGTH)) return cursor.drop("juniper header cut");
  // Old routers wrote no header of their own.
  if (readUint24(bytes, at) !== MAGIC) return undefined;
  const flags = bytes[at + FLAGS_AT]!;
  let length = LENGTH;
  if ((flags & HAS_EXTENSIONS) !== 0) {
    if (!cursor.has(EXTENSIONS_AT)) return cursor.drop("juniper header cut");
    length = EXTENSIONS_AT + readUint16(bytes, at + LENGTH);
  }
  const isWithoutLink = (flags & IS_WITHOUT_LINK) !== 0;
  if (isWithoutLink) length += PROTOCOL_LENGTH;
  if (!cursor.has(length)) return cursor.drop("juniper header cut");
  cursor.at += length;
  return isWithoutLink ? RAW_IP : undefined;
}
