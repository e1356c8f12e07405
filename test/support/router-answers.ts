import { parseScript } from "../../src/tcp/notation.js";
import { ethernetFrame, ipv4Packet, ipv6Packet, pcapFile, u16, u32 } from "./capture-bytes.js";
import { compileScript } from "./compile-script.js";

const PCAP_HEADER = 24;
const RECORD_HEADER = 16;
const ETHERNET_HEADER = 14;
/** The IP header and the ports and number behind it, which a router quotes (RFC 792; RFC 4443, section 2.4). */
const QUOTED = { 4: 28, 6: 48 };
const REPORTER = {
  4: Uint8Array.of(192, 0, 2, 254),
  6: Uint8Array.of(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xfe),
};

/** An ICMP error, or with IPv6 an ICMPv6 one. */
export interface RouterAnswer {
  readonly type: number;
  readonly code: number;
  /** The second word of its header: the MTU, where it tells one. Default: 0. */
  readonly rest?: number;
}

/** The script's capture, with what a router answers, 1 ms later, to each packet for which `answer` gives an error. */
export function withRouterAnswers(
  packets: string,
  answer: (packet: Buffer, timeNs: number) => RouterAnswer | null,
  ipVersion: 4 | 6 = 4,
): Buffer {
  const { pcap } = compileScript(parseScript(packets), { clientIsn: 1, serverIsn: 1, ipVersion });
  const view = Buffer.from(pcap);
  const records: Buffer[] = [];
  for (let at = PCAP_HEADER; at < view.length; ) {
    const end = at + RECORD_HEADER + view.readUInt32LE(at + 8);
    records.push(view.subarray(at, end));
    const packet = view.subarray(at + RECORD_HEADER + ETHERNET_HEADER, end);
    const timeNs = (view.readUInt32LE(at) - 1_700_000_000) * 1e9 + view.readUInt32LE(at + 4);
    const error = answer(packet, timeNs);
    if (error !== null) records.push(answerRecord(packet, error, timeNs + 1_000_000, ipVersion));
    at = end;
  }
  return Buffer.concat([view.subarray(0, PCAP_HEADER), ...records]);
}

function answerRecord(
  quoted: Buffer,
  { type, code, rest = 0 }: RouterAnswer,
  timeNs: number,
  ipVersion: 4 | 6,
): Buffer {
  const icmp = Buffer.concat([
    Uint8Array.of(type, code),
    u16(0),
    u32(rest),
    quoted.subarray(0, QUOTED[ipVersion]),
  ]);
  const source = REPORTER[ipVersion];
  const frame =
    ipVersion === 4
      ? ethernetFrame(0x0800, ipv4Packet({ source, destination: quoted.subarray(12, 16), protocol: 1 }, icmp))
      : ethernetFrame(
          0x86dd,
          ipv6Packet({ source, destination: quoted.subarray(8, 24), protocol: 58 }, icmp),
        );
  return Buffer.from(pcapFile([{ timeNs, bytes: frame }])).subarray(PCAP_HEADER);
}
