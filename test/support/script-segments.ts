import { FrameBatch } from "../../src/capture/frame-batch.js";
import { Decoder } from "../../src/decode/decode.js";
import { SegmentBatch } from "../../src/decode/segment-batch.js";
import { parseScript } from "../../src/tcp/notation.js";
import { type CompileOptions, compileScript } from "./compile-script.js";

const PCAP_HEADER = 24;
const RECORD_HEADER = 16;

/** Segments of a script in packet notation, in one batch that the flow table has not seen. */
export function segmentsOf(text: string, options: Partial<CompileOptions> = {}): SegmentBatch {
  const script = parseScript(text);
  const { pcap } = compileScript(script, { clientIsn: 1, serverIsn: 2, ipVersion: 4, ...options });
  const view = new DataView(pcap.buffer);
  const frames = new FrameBatch(script.lines.length);
  frames.bytes = pcap;
  for (let at = PCAP_HEADER; at < pcap.length; ) {
    const row = frames.length++;
    const lengthBytes = view.getUint32(at + 8, true);
    frames.frame[row] = row + 1;
    frames.at[row] = at + RECORD_HEADER;
    frames.capturedLength[row] = frames.wireLength[row] = lengthBytes;
    frames.timeNs[row] = script.lines[row]!.timeNs;
    at += RECORD_HEADER + lengthBytes;
  }
  const segments = new SegmentBatch(frames.capacity);
  new Decoder([{ linkType: 1, name: null, snaplen: 0, dropped: null }]).decode(frames, segments);
  return segments;
}
