import { SYN } from "../../src/tcp/flags.js";
import { printPacketLine } from "../../src/tcp/notation.js";
import type { PacketLine } from "../../src/tcp/packet-line.js";
import type { Script, ScriptConnection, ScriptLine } from "../../src/tcp/script.js";
import { seqAdd } from "../../src/tcp/seq.js";
import * as build from "./capture-bytes.js";
import { rpcPayload } from "./rpc-payload.js";
import { type ConnectionEnd, endsOf } from "./script-ends.js";
import { encodeOption } from "./tcp-option-bytes.js";

export interface CompileOptions {
  /** Raw initial sequence numbers, 0 to 2^32-1; later connections between the same ends start higher. */
  readonly clientIsn: number;
  readonly serverIsn: number;
  readonly ipVersion: 4 | 6;
  /** Ethernet by default. */
  readonly link?: "ethernet" | "raw";
}

export interface CompiledScript {
  /** Nanosecond pcap, little-endian; time 0 of the script is epoch second 1,700,000,000. */
  readonly pcap: Uint8Array;
  /** 1-based frame number of each label. */
  readonly labels: Map<string, number>;
}

/** What a host's clock adds to the ISN before it uses the same ports again. RFC 9293, section 3.4.1. */
const ISN_STEP = 1_000_000;

/** A connection on its way into bytes. */
interface Conversation {
  readonly client: Endpoint;
  readonly server: Endpoint;
}

interface Endpoint extends ConnectionEnd {
  readonly isn: number;
  /** What it has sent, for copies. */
  readonly sent: { readonly line: PacketLine; readonly ipId: number; readonly ttl: number }[];
  nextIpId: number;
}

/**
 * Turns a script into a capture with valid lengths and checksums. What a line leaves open: window 512, ttl 64,
 * IPv4 identifications 1, 2, … per connection and direction, payload that depends only on its place in the stream.
 * @throws RangeError when a packet is longer than IP allows, a copy repeats nothing, or addresses do not fit
 */
export function compileScript(script: Script, options: CompileOptions): CompiledScript {
  const conversations = openConversations(script.connections, options);
  const labels = new Map<string, number>();
  const frames = script.lines.map((line, index): build.CaptureFrame => {
    if (line.label !== null) labels.set(line.label, index + 1);
    const conversation = conversations.get(line.connection)!;
    return { timeNs: line.timeNs, bytes: compileLine(line, conversation, options) };
  });
  const linkType = options.link === "raw" ? build.LINKTYPE_RAW : build.LINKTYPE_ETHERNET;
  return { pcap: build.pcapFile(frames, { linkType }), labels };
}

function openConversations(connections: readonly ScriptConnection[], options: CompileOptions) {
  const uses = new Map<string, number>();
  const conversations = new Map<number, Conversation>();
  for (const connection of connections) {
    const { client, server } = endsOf(connection, options.ipVersion);
    const key = `${client.address} ${client.port} ${server.address} ${server.port}`;
    const earlierUses = uses.get(key) ?? 0;
    uses.set(key, earlierUses + 1);
    const open = (end: ConnectionEnd, isn: number): Endpoint => {
      return { ...end, isn: seqAdd(isn, earlierUses * ISN_STEP), sent: [], nextIpId: 1 };
    };
    conversations.set(connection.number, {
      client: open(client, options.clientIsn),
      server: open(server, options.serverIsn),
    });
  }
  return conversations;
}

