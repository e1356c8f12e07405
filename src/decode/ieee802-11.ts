import type { FrameCursor } from "./frame-cursor.js";
import { IEEE802_11, type Layer, LLC } from "./layer.js";
import { readUint16 } from "./octets.js";

/** https://www.radiotap.org: version, padding, length; little endian. */
const RADIOTAP_LENGTH_AT = 2;
const RADIOTAP_LENGTH_MIN = 8;

export function decodeRadiotap(cursor: FrameCursor): Layer {
  if (!cursor.has(RADIOTAP_LENGTH_MIN)) return cursor.drop("radiotap header cut");
  const lengthAt = cursor.at + RADIOTAP_LENGTH_AT;
  const length = cursor.bytes[lengthAt]! | (cursor.bytes[lengthAt + 1]! << 8);
  if (length < RADIOTAP_LENGTH_MIN || !cursor.has(length)) return cursor.drop("radiotap header cut");
  cursor.at += length;
  return IEEE802_11;
}

// IEEE 802.11, clause 9.2.4: frame control, duration, three addresses, sequence control.
const HEADER_LENGTH = 24;
const CONTROL_AT = 0;
const FLAGS_AT = 1;
const FRAGMENT_AT = 22;
const TYPE_MASK = 0x0c;
const TYPE_DATA = 0x08;
const IS_WITHOUT_DATA = 0x40;
const IS_QOS = 0x80;
const TO_AND_FROM_DISTRIBUTION = 0x03;
const HAS_MORE_FRAGMENTS = 0x04;
const IS_PROTECTED = 0x40;
const HAS_HT_CONTROL = 0x80;
/** WEP's initialization vector and key index, and what TKIP and CCMP have more, where a bit of the latter says so. */
const VECTOR_LENGTH = 4;
const KEY_INDEX_AT = 3;
const HAS_EXTENDED_VECTOR = 0x20;
const ADDRESS_LENGTH = 6;
const QOS_LENGTH = 2;
const IS_AGGREGATE = 0x80;
const HT_CONTROL_LENGTH = 4;

/** Wireless data frames in the clear; of those that aggregate several datagrams, the first. */
export function decodeIeee80211(cursor: FrameCursor): Layer {
  return decodeData(cursor, CONTROL_AT, FLAGS_AT, false);
}

/** Those of Intel's Centrino under an EtherType of its own: decrypted, but with the protected bit and the vector. */
export function decodeIeee80211Decrypted(cursor: FrameCursor): Layer {
  return decodeData(cursor, CONTROL_AT, FLAGS_AT, true);
}

/** The same with the two octets of frame control the other way round, as access controllers have them. */
export function decodeIeee80211Swapped(cursor: FrameCursor): Layer {
  return decodeData(cursor, FLAGS_AT, CONTROL_AT, false);
}

function decodeData(cursor: FrameCursor, controlAt: number, flagsAt: number, isDecrypted: boolean): Layer {
  if (!cursor.has(HEADER_LENGTH)) return cursor.drop("ieee 802.11 header cut");
  const { bytes, at } = cursor;
  const control = bytes[at + controlAt]!;
  const flags = bytes[at + flagsAt]!;
  if ((control & TYPE_MASK) !== TYPE_DATA || (control & IS_WITHOUT_DATA) !== 0)
    return cursor.drop("ieee 802.11 without data");
  const isProtected = (flags & IS_PROTECTED) !== 0;
  if (isProtected && !isDecrypted) return cursor.drop("ieee 802.11 encrypted");
  if ((flags & HAS_MORE_FRAGMENTS) !== 0) return cursor.drop("ieee 802.11 fragment");
  const hasFourAddresses = (flags & TO_AND_FROM_DISTRIBUTION) === TO_AND_FROM_DISTRIBUTION;
  let length = HEADER_LENGTH + (hasFourAddresses ? ADDRESS_LENGTH : 0);
  let isAggregate = false;
  if ((control & IS_QOS) !== 0) {
    if (!cursor.has(length + QOS_LENGTH)) return cursor.drop("ieee 802.11 header cut");
    isAggregate = (bytes[at + length]! & IS_AGGREGATE) !== 0;
    length += QOS_LENGTH + ((flags & HAS_HT_CONTROL) !== 0 ? HT_CONTROL_LENGTH : 0);
  }
  if (isProtected) {
    if (!cursor.has(length + VECTOR_LENGTH)) return cursor.drop("ieee 802.11 header cut");
    const isExtended = (bytes[at + length + KEY_INDEX_AT]! & HAS_EXTENDED_VECTOR) !== 0;
    length += VECTOR_LENGTH * (isExtended ? 2 : 1);
  }
  if (!cursor.has(length)) return cursor.drop("ieee 802.11 header cut");
  cursor.at += length;
  // Some radios number frames that are whole: a last fragment does not begin with the header of a datagram.
  const fragmentNumber = bytes[at + FRAGMENT_AT]! & 0x0f;
  if (fragmentNumber !== 0 && !hasSnap(cursor)) return cursor.drop("ieee 802.11 fragment");
  return isAggregate ? enterAggregate(cursor) : LLC;
}

/** SNAP's SAPs and unnumbered information. RFC 1042. */
function hasSnap(cursor: FrameCursor): boolean {
  const { bytes, at } = cursor;
  return cursor.has(3) && bytes[at] === 0xaa && bytes[at + 1] === 0xaa && bytes[at + 2] === 0x03;
}

/** Two addresses and the length of one part. IEEE 802.11, clause 9.3.2.2. */
const PART_HEADER_LENGTH = 14;
const PART_LENGTH_AT = 12;

function enterAggregate(cursor: FrameCursor): Layer {
  if (!cursor.has(PART_HEADER_LENGTH)) return cursor.drop("ieee 802.11 header cut");
  const length = readUint16(cursor.bytes, cursor.at + PART_LENGTH_AT);
  cursor.at += PART_HEADER_LENGTH;
  cursor.limit(cursor.at + length);
  return LLC;
}
