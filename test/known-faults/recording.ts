import { readFileSync, writeFileSync } from "node:fs";
import { type CaptureFrame, LINKTYPE_RAW, pcapFile } from "../support/capture-bytes.js";

/** A capture as tcpdump writes it on a tun device, of which only TCP is kept: a new device says other things, too. */
export interface Recording {
  /** Of timeNs 0. */
  readonly epochSeconds: number;
  readonly frames: readonly RecordedFrame[];
}

export interface RecordedFrame extends CaptureFrame {
  readonly wireLength: number;
  readonly source: string;
  readonly payloadBytes: number;
  readonly tcpFlags: number;
}

const TCP = 6;
const IPV6_HEADER_BYTES = 40;
const HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const NANOSECONDS = 0xa1b23c4d;
const MICROSECONDS = 0xa1b2c3d4;

export function readRecording(path: string): Recording {
  const bytes = readFileSync(path);
  const magic = bytes.readUInt32LE(0);
  const isRaw = (bytes.readUInt32LE(20) & 0xffff) === LINKTYPE_RAW;
  if ((magic !== NANOSECONDS && magic !== MICROSECONDS) || !isRaw)
    throw new Error(`${path} is no recording of this program's.`);
  const unitNs = magic === NANOSECONDS ? 1 : 1000;
  const epochSeconds = bytes.length > HEADER_BYTES ? bytes.readUInt32LE(HEADER_BYTES) : 0;
  const frames: RecordedFrame[] = [];
  for (let at = HEADER_BYTES; at + RECORD_HEADER_BYTES <= bytes.length; ) {
    const [seconds, fraction, length, wireLength] = [0, 4, 8, 12].map((offset) =>
      bytes.readUInt32LE(at + offset),
    ) as [number, number, number, number];
    at += RECORD_HEADER_BYTES;
    const packet = bytes.subarray(at, at + length);
    const timeNs = (seconds - epochSeconds) * 1e9 + fraction * unitNs;
    if (packet[isIpv6(packet) ? 6 : 9] === TCP)
      frames.push({ timeNs, bytes: packet, wireLength, ...partsOf(packet) });
    at += length;
  }
  return { epochSeconds, frames };
}

export function writeRecording(path: string, { epochSeconds, frames }: Recording): void {
  writeFileSync(path, pcapFile(frames, { epochSeconds, linkType: LINKTYPE_RAW }));
}

function isIpv6(packet: Buffer): boolean {
  return packet[0]! >> 4 === 6;
}

function partsOf(packet: Buffer): Pick<RecordedFrame, "source" | "payloadBytes" | "tcpFlags"> {
  const tcp = isIpv6(packet) ? IPV6_HEADER_BYTES : (packet[0]! & 15) * 4;
  const packetBytes = isIpv6(packet) ? IPV6_HEADER_BYTES + packet.readUInt16BE(4) : packet.readUInt16BE(2);
  const headerBytes = (packet[tcp + 12]! >> 4) * 4;
  return {
    source: packet.subarray(...(isIpv6(packet) ? [8, 24] : [12, 16])).toString("hex"),
    payloadBytes: packetBytes - tcp - headerBytes,
    tcpFlags: packet[tcp + 13]!,
  };
}
