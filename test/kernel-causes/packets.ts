import { readFileSync } from "node:fs";

/** A TCP segment of a capture, read without any code of what is tested here. */
export interface Packet {
  /** From 1. */
  readonly frame: number;
  /** On the monotonic clock. */
  readonly timeNs: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly seq: number;
  readonly ipId: number;
  readonly isSyn: boolean;
  /** Sequence numbers that it takes: octets of payload, and one for SYN or FIN. */
  readonly length: number;
  /** The IP and TCP headers: the same at both ends of the path, which changes nothing, not even the TTL. */
  readonly headers: string;
}

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
/** Of a little-endian file with nanoseconds, as tcpdump writes it here. */
const MAGIC = 0xa1b23c4d;
const RAW_IP = [12, 101];
const FIN = 1;
const SYN = 2;

/** The TCP segments over IPv4 of a capture of a tun device. */
export function readPackets(file: string, clockAheadNs: bigint): Packet[] {
  const bytes = readFileSync(file);
  if (
    bytes.length < FILE_HEADER ||
    bytes.readUInt32LE(0) !== MAGIC ||
    !RAW_IP.includes(bytes.readUInt32LE(20))
  )
    throw new Error(`${file} is not a capture as tcpdump writes it of a tun device`);
  const packets: Packet[] = [];
  let frame = 0;
  for (let at = FILE_HEADER; at + RECORD_HEADER <= bytes.length; ) {
    const realNs = BigInt(bytes.readUInt32LE(at)) * 1_000_000_000n + BigInt(bytes.readUInt32LE(at + 4));
    const begin = at + RECORD_HEADER;
    at = begin + bytes.readUInt32LE(at + 8);
    const packet = readPacket(bytes.subarray(begin, at), ++frame, Number(realNs - clockAheadNs));
    if (packet !== null) packets.push(packet);
  }
  return packets;
}

function readPacket(ip: Buffer, frame: number, timeNs: number): Packet | null {
  if (ip.length < 40 || ip[0]! >> 4 !== 4 || ip[9] !== 6) return null;
  const ipHeader = (ip[0]! & 15) * 4;
  const tcp = ip.subarray(ipHeader);
  const tcpHeader = (tcp[12]! >> 4) * 4;
  const flags = tcp[13]!;
  const payload = ip.readUInt16BE(2) - ipHeader - tcpHeader;
  return {
    frame,
    timeNs,
    sourcePort: tcp.readUInt16BE(0),
    destinationPort: tcp.readUInt16BE(2),
    seq: tcp.readUInt32BE(4),
    ipId: ip.readUInt16BE(4),
    isSyn: (flags & SYN) !== 0,
    length: payload + ((flags & (SYN | FIN)) === 0 ? 0 : 1),
    headers: ip.subarray(0, ipHeader + tcpHeader).toString("latin1"),
  };
}
