/** Builders of capture bytes for tests: pcap file around frames, frame around packet, packet around segment. */

/** LINKTYPE_ values, https://www.tcpdump.org/linktypes.html */
export const LINKTYPE_ETHERNET = 1;
export const LINKTYPE_RAW = 101;

export interface CaptureFrame {
  /** Nanoseconds since `PcapOptions.epochSeconds`; a safe integer, may be negative. */
  readonly timeNs: number;
  readonly bytes: Uint8Array;
  /** Octets on the wire; the length of `bytes` when left out. */
  readonly wireLength?: number;
}

export interface PcapOptions {
  /** Resolution of the timestamps: nanoseconds (the default) or microseconds. */
  readonly nanoseconds?: boolean;
  readonly bigEndian?: boolean;
  readonly linkType?: number;
  /** Cuts longer frames, as a capturing host does. */
  readonly snaplen?: number;
  /** Epoch seconds of timeNs 0. */
  readonly epochSeconds?: number;
}

/** A pcap file, version 2.4. draft-ietf-opsawg-pcap. */
export function pcapFile(frames: readonly CaptureFrame[], options: PcapOptions = {}): Uint8Array {
  const { nanoseconds = true, bigEndian = false, linkType = LINKTYPE_ETHERNET } = options;
  const { snaplen = 262_144, epochSeconds = 1_700_000_000 } = options;
  const parts = [words(bigEndian, nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4)];
  parts.push(bigEndian ? Uint8Array.of(0, 2, 0, 4) : Uint8Array.of(2, 0, 4, 0));
  parts.push(words(bigEndian, 0, 0, snaplen, linkType));
  for (const { timeNs, bytes, wireLength = bytes.length } of frames) {
    const seconds = Math.floor(timeNs / 1e9);
    const restNs = timeNs - seconds * 1e9;
    const fraction = nanoseconds ? restNs : Math.floor(restNs / 1000);
    const captured = bytes.subarray(0, snaplen);
    parts.push(words(bigEndian, epochSeconds + seconds, fraction, captured.length, wireLength), captured);
  }
  return concatBytes(parts);
}

function words(bigEndian: boolean, ...values: number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  for (const [index, value] of values.entries()) view.setUint32(4 * index, value, !bigEndian);
  return new Uint8Array(view.buffer);
}

/** An Ethernet II frame, not padded to 60 octets: as a sending host captures it. */
export function ethernetFrame(
  etherType: number,
  payload: Uint8Array,
  source: Uint8Array = Uint8Array.of(2, 0, 0, 0, 0, 1),
  destination: Uint8Array = Uint8Array.of(2, 0, 0, 0, 0, 2),
): Uint8Array {
  return concatBytes([destination, source, u16(etherType), payload]);
}

export interface IpFields {
  /** 4 octets, or 16 for IPv6. */
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  /** IANA protocol number; 6 (TCP) by default. */
  readonly protocol?: number;
  /** Time to live or hop limit; 64 by default. */
  readonly ttl?: number;
}

export interface Ipv4Fields extends IpFields {
  readonly identification?: number;
  /** Flags and fragment offset as they stand in the header; "don't fragment" by default. */
  readonly fragment?: number;
}

/** An IPv4 packet with valid length and header checksum. RFC 791, section 3.1. */
export function ipv4Packet(fields: Ipv4Fields, payload: Uint8Array): Uint8Array {
  const { source, destination, protocol = 6, ttl = 64, identification = 0, fragment = 0x4000 } = fields;
  const header = concatBytes([
    Uint8Array.of(0x45, 0),
    u16(checkedLength(20 + payload.length)),
    u16(identification),
    u16(fragment),
    Uint8Array.of(ttl, protocol, 0, 0),
    source,
    destination,
  ]);
  header.set(u16(internetChecksum(header)), 10);
  return concatBytes([header, payload]);
}

/** An IPv6 packet without extension headers. RFC 8200, section 3. */
export function ipv6Packet(fields: IpFields, payload: Uint8Array): Uint8Array {
  const { source, destination, protocol = 6, ttl = 64 } = fields;
  const lengthAndNext = [u16(checkedLength(payload.length)), Uint8Array.of(protocol, ttl)];
  return concatBytes([Uint8Array.of(0x60, 0, 0, 0), ...lengthAndNext, source, destination, payload]);
}

function checkedLength(lengthBytes: number): number {
  if (lengthBytes > 0xffff) throw new RangeError(`an IP packet has no room for ${lengthBytes} octets`);
  return lengthBytes;
}

export interface TcpFields {
  /** Addresses of the packet around the segment: its checksum covers them. */
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Raw numbers, 0 to 2^32-1. */
  readonly seq: number;
  readonly ack?: number;
  /** Nine control bits, src/tcp/flags.ts. */
  readonly flags: number;
  /** 512 by default. */
  readonly window?: number;
  /** At most 40 octets; filled up with zeros to a multiple of four. */
  readonly options?: Uint8Array;
  readonly payload?: Uint8Array;
}

/** A TCP segment with valid data offset and checksum. RFC 9293, section 3.1. */
export function tcpSegment(fields: TcpFields): Uint8Array {
  const { options = new Uint8Array(0), payload = new Uint8Array(0), ack = 0, window = 512 } = fields;
  const padded = new Uint8Array((options.length + 3) & ~3);
  padded.set(options);
  if (padded.length > 40)
    throw new RangeError(`a TCP header has no room for ${options.length} octets of options`);
  const offsetAndFlags = ((5 + padded.length / 4) << 12) | fields.flags;
  const segment = concatBytes([
    u16(fields.sourcePort),
    u16(fields.destinationPort),
    u32(fields.seq),
    u32(ack),
    u16(offsetAndFlags),
    u16(window),
    Uint8Array.of(0, 0, 0, 0),
    padded,
    payload,
  ]);
  const pseudoHeader = [fields.source, fields.destination, u32(segment.length), u32(6)];
  segment.set(u16(internetChecksum(concatBytes([...pseudoHeader, segment]))), 16);
  return segment;
}

/** One's complement of the one's complement sum of 16-bit words. RFC 1071. */
export function internetChecksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += (bytes[at]! << 8) | (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

/** Big-endian, as all of IP is. */
export function u16(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value);
}

/** Big-endian, as all of IP is. */
export function u32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
