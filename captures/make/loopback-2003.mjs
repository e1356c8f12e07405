/**
 * Two connections of a host's loopback as tcpdump printed them in a report to linux-kernel of 1 April 2003
 * ("loopback behaviour under high load ..."): one served, one hung. Rebuilt field by field; no kernel is involved.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { writePage } from "./page.mjs";
import { CAPTURES } from "./recording.mjs";

const FILE = "loopback-2003.pcap";
const WEBCACHE = 8080;
const MIDNIGHT_S = Date.UTC(2003, 3, 1) / 1000;
const [FIN, SYN, PSH, ACK] = [0x01, 0x02, 0x08, 0x10];

const served = { clientPort: 48056, clientIsn: 3760485494, serverIsn: 3755548309 };
const hung = { clientPort: 49186, clientIsn: 3745756949, serverIsn: 3755771471 };

/** Time, connection, sender, flags, relative seq and ack, payload, window, TSval, TSecr; the rest where it is special. */
const SEGMENTS = [
  ["11:09:50.893716", served, "client", SYN, 0, 0, "", 32767, 19532466, 19520760],
  ["11:09:50.893839", served, "server", SYN | ACK, 0, 1, "", 32767, 19532467, 19532466],
  ["11:09:50.893924", served, "client", ACK, 1, 1, "", 15, 19532467, 19532467],
  ["11:09:51.304909", served, "client", PSH | ACK, 1, 1, "Hello", 15, 19532878, 19532467],
  ["11:09:51.304955", served, "server", ACK, 1, 6, "", 15, 19532878, 19532878],
  ["11:09:51.399251", hung, "client", SYN, 0, 0, "", 32767, 19532972, 19532939],
  ["11:09:51.399287", hung, "server", SYN | ACK, 0, 1, "", 32767, 19532972, 19532972],
  ["11:09:51.399337", hung, "client", ACK, 1, 1, "", 15, 19532972, 19532972],
  ["11:09:51.426500", hung, "client", PSH | ACK, 1, 1, "Hello", 15, 19532999, 19532972],
  ["11:09:51.470790", served, "server", PSH | ACK, 1, 6, "Hello", 15, 19533044, 19532878],
  ["11:09:51.470829", served, "client", ACK, 6, 6, "", 15, 19533044, 19533044],
  ["11:09:51.470895", served, "server", FIN | ACK, 6, 6, "", 15, 19533044, 19533044],
  ["11:09:51.511472", served, "client", ACK, 6, 7, "", 15, 19533084, 19533044],
  ["11:09:51.611947", served, "client", FIN | ACK, 6, 7, "", 15, 19533185, 19533044],
  ["11:09:51.611981", served, "server", ACK, 7, 7, "", 15, 19533185, 19533185],
  ["11:09:54.954548", hung, "server", SYN | ACK, 0, 1, "", 32767, 19536528, 19532999],
  ["11:09:54.954641", hung, "client", ACK, 6, 1, "", 15, 19536528, 19536528, { first: 0, last: 1 }],
];

function u16(value) {
  return [(value >>> 8) & 255, value & 255];
}

function u32(value) {
  return [...u16(value >>> 16), ...u16(value & 0xffff)];
}

/** RFC 1071 over bytes; an odd last octet is padded by zero. */
function checksum(bytes) {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i] << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** Options in the order of the report; `sack` holds the octets of a block relative to the server's ISN. */
function tcpOptions(flags, tsVal, tsEcr, sack, serverIsn) {
  const timestamps = [8, 10, ...u32(tsVal), ...u32(tsEcr)];
  if (flags & SYN) return [2, 4, ...u16(16396), 4, 2, ...timestamps, 1, 3, 3, 11];
  if (sack === undefined) return [1, 1, ...timestamps];
  return [1, 1, ...timestamps, 1, 1, 5, 10, ...u32(serverIsn + sack.first), ...u32(serverIsn + sack.last)];
}

