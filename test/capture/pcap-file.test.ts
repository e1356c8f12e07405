import { expect } from "chai";
import { concatBytes } from "../support/capture-bytes.js";
import { hex, readBytes } from "./read-capture.js";

const LITTLE_HEADER = hex("d4c3b2a1 0200 0400 00000000 00000000 ffff0000 01000000");
const BIG_HEADER = hex("a1b2c3d4 0002 0004 00000000 00000000 0000ffff 00000001");

/** 1700000000.000001 s, 3 of 60 octets: aa bb cc. */
const LITTLE_RECORD = hex("00f15365 01000000 03000000 3c000000 aabbcc");
const BIG_RECORD = hex("6553f100 00000001 00000003 0000003c aabbcc");

describe("the pcap reader", () => {
  for (const [order, header, record] of [
    ["little-endian", LITTLE_HEADER, LITTLE_RECORD],
    ["big-endian", BIG_HEADER, BIG_RECORD],
  ] as const) {
    it(`reads ${order} files with microseconds`, async () => {
      const { source, frames } = await readBytes(concatBytes([header, record]));
      expect(source.format).to.equal("pcap");
      expect(source.interfaces).to.deep.equal([{ linkType: 1, name: null, snaplen: 65535, dropped: null }]);
      expect(source.originNs).to.equal(1_700_000_000_000_001_000n);
      expect(frames).to.deep.equal([
        { frame: 1, timeNs: 0, wireLength: 60, interfaceIndex: 0, bytes: hex("aabbcc") },
      ]);
      expect(source.damage).to.equal(null);
      expect(source.frames).to.equal(1);
    });
  }

  for (const [order, magic] of [
    ["little-endian", "4d3cb2a1"],
    ["big-endian", "a1b23c4d"],
  ] as const) {
    it(`reads ${order} files with nanoseconds`, async () => {
      const [header, record] =
        order === "big-endian" ? [BIG_HEADER, BIG_RECORD] : [LITTLE_HEADER, LITTLE_RECORD];
      const { source } = await readBytes(concatBytes([hex(magic), header.subarray(4), record]));
      expect(source.originNs).to.equal(1_700_000_000_000_000_001n);
    });
  }

  it("reads the longer records of Kuznetzov's modified format", async () => {
    const record = hex("00f15365 01000000 02000000 02000000 07000000 0800 04 00 aabb");
    const { frames } = await readBytes(
      concatBytes([hex("34cdb2a1"), LITTLE_HEADER.subarray(4), record, record]),
    );
    expect(frames.map(({ bytes }) => bytes)).to.deep.equal([hex("aabb"), hex("aabb")]);
  });

  for (const [name, magic, behind] of [
    ["Nokia's records, under the standard's magic number", "d4c3b2a1", "00000000"],
    ["Red Hat 6.1's records, under the standard's magic number", "d4c3b2a1", "07000000 0800 04 00"],
    ["SuSE 6.3's records, under the modified magic number", "34cdb2a1", "07000000 0800 04 00 01 00 0000"],
  ] as const) {
    it(`knows ${name}, by where the second one begins`, async () => {
      const header = concatBytes([hex(magic), LITTLE_HEADER.subarray(4)]);
      const record = hex(`00f15365 01000000 02000000 02000000 ${behind} aabb`);
      const { source, frames } = await readBytes(concatBytes([header, record, record, record]));
      expect(frames.map(({ bytes }) => bytes)).to.deep.equal([hex("aabb"), hex("aabb"), hex("aabb")]);
      expect(source.damage).to.equal(null);
    });
  }

  it("stays with the standard's records where the second one is damaged", async () => {
    const damaged = hex("ffffffff ffffffff ffffffff ffffffff");
    const { source, frames } = await readBytes(concatBytes([LITTLE_HEADER, LITTLE_RECORD, damaged]));
    expect(frames).to.have.length(1);
    expect(source.damage).to.contain("frame 2");
  });

  it("stays with the standard's records where the second one's fraction is more than a second", async () => {
    const odd = hex("00f15365 00000080 10000000 10000000 20000000 20000000 20000000 20000000");
    const { frames } = await readBytes(concatBytes([LITTLE_HEADER, LITTLE_RECORD, odd, odd, LITTLE_RECORD]));
    expect(frames.map(({ bytes }) => bytes.length)).to.deep.equal([3, 16, 16, 3]);
  });

  it("finds the two lengths the other way round before version 2.3", async () => {
    const header = hex("a1b2c3d4 0002 0002 00000000 00000000 00000044 00000001");
    const { frames } = await readBytes(
      concatBytes([header, hex("6553f100 00000001 0000003c 00000003 aabbcc")]),
    );
    expect(frames[0]).to.deep.include({ wireLength: 60, bytes: hex("aabbcc") });
  });

  it("takes the smaller length for the captured one in version 2.3, which was written both ways", async () => {
    const header = hex("a1b2c3d4 0002 0003 00000000 00000000 00000044 00000001");
    const swapped = hex("6553f100 00000001 0000003c 00000003 aabbcc");
    const { frames } = await readBytes(concatBytes([header, swapped, BIG_RECORD]));
    expect(frames.map(({ wireLength }) => wireLength)).to.deep.equal([60, 60]);
  });

  it("leaves the frame check sequence's length out of the link type", async () => {
    const { source } = await readBytes(hex("a1b2c3d4 0002 0004 00000000 00000000 0000ffff 14000071"));
    expect(source.interfaces[0]?.linkType).to.equal(113);
  });

  it("records a snaplen of 4 GB and allocates nothing for it", async () => {
    const { source } = await readBytes(hex("a1b2c3d4 0002 0004 00000000 00000000 ffffffff 00000001"));
    expect(source.interfaces[0]?.snaplen).to.equal(0xffffffff);
  });

  it("takes a file header alone for a capture of no frames", async () => {
    const { source, frames } = await readBytes(LITTLE_HEADER);
    expect(frames).to.deep.equal([]);
    expect(source).to.include({ damage: null, originNs: undefined });
  });

  it("delivers frames that claim more octets than were on the wire, and empty ones", async () => {
    const { source, frames } = await readBytes(
      concatBytes([
        LITTLE_HEADER,
        hex("00f15365 01000000 03000000 02000000 aabbcc"),
        hex("00f15365 01000000 00000000 00000000"),
      ]),
    );
    expect(frames.map(({ wireLength, bytes }) => [wireLength, bytes.length])).to.deep.equal([
      [2, 3],
      [0, 0],
    ]);
    expect(source.damage).to.equal(null);
  });

  it("counts time from the first frame, backwards as well, to the nanosecond", async () => {
    const header = concatBytes([hex("4d3cb2a1"), LITTLE_HEADER.subarray(4)]);
    const records = ["00f15365 ffc99a3b", "01f15365 00000000", "00f15365 00000000", "00f1ee65 00000000"].map(
      (time) => hex(`${time} 00000000 00000000`),
    );
    const { frames } = await readBytes(concatBytes([header, ...records]));
    expect(frames.map(({ timeNs }) => timeNs)).to.deep.equal([
      0,
      1,
      -999_999_999,
      10_158_080e9 - 999_999_999,
    ]);
  });

  it("counts time from a given origin", async () => {
    const { source, frames } = await readBytes(concatBytes([LITTLE_HEADER, LITTLE_RECORD]), {
      originNs: 1_699_999_999_999_999_999n,
    });
    expect(frames[0]?.timeNs).to.equal(1001);
    expect(source.originNs).to.equal(1_699_999_999_999_999_999n);
  });

  it("stops at a record longer than any real one and says which", async () => {
    const { source, frames } = await readBytes(
      concatBytes([LITTLE_HEADER, LITTLE_RECORD, hex("00f15365 01000000 00286bee 3c000000"), LITTLE_RECORD]),
    );
    expect(frames).to.have.length(1);
    expect(source.damage).to.equal("frame 2 claims 4000000000 octets; the file is damaged there");
  });

  it("says in which frame a cut file ends, in its header or in its octets", async () => {
    for (const cutBytes of [1, 2, 3, 4, 18]) {
      const whole = concatBytes([LITTLE_HEADER, LITTLE_RECORD, LITTLE_RECORD]);
      const { source, frames } = await readBytes(whole.subarray(0, whole.length - cutBytes));
      expect(frames).to.have.length(1);
      expect(source.damage).to.equal("the file ends in the middle of frame 2");
    }
  });

  it("delivers the same frames whatever the batch size and the pieces the input comes in", async () => {
    const record = (length: number): Uint8Array =>
      concatBytes([
        hex("00f15365 01000000"),
        Uint8Array.of(length, 0, 0, 0, length, 0, 0, 0),
        new Uint8Array(length).fill(length),
      ]);
    const records = Array.from({ length: 50 }, (_, index) => record(index * 5));
    const whole = concatBytes([LITTLE_HEADER, ...records]);
    const expected = (await readBytes(whole)).frames;
    expect(expected.map(({ frame }) => frame)).to.deep.equal(
      Array.from({ length: 50 }, (_, index) => index + 1),
    );
    expect(expected.map(({ bytes }) => bytes.every((octet) => octet === bytes.length))).to.not.include(false);
    for (const batchFrames of [1, 2, 3, 4096])
      for (const pieceBytes of [1, 7, 24, 4096])
        expect((await readBytes(whole, { batchFrames, pieceBytes })).frames).to.deep.equal(expected);
  });

  it("reads frames across many refills of its buffer, up to the longest", async () => {
    const longest = 1024 * 1024;
    const lengths = [longest, 100, longest - 1, 0, longest, 65_535, longest];
    const records = lengths.map((length, index) => {
      const header = new DataView(new ArrayBuffer(16));
      header.setUint32(8, length, true);
      return concatBytes([new Uint8Array(header.buffer), new Uint8Array(length).fill(index + 1)]);
    });
    const { source, frames } = await readBytes(concatBytes([LITTLE_HEADER, ...records]));
    expect(source.damage).to.equal(null);
    expect(frames.map(({ bytes }) => bytes.length)).to.deep.equal(lengths);
    for (const { frame, bytes } of frames) expect(bytes.every((octet) => octet === frame)).to.equal(true);
  });
});
