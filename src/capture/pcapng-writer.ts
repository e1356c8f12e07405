import type { CaptureInterface } from "./capture-source.js";
import { BYTE_ORDER_MAGIC, ENHANCED_PACKET, INTERFACE_DESCRIPTION, SECTION_HEADER } from "./pcapng-blocks.js";

/** Interface options: name, and resolution of timestamps. draft-ietf-opsawg-pcapng, section 4.2. */
const IF_NAME = 2;
const IF_TSRESOL = 9;
/** Ten to the minus nine seconds. */
const NANOSECONDS = 9;
const OPTION_TEXT_MAX_BYTES = 0xffff;
/** Of a block: type, length, and length again. */
const BLOCK_FRAME_BYTES = 12;
/** Of an enhanced packet block's body before its octets. */
const PACKET_HEADER_BYTES = 20;

/** A frame to be written: its octets, of which `wireLength` were on the wire. */
export interface WrittenFrame {
  /** Number of its interface, in the order in which interfaces were described, from 0. */
  readonly interfaceId: number;
  /** Nanoseconds since 1970-01-01 UTC; what lies before is written as 0. */
  readonly epochNs: bigint;
  readonly bytes: Uint8Array;
  readonly wireLength: number;
}

/** The section header block that a file begins with. draft-ietf-opsawg-pcapng, section 4.1. */
export function pcapngSectionHeader(): Uint8Array {
  const body = new Uint8Array(16);
  const view = new DataView(body.buffer);
  view.setUint32(0, BYTE_ORDER_MAGIC, true);
  view.setUint16(4, 1, true);
  // The section's length is not said.
  view.setBigInt64(8, -1n, true);
  return block(SECTION_HEADER, body);
}

/** The description block of an interface whose frames have timestamps in nanoseconds. Section 4.2. */
export function pcapngInterface({ linkType, name, snaplen }: CaptureInterface): Uint8Array {
  const nameBytes = new TextEncoder().encode(name ?? "").subarray(0, OPTION_TEXT_MAX_BYTES);
  const nameOption = nameBytes.length === 0 ? new Uint8Array(0) : option(IF_NAME, nameBytes);
  const resolution = option(IF_TSRESOL, Uint8Array.of(NANOSECONDS));
  const body = new Uint8Array(8 + nameOption.length + resolution.length + 4);
  const view = new DataView(body.buffer);
  view.setUint16(0, linkType, true);
  view.setUint32(4, snaplen, true);
  body.set(nameOption, 8);
  body.set(resolution, 8 + nameOption.length);
  return block(INTERFACE_DESCRIPTION, body);
}

/** The enhanced packet block of a frame. Section 4.3. */
export function pcapngFrame({ interfaceId, epochNs, bytes, wireLength }: WrittenFrame): Uint8Array {
  const body = new Uint8Array(PACKET_HEADER_BYTES + bytes.length + (-bytes.length & 3));
  const view = new DataView(body.buffer);
  const timestamp = epochNs < 0n ? 0n : epochNs;
  view.setUint32(0, interfaceId, true);
  view.setUint32(4, Number((timestamp >> 32n) & 0xffffffffn), true);
  view.setUint32(8, Number(timestamp & 0xffffffffn), true);
  view.setUint32(12, bytes.length, true);
  view.setUint32(16, wireLength, true);
  body.set(bytes, PACKET_HEADER_BYTES);
  return block(ENHANCED_PACKET, body);
}

function block(type: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(BLOCK_FRAME_BYTES + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, bytes.length, true);
  bytes.set(body, 8);
  view.setUint32(bytes.length - 4, bytes.length, true);
  return bytes;
}

function option(code: number, value: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + value.length + (-value.length & 3));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, code, true);
  view.setUint16(2, value.length, true);
  bytes.set(value, 4);
  return bytes;
}
