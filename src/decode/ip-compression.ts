import { inflateRawSync, inflateSync } from "node:zlib";
import type { FrameCursor } from "./frame-cursor.js";
import { layerOfIpProtocol } from "./ip-protocol.js";
import type { Layer } from "./layer.js";
import { readUint16 } from "./octets.js";

/** RFC 3173, section 3.3: next header, flags, which compression. */
const COMPRESSION_LENGTH = 4;
/** A datagram holds no more. */
const PAYLOAD_LENGTH_MAX = 65535;
/** Octets that one batch may grow by: a hostile capture compresses a thousand to one. */
const APPENDED_BYTES_MAX = 16 * 1024 * 1024;

/** To fail takes longer than to inflate, and who fails once will mostly fail again. */
const FAILURE_COST = 500;

/** A compressed payload. Which compression was agreed on, the capture seldom tells; DEFLATE (RFC 2394) is tried. */
export function decodeIpCompression(cursor: FrameCursor): Layer {
  if (!cursor.has(COMPRESSION_LENGTH)) return cursor.drop("ip compression header cut");
  const { bytes, at, end } = cursor;
  const protocol = bytes[at]!;
  if (end < cursor.wireEnd) return cursor.drop("ip compression payload cut");
  if (cursor.appendedBytes > APPENDED_BYTES_MAX || cursor.inflationsLeft <= 0)
    return cursor.drop("ip compression beyond the limit");
  const payload = inflate(bytes.subarray(at + COMPRESSION_LENGTH, end));
  cursor.inflationsLeft -= payload === undefined ? FAILURE_COST : 1;
  if (payload === undefined) return cursor.drop("ip compression not understood");
  const payloadAt = cursor.append(payload.length);
  cursor.bytes.set(payload, payloadAt);
  cursor.moveTo(payloadAt, payload.length);
  return layerOfIpProtocol(cursor, protocol);
}

/** Header and check value of zlib (RFC 1950) are left out by most. */
function inflate(compressed: Uint8Array): Uint8Array | undefined {
  const isZlib =
    compressed.length >= 2 && (compressed[0]! & 0x0f) === 8 && readUint16(compressed, 0) % 31 === 0;
  const options = { maxOutputLength: PAYLOAD_LENGTH_MAX };
  try {
    return isZlib ? inflateSync(compressed, options) : inflateRawSync(compressed, options);
  } catch {
    return undefined;
  }
}
