import { Readable } from "node:stream";
import { analyze } from "../../src/analyze.js";
import type { ReportedFinding } from "../../src/report/report.js";
import { parseScript } from "../../src/tcp/notation.js";
import {
  block,
  enhancedPacket,
  interfaceDescription,
  numbers,
  option,
  sectionHeader,
} from "../capture/pcapng-bytes.js";
import { concatBytes } from "./capture-bytes.js";
import { compileScript } from "./compile-script.js";

const PCAP_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
/** draft-ietf-opsawg-pcapng, sections 4.2 and 4.6. */
const IF_TSRESOL = 9;
const INTERFACE_STATISTICS_BLOCK = 5;
const ISB_IFDROP = 5;

/** What all rules find in a script when its pcapng file says that the interface dropped `dropped` frames. */
export async function analyzePcapng(packets: string, dropped: number): Promise<readonly ReportedFinding[]> {
  const script = parseScript(packets);
  const { pcap } = compileScript(script, { clientIsn: 1_000_000, serverIsn: 2_500_000_000, ipVersion: 4 });
  const nanoseconds = option(IF_TSRESOL, Uint8Array.of(9));
  const blocks = [sectionHeader(), interfaceDescription({ options: [nanoseconds] })];
  const view = new DataView(pcap.buffer, pcap.byteOffset, pcap.length);
  for (let at = PCAP_HEADER_BYTES; at < pcap.length; ) {
    const units = BigInt(view.getUint32(at, true)) * 1_000_000_000n + BigInt(view.getUint32(at + 4, true));
    const frameAt = at + RECORD_HEADER_BYTES;
    at = frameAt + view.getUint32(at + 8, true);
    blocks.push(enhancedPacket(pcap.subarray(frameAt, at), { units }));
  }
  const fixed = numbers([
    [32, 0],
    [64, 0],
  ]);
  const drops = option(ISB_IFDROP, numbers([[64, dropped]]));
  blocks.push(block(INTERFACE_STATISTICS_BLOCK, concatBytes([fixed, drops])));
  const input = Readable.from([Buffer.from(concatBytes(blocks))]);
  const report = await analyze({ paths: ["-"], input, database: ":memory:", timeline: "none" });
  return report.findings;
}
