import type { CaptureInterface } from "../../src/capture/capture-source.js";
import { FrameBatch } from "../../src/capture/frame-batch.js";
import { Decoder } from "../../src/decode/decode.js";
import { SegmentBatch } from "../../src/decode/segment-batch.js";

/** Octets of hexadecimal digits; blanks and `// comments` are left out. */
export function octets(hex: string): Uint8Array {
  const digits = hex.replace(/\/\/.*$/gm, "").replace(/\s/g, "");
  if (!/^([0-9a-f]{2})*$/.test(digits)) throw new Error(`not hexadecimal: ${digits}`);
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export interface TestFrame {
  readonly linkType: number;
  readonly bytes: Uint8Array;
  /** As many as in `bytes` when left out. */
  readonly wireLength?: number;
  /** 1000 ns after the frame before when left out. */
  readonly timeNs?: number;
}

/** Decodes the frames as one batch; frame i is of its own interface i, follows a gap, and has number i + 1. */
export function decodeFrames(testFrames: readonly TestFrame[]) {
  const gap = 3;
  const frames = new FrameBatch(testFrames.length);
  const interfaces: CaptureInterface[] = [];
  frames.bytes = new Uint8Array(testFrames.reduce((sum, { bytes }) => sum + bytes.length + gap, gap));
  let at = gap;
  for (const [index, { linkType, bytes, wireLength, timeNs }] of testFrames.entries()) {
    interfaces.push({ linkType, name: null, snaplen: 0, dropped: null });
    frames.bytes.set(bytes, at);
    frames.frame[index] = index + 1;
    frames.at[index] = at;
    frames.capturedLength[index] = bytes.length;
    frames.wireLength[index] = wireLength ?? bytes.length;
    frames.timeNs[index] = timeNs ?? index * 1000;
    frames.interfaceIndex[index] = index;
    at += bytes.length + gap;
  }
  frames.length = testFrames.length;
  const decoder = new Decoder(interfaces);
  const segments = new SegmentBatch(testFrames.length);
  decoder.decode(frames, segments);
  return { decoder, segments, icmpErrors: decoder.icmpErrors, frames };
}

/** What became of a single frame, for a reader: the segment's fields, or why there is none. */
export function decodeHex(linkType: number, hex: string, wireLength?: number) {
  const bytes = octets(hex);
  const result = decodeFrames([{ linkType, bytes, ...(wireLength === undefined ? {} : { wireLength }) }]);
  const { segments, decoder } = result;
  const isSegment = segments.length === 1;
  const payloadAt = segments.payloadAt[0]!;
  const payload = segments.bytes.subarray(payloadAt, payloadAt + segments.payloadCaptured[0]!);
  return {
    ...result,
    isSegment,
    counted: decoder.counts.entries().map(({ name }) => name),
    encapsulation: isSegment ? decoder.encapsulations.name(segments.encapsulation[0]!) : undefined,
    facts: segments.facts[0]!,
    payload: isSegment ? Buffer.from(payload).toString("latin1") : undefined,
    payloadLength: segments.payloadLength[0]!,
    ports: isSegment ? `${segments.sourcePort[0]} > ${segments.destinationPort[0]}` : undefined,
  };
}