function frame([, connection, sender, flags, seq, ack, payload, window, tsVal, tsEcr, sack]) {
  const { clientPort, clientIsn, serverIsn } = connection;
  const isClient = sender === "client";
  const options = tcpOptions(flags, tsVal, tsEcr, sack, serverIsn);
  const ports = isClient ? [clientPort, WEBCACHE] : [WEBCACHE, clientPort];
  const [ownIsn, peerIsn] = isClient ? [clientIsn, serverIsn] : [serverIsn, clientIsn];
  const tcp = [
    ...ports.flatMap(u16),
    ...u32(ownIsn + seq),
    ...u32(flags & ACK ? peerIsn + ack : 0),
    ...[((20 + options.length) / 4) << 4, flags],
    ...u16(window),
    ...[0, 0, 0, 0],
    ...options,
    ...Buffer.from(payload, "latin1"),
  ];
  const addresses = [127, 0, 0, 1, 127, 0, 0, 1];
  tcp.splice(16, 2, ...u16(checksum([...addresses, 0, 6, ...u16(tcp.length), ...tcp])));
  const dontFragment = 0x4000;
  const ip = [0x45, 0, ...u16(20 + tcp.length), 0, 0, ...u16(dontFragment), 64, 6, 0, 0, ...addresses];
  ip.splice(10, 2, ...u16(checksum(ip)));
  return Buffer.from([...Array(12).fill(0), 0x08, 0x00, ...ip, ...tcp]);
}

/** A record header of a pcap file, little-endian, microseconds. */
function record(segment) {
  const [hours, minutes, seconds, microseconds] = segment[0].split(/[:.]/).map(Number);
  const bytes = frame(segment);
  const header = Buffer.alloc(16);
  header.writeUInt32LE(MIDNIGHT_S + hours * 3600 + minutes * 60 + seconds, 0);
  header.writeUInt32LE(microseconds, 4);
  header.writeUInt32LE(bytes.length, 8);
  header.writeUInt32LE(bytes.length, 12);
  return Buffer.concat([header, bytes]);
}

const fileHeader = Buffer.from("d4c3b2a1020004000000000000000000ffff000001000000", "hex");
writeFileSync(join(CAPTURES, FILE), Buffer.concat([fileHeader, ...SEGMENTS.map(record)]));

writePage({
  file: FILE,
  happened: `
A reconstruction, not a recording. In April 2003 Davide Libenzi reported to linux-kernel that under load some HTTP
connections over lo hang for about 120 s (Linux 2.5.66, port 8080). The report prints one served connection (11 segments) and one hung
connection (its first 6). This file holds these 17 segments in the order of their times. In the hung connection the server repeats its
SYN-ACK 3.528 s after the client's data, with the same ISN and an acknowledgment of the SYN only. The TSecr of the repeat is the
TSval of the data, so the server had seen them; the client answers with a D-SACK of the SYN.`,
  origin: [
    "`captures/make/loopback-2003.mjs` writes it octet by octet",
    "from the report: times of day, ports, flags, sequence and acknowledgment numbers, windows, all TCP options and their order, DF, the five octets of the client",
    "chosen here: the day and UTC, 127.0.0.1 for both ends, Ethernet with zero addresses as lo gives it, TTL 64, IP identification 0, valid checksums, the five octets of the served answer",
    "left out: what followed after the 120 s; the report says that it completed, but not with which segments",
  ],
  signature: [
    ["segments", "tcp", SEGMENTS.length],
    ["SYN-ACKs that repeat an earlier one", "tcp.flags == 0x0012 && tcp.analysis.retransmission", 1],
    [
      "repeated SYN-ACK whose TSecr is the TSval of the data",
      "tcp.flags == 0x0012 && tcp.options.timestamp.tsecr == 19532999",
      1,
    ],
    ["D-SACKs of the SYN", "tcp.options.sack_le == 3755771471 || tcp.options.sack.dsack", 1],
  ],
  example: "tcp.port == 49186",
});
