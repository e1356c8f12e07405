import type { FrameBatch } from "../capture/frame-batch.js";
import { PROTOCOL_TCP } from "./ip-protocol.js";
import { IPV4_HEADER_LENGTH_MIN } from "./ipv4.js";
import { IPV6_HEADER_LENGTH } from "./ipv6.js";
import type { SegmentBatch } from "./segment-batch.js";
import { TCP_HEADER_LENGTH_MIN } from "./tcp.js";

/** A link header of one length, and the 16 bits in it that say what follows. */
export interface PlainLink {
  readonly headerLength: number;
  /** Offset of the type in the frame; -1 when the IP version alone tells. */
  readonly typeAt: number;
  readonly ipv4Type: number;
  readonly ipv6Type: number;
}

const IPV4_VERSION_AND_LENGTH = 0x45;
/** "More fragments" and the fragment offset. */
const FRAGMENT_MASK = 0x3fff;
/**
 * Frames of one call. V8 compiles a function that is called often as a whole; one that is called once a batch it enters
 * in the middle of its loop, and leaves compiled code at the loop's end, for each batch anew.
 */
const FRAMES_AT_ONCE = 512;

/**
 * The fast path: places the frames from `first` on that hold IPv4 without options or IPv6 without extension headers,
 * not fragmented, and the fixed part of a TCP header, straight behind the link header of `first`'s interface. Returns
 * the index of the first frame that was not placed, mostly as it is anything else; the walk through its layers is the
 * rule, this only a shortcut to the same result.
 */
export function placePlainSegments(
  frames: FrameBatch,
  first: number,
  link: PlainLink,
  view: DataView,
  segments: SegmentBatch,
): number {
  const { bytes, length, at, capturedLength, wireLength, interfaceIndex } = frames;
  const { ipAt, tcpAt, payloadLength, payloadCaptured, facts, ipId, ttl, encapsulation } = segments;
  const { headerLength, typeAt, ipv4Type, ipv6Type } = link;
  const interfaceWanted = interfaceIndex[first]!;
  const end = Math.min(length, first + FRAMES_AT_ONCE);
  let row = segments.length;
  let index = first;
  for (; index < end && interfaceIndex[index] === interfaceWanted; index++) {
    const frameAt = at[index]!;
    const ip = frameAt + headerLength;
    const captured = capturedLength[index]! - headerLength;
    if (captured < IPV4_HEADER_LENGTH_MIN + TCP_HEADER_LENGTH_MIN) break;
    const version = bytes[ip]!;
    let tcp = ip + IPV4_HEADER_LENGTH_MIN;
    let segmentLength: number;
    if (version === IPV4_VERSION_AND_LENGTH) {
      if (typeAt >= 0 && view.getUint16(frameAt + typeAt) !== ipv4Type) break;
      if (bytes[ip + 9] !== PROTOCOL_TCP || (view.getUint16(ip + 6) & FRAGMENT_MASK) !== 0) break;
      segmentLength = view.getUint16(ip + 2) - IPV4_HEADER_LENGTH_MIN;
      ttl[row] = bytes[ip + 8]!;
      ipId[row] = view.getUint16(ip + 4);
    } else {
      if (
        version >> 4 !== 6 ||
        captured < IPV6_HEADER_LENGTH + TCP_HEADER_LENGTH_MIN ||
        bytes[ip + 6] !== PROTOCOL_TCP
      )
        break;
      if (typeAt >= 0 && view.getUint16(frameAt + typeAt) !== ipv6Type) break;
      segmentLength = view.getUint16(ip + 4);
      ttl[row] = bytes[ip + 7]!;
      ipId[row] = 0;
      tcp = ip + IPV6_HEADER_LENGTH;
    }
    const tcpHeaderLength = (bytes[tcp + 12]! >> 4) * 4;
    if (tcpHeaderLength < TCP_HEADER_LENGTH_MIN || tcpHeaderLength > segmentLength) break;
    const present = captured - (tcp - ip);
    // What goes beyond the frame needs a closer look.
    if (present < segmentLength && wireLength[index]! - (tcp - frameAt) < segmentLength) break;
    ipAt[row] = ip;
    tcpAt[row] = tcp;
    payloadLength[row] = segmentLength;
    payloadCaptured[row] = Math.min(present, segmentLength);
    facts[row] = 0;
    encapsulation[row] = 0;
    row++;
  }
  copyFrameColumns(frames, first, segments, row);
  segments.length = row;
  return index;
}

/** Frame columns of the rows from `segments.length` to `end`, whose frames follow each other from `first` on. */
function copyFrameColumns(frames: FrameBatch, first: number, segments: SegmentBatch, end: number): void {
  const { frame, timeNs, interfaceIndex } = segments;
  const offset = first - segments.length;
  for (let row = segments.length; row < end; row++) {
    frame[row] = frames.frame[row + offset]!;
    timeNs[row] = frames.timeNs[row + offset]!;
    interfaceIndex[row] = frames.interfaceIndex[row + offset]!;
  }
}