function compileLine(
  line: ScriptLine,
  { client, server }: Conversation,
  options: CompileOptions,
): Uint8Array {
  const [sender, receiver] = line.direction === "->" ? [client, server] : [server, client];
  const { ipId, ttl } = chooseIpFields(line, sender);
  const addresses = { source: sender.address, destination: receiver.address };
  const segment = build.tcpSegment({
    ...addresses,
    sourcePort: sender.port,
    destinationPort: receiver.port,
    seq: seqAdd(sender.isn, line.first),
    ack: line.ack === null ? 0 : seqAdd(receiver.isn, line.ack),
    flags: line.flags,
    ...(line.window === null ? {} : { window: line.window }),
    options: build.concatBytes(line.options.map((option) => encodeOption(option, receiver.isn))),
    payload: payloadOf(line),
  });
  if (line.comment === BAD_CHECKSUM) segment[CHECKSUM_AT]! ^= 0x5a;
  const isIpv4 = options.ipVersion === 4;
  const packet = isIpv4
    ? build.ipv4Packet({ ...addresses, ttl, identification: ipId }, segment)
    : build.ipv6Packet({ ...addresses, ttl }, segment);
  if (options.link === "raw") return packet;
  const etherType = isIpv4 ? 0x0800 : 0x86dd;
  const stations = [Uint8Array.of(2, 0, 0, 0, 0, 1), Uint8Array.of(2, 0, 0, 0, 0, 2)] as const;
  return line.direction === "->"
    ? build.ethernetFrame(etherType, packet, stations[0], stations[1])
    : build.ethernetFrame(etherType, packet, stations[1], stations[0]);
}

function chooseIpFields(line: ScriptLine, sender: Endpoint): { ipId: number; ttl: number } {
  if (line.isCopy) {
    const original = sender.sent.findLast((earlier) => isSamePacket(earlier.line, line));
    if (original === undefined)
      throw new RangeError(`no earlier packet is the one copied: ${printPacketLine(line)}`);
    return { ipId: original.ipId, ttl: line.ttl ?? original.ttl };
  }
  const ipId = line.ipId ?? sender.nextIpId;
  // A written identification leaves the counter alone, so that it can never collide by accident later on.
  if (line.ipId === null) sender.nextIpId = (sender.nextIpId + 1) & 0xffff;
  const ttl = line.ttl ?? 64;
  sender.sent.push({ line, ipId, ttl });
  return { ipId, ttl };
}

/** True when both lines tell the same TCP segment. */
function isSamePacket(a: PacketLine, b: PacketLine): boolean {
  return segmentText(a) === segmentText(b);
}

function segmentText(line: PacketLine): string {
  const onlySegment = { timeNs: 0, ttl: null, ipId: null, isCopy: false, label: null, comment: null };
  return printPacketLine({ ...line, ...onlySegment });
}

/** A comment that makes a segment's checksum wrong; where that stands in the header. RFC 9293, section 3.1. */
const BAD_CHECKSUM = "bad checksum";
const CHECKSUM_AT = 16;

/** Comments that make a segment's payload one record of TLS, and its type. RFC 8446, section 5.1. */
const TLS_TYPES: Readonly<Record<string, number>> = { "tls alert": 21, "tls data": 23 };

/**
 * What a comment tells (rpc-payload.ts, a record of TLS, or SSH's first words), else the alphabet over and over, by place in the stream: a
 * retransmission carries the same octets again.
 */
function payloadOf(line: PacketLine): Uint8Array {
  // Data in a SYN begins after the SYN's own number. RFC 9293, section 3.4.
  const firstOctet = line.first + (line.flags & SYN ? 1 : 0);
  if (line.last - line.first > 0xffff) throw new RangeError(`no IP packet holds ${printPacketLine(line)}`);
  const lengthBytes = line.last - line.first;
  const rpc = rpcPayload(line.comment, lengthBytes);
  if (rpc !== null) return rpc;
  const tlsType = line.comment === null ? undefined : TLS_TYPES[line.comment];
  if (tlsType !== undefined) {
    const body = lengthBytes - 5;
    return Uint8Array.of(tlsType, 3, 3, body >> 8, body & 0xff, ...Array<number>(body).fill(0));
  }
  const words = line.comment === "ssh version" ? "SSH-2.0-" : "";
  return Uint8Array.from({ length: line.last - line.first }, (_, index) => {
    if (index < words.length) return words.charCodeAt(index);
    return 0x61 + ((((firstOctet + index) % 26) + 26) % 26);
  });
}
