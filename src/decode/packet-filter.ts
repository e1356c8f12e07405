import type { FrameCursor } from "./frame-cursor.js";
import { type Layer, RAW_IP } from "./layer.js";

/** The header's length without padding to 4 octets. https://www.tcpdump.org/linktypes/LINKTYPE_PFLOG.html */
const PFLOG_LENGTH_MIN = 61;

/** What the packet filter of the BSDs logs. */
export function decodePflog(cursor: FrameCursor): Layer {
  if (!cursor.has(1)) return cursor.drop("pflog header cut");
  const length = (cursor.bytes[cursor.at]! + 3) & ~3;
  if (length < PFLOG_LENGTH_MIN || !cursor.has(length)) return cursor.drop("pflog header cut");
  cursor.at += length;
  return RAW_IP;
}

/** Address family, index of the security association, flags. https://www.tcpdump.org/linktypes/LINKTYPE_ENC.html */
const ENC_LENGTH = 12;

/** OpenBSD's IPsec before encryption and after decryption. */
export function decodeEnc(cursor: FrameCursor): Layer {
  if (!cursor.has(ENC_LENGTH)) return cursor.drop("enc header cut");
  cursor.at += ENC_LENGTH;
  return RAW_IP;
}
