import { gzipSync } from "node:zlib";
import { expect } from "chai";
import fc from "fast-check";
import { AnalyzeError } from "../../src/errors.js";
import { concatBytes, pcapFile } from "../support/capture-bytes.js";
import {
  block,
  enhancedPacket,
  interfaceDescription,
  numbers,
  option,
  sectionHeader,
} from "./pcapng-bytes.js";
import { hex, type ReadCapture, readBytes } from "./read-capture.js";

const PCAP = pcapFile(
  [3, 0, 60, 7].map((length, index) => ({ timeNs: index * 1000, bytes: new Uint8Array(length).fill(index) })),
);
const PCAPNG = concatBytes([
  sectionHeader(),
  interfaceDescription({ options: [option(2, hex("65746830")), option(9, hex("09"))] }),
  enhancedPacket(hex("aabbcc"), { units: 1_700_000_000_000_000_000n }),
  block(0x77, hex("00112233")),
  enhancedPacket(new Uint8Array(20), {
    units: 1_700_000_000_000_000_005n,
    options: [option(4, numbers([[64, 1]]))],
  }),
  block(
    5,
    concatBytes([
      numbers([
        [32, 0],
        [32, 0],
        [32, 0],
      ]),
      option(5, numbers([[64, 9]])),
    ]),
  ),
  sectionHeader(true),
  interfaceDescription({}, true),
  block(3, concatBytes([numbers([[32, 4]], true), hex("01020304")]), true),
]);
/** An LZ4 frame of one block: a sequence of literals, then a match of 4 with the octets before, then literals. */
const LZ4 = concatBytes([
  hex("04224d18 60 40 82"),
  numbers([[32, 2 + PCAP.length + 2 + 2]]),
  hex("f0"),
  Uint8Array.of(PCAP.length - 15),
  PCAP,
  hex("0400 10 aa"),
  hex("00000000"),
]);

/** Reads without a crash: the frames, or null when the capture was refused in a sentence. */
async function readHostile(bytes: Uint8Array): Promise<ReadCapture | null> {
  try {
    const capture = await readBytes(bytes, { batchFrames: 3 });
    expectConsistent(capture);
    return capture;
  } catch (error) {
    if (error instanceof AnalyzeError) return null;
    throw error;
  }
}

function expectConsistent({ source, frames }: ReadCapture): void {
  expect(source.frames).to.equal(frames.length);
  let last = 0;
  for (const { frame, timeNs, interfaceIndex } of frames) {
    expect(frame).to.be.greaterThan(last);
    expect(timeNs).to.satisfy(Number.isFinite);
    expect(source.interfaces[interfaceIndex]).to.not.equal(undefined);
    last = frame;
  }
  const skipped = [...source.skipped.values()].reduce((sum, count) => sum + count, 0);
  expect(last).to.be.within(frames.length, frames.length + skipped);
  if (source.damage !== null) expect(source.damage).to.match(/^[^\n]+[^.\n]$/);
}

for (const [name, whole, frameCount] of [
  ["pcap", PCAP, 4],
  ["pcapng", PCAPNG, 3],
  ["gzip", new Uint8Array(gzipSync(PCAPNG)), 3],
  ["lz4", LZ4, 4],
] as const) {
  describe(`hostile ${name} input`, () => {
    it("cut after any octet gives the frames before the cut and a sentence", async () => {
      const all = (await readHostile(whole))!.frames;
      expect(all).to.have.length(frameCount);
      let before = 0;
      for (let length = 0; length < whole.length; length++) {
        const cut = await readHostile(whole.subarray(0, length));
        const frames = cut?.frames ?? [];
        expect(frames).to.deep.equal(all.slice(0, frames.length));
        expect(frames.length).to.be.at.least(before);
        before = frames.length;
      }
    });

    it("with any octet changed never does worse than a sentence", async () => {
      for (let at = 0; at < whole.length; at++) {
        for (const mask of [0x01, 0x80, 0xff]) {
          const changed = whole.slice();
          changed[at]! ^= mask;
          await readHostile(changed);
        }
      }
    });

    it("with several octets changed, left out or put in never does worse than a sentence", async () => {
      const edit = fc.record({
        at: fc.nat(whole.length),
        remove: fc.nat(5),
        insert: fc.uint8Array({ maxLength: 5 }),
      });
      const property = fc.asyncProperty(fc.array(edit, { maxLength: 4 }), async (edits) => {
        let bytes: Uint8Array = whole;
        for (const { at, remove, insert } of edits)
          bytes = concatBytes([bytes.subarray(0, at), insert, bytes.subarray(at + remove)]);
        await readHostile(bytes);
      });
      await fc.assert(property, { numRuns: 300 });
    });
  });
}

describe("hostile input", () => {
  it("describing interfaces without end is believed up to 65536", async () => {
    const one = interfaceDescription();
    const many = new Uint8Array(one.length * 65_537);
    for (let at = 0; at < many.length; at += one.length) many.set(one, at);
    const { source } = await readBytes(concatBytes([sectionHeader(), many]));
    expect(source.interfaces).to.have.length(65_536);
    expect(source.damage).to.match(/^the block after frame 0 describes one interface more/);
  });
});
