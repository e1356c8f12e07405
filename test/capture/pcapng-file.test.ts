import { expect } from "chai";
import { concatBytes } from "../support/capture-bytes.js";
import {
  block,
  enhancedPacket,
  interfaceDescription,
  numbers,
  option,
  sectionHeader,
} from "./pcapng-bytes.js";
import { hex, type ReadCapture, readBytes } from "./read-capture.js";

const FRAME = hex("aabbccddee");
/** 2023-11-14 22:13:20.000001 UTC in microseconds. */
const UNITS = 1_700_000_000_000_001n;

function read(...blocks: Uint8Array[]): Promise<ReadCapture> {
  return readBytes(concatBytes([sectionHeader(), ...blocks]));
}

describe("the pcapng reader", () => {
  it("reads a file given octet by octet", async () => {
    const { source, frames } = await readBytes(
      hex(`0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000
           01000000 20000000 6500 0000 00000400  0200 0400 65746830  0000 0000 20000000
           06000000 24000000 00000000 260a0600 01 802118 02000000 3c000000 aabb0000 24000000`),
    );
    expect(source).to.include({ format: "pcapng", damage: null });
    expect(source.originNs).to.equal(0x00060a26_18218001n * 1000n);
    expect(source.interfaces[0]).to.include({ linkType: 101, name: "eth0", snaplen: 262_144, dropped: null });
    expect(frames).to.deep.equal([
      { frame: 1, timeNs: 0, wireLength: 60, interfaceIndex: 0, bytes: hex("aabb") },
    ]);
  });

  for (const isBig of [false, true]) {
    it(`reads ${isBig ? "big" : "little"}-endian files`, async () => {
      const { source, frames } = await readBytes(
        concatBytes([
          sectionHeader(isBig),
          interfaceDescription({ linkType: 276, snaplen: 96 }, isBig),
          enhancedPacket(FRAME, { units: UNITS, wireLength: 1500 }, isBig),
          enhancedPacket(FRAME, { units: UNITS + 2n }, isBig),
        ]),
      );
      expect(source.originNs).to.equal(UNITS * 1000n);
      expect(source.interfaces[0]).to.include({ linkType: 276, snaplen: 96, name: null });
      expect(frames.map(({ timeNs, wireLength, bytes }) => [timeNs, wireLength, bytes])).to.deep.equal([
        [0, 1500, FRAME],
        [2000, 5, FRAME],
      ]);
    });
  }

  it("gives each section its own byte order and interfaces, and keeps those of the sections before", async () => {
    const { source, frames } = await readBytes(
      concatBytes([
        sectionHeader(),
        interfaceDescription({ linkType: 1 }),
        enhancedPacket(FRAME, { units: UNITS }),
        sectionHeader(true),
        interfaceDescription({ linkType: 101 }, true),
        interfaceDescription({ linkType: 113 }, true),
        enhancedPacket(FRAME, { units: UNITS + 1n, interfaceId: 1 }, true),
        enhancedPacket(FRAME, { units: UNITS + 2n, interfaceId: 0 }, true),
      ]),
    );
    expect(source.damage).to.equal(null);
    expect(frames.map(({ interfaceIndex }) => source.interfaces[interfaceIndex]?.linkType)).to.deep.equal([
      1, 113, 101,
    ]);
    expect(frames.map(({ frame }) => frame)).to.deep.equal([1, 2, 3]);
    expect(frames.map(({ timeNs }) => timeNs)).to.deep.equal([0, 1000, 2000]);
  });

  it("refuses a frame of an interface that only an earlier section described", async () => {
    const { source, frames } = await read(
      interfaceDescription(),
      enhancedPacket(FRAME, { units: UNITS }),
      sectionHeader(),
      enhancedPacket(FRAME, { units: UNITS }),
    );
    expect(frames).to.have.length(1);
    expect(source.damage).to.equal("frame 2 belongs to an interface that the file does not describe");
  });

  it("reads simple packet blocks, cut by the snaplen, with the time of the frame before", async () => {
    const simple = block(3, concatBytes([numbers([[32, 60]]), FRAME]));
    const { source, frames } = await read(
      interfaceDescription({ snaplen: 5 }),
      simple,
      enhancedPacket(FRAME, { units: UNITS }),
      enhancedPacket(FRAME, { units: UNITS + 7n }),
      simple,
    );
    expect(source.originNs).to.equal(UNITS * 1000n);
    expect(frames.map(({ timeNs }) => timeNs)).to.deep.equal([0, 0, 7000, 7000]);
    expect(frames[3]).to.deep.include({ wireLength: 60, bytes: FRAME });
  });

  it("reads obsolete packet blocks and sums up the drops they report", async () => {
    const obsolete = (drops: number): Uint8Array =>
      block(
        2,
        concatBytes([
          numbers([
            [16, 0],
            [16, drops],
            [32, UNITS >> 32n],
            [32, UNITS & 0xffffffffn],
            [32, 5],
            [32, 60],
          ]),
          FRAME,
        ]),
      );
    const { source, frames } = await read(interfaceDescription(), obsolete(3), obsolete(0xffff), obsolete(4));
    expect(frames).to.have.length(3);
    expect(frames[2]).to.deep.include({ frame: 3, timeNs: 0, wireLength: 60, bytes: FRAME });
    expect(source.interfaces[0]?.dropped).to.equal(7);
  });

  it("does not know of drops when no block tells", async () => {
    const { source } = await read(interfaceDescription(), enhancedPacket(FRAME, { units: UNITS }));
    expect(source.interfaces[0]?.dropped).to.equal(null);
  });

  it("takes drops from the last statistics: those of the interface and those of the system", async () => {
    const statistics = (dropped: number, systemDropped: number): Uint8Array =>
      block(
        5,
        concatBytes([
          numbers([
            [32, 1],
            [32, 0],
            [32, 0],
          ]),
          option(5, numbers([[64, dropped]])),
          option(7, numbers([[64, systemDropped]])),
          option(0, new Uint8Array(0)),
        ]),
      );
    const { source } = await read(
      interfaceDescription(),
      interfaceDescription(),
      statistics(1, 2),
      statistics(10, 20),
    );
    expect(source.interfaces.map(({ dropped }) => dropped)).to.deep.equal([null, 30]);
  });

  it("adds up the drop counts of enhanced packet blocks until statistics replace them", async () => {
    const dropping = enhancedPacket(FRAME, { units: UNITS, options: [option(4, numbers([[64, 5]]))] });
    const { source } = await read(interfaceDescription(), dropping, dropping);
    expect(source.interfaces[0]?.dropped).to.equal(10);
    const statistics = block(
      5,
      concatBytes([
        numbers([
          [32, 0],
          [32, 0],
          [32, 0],
        ]),
        option(5, numbers([[64, 12]])),
      ]),
    );
    const replaced = await read(interfaceDescription(), dropping, statistics, dropping);
    expect(replaced.source.interfaces[0]?.dropped).to.equal(12);
  });

  it("skips and counts blocks that hold no frame", async () => {
    const { source, frames } = await read(
      block(4, numbers([[32, 0]])),
      interfaceDescription(),
      block(0x0a, hex("4b534c54 00000000")),
      enhancedPacket(FRAME, { units: UNITS }),
      block(0x77, hex("01")),
      block(0x80000001, new Uint8Array(0)),
      enhancedPacket(FRAME, { units: UNITS }),
    );
    expect(frames).to.have.length(2);
    expect(Object.fromEntries(source.skipped)).to.deep.equal({
      "name resolution block": 1,
      "decryption secrets block": 1,
      "unknown block": 2,
    });
  });

  it("numbers frames as Wireshark does, which counts journal, sysdig and custom blocks among them", async () => {
    const { source, frames } = await read(
      interfaceDescription(),
      enhancedPacket(FRAME, { units: UNITS }),
      block(9, hex("41")),
      block(0x204, new Uint8Array(24)),
      block(0x0bad, hex("00000001 aa")),
      enhancedPacket(FRAME, { units: UNITS }),
    );
    expect(frames.map(({ frame }) => frame)).to.deep.equal([1, 5]);
    expect(source.frames).to.equal(2);
    expect([...source.skipped.values()]).to.deep.equal([1, 1, 1]);
  });

  it("skips a block larger than its buffer without keeping it", async () => {
    const huge = block(0x77, new Uint8Array(20 * 1024 * 1024));
    const { source, frames } = await read(
      interfaceDescription(),
      huge,
      enhancedPacket(FRAME, { units: UNITS }),
    );
    expect(frames).to.have.length(1);
    expect(source.damage).to.equal(null);
  });

  it("goes on behind a block whose length leaves out the padding", async () => {
    const odd = concatBytes([
      numbers([
        [32, 0x77],
        [32, 17],
      ]),
      new Uint8Array(8),
      numbers([[32, 17]]),
    ]);
    const { frames } = await read(interfaceDescription(), odd, enhancedPacket(FRAME, { units: UNITS }));
    expect(frames).to.have.length(1);
  });

  it("takes a section header and an interface alone for a capture of no frames", async () => {
    const { source, frames } = await read(interfaceDescription());
    expect(frames).to.deep.equal([]);
    expect(source.damage).to.equal(null);
  });

  it("delivers the same frames whatever the batch size and the pieces the input comes in", async () => {
    const blocks = Array.from({ length: 40 }, (_, index) => {
      const bytes = new Uint8Array(index).fill(index);
      const options = index % 3 === 0 ? [option(1, hex("68656c6c6f"))] : [];
      return concatBytes([
        enhancedPacket(bytes, { units: UNITS + BigInt(index), options }),
        block(0x77, bytes),
      ]);
    });
    const whole = concatBytes([sectionHeader(), interfaceDescription(), ...blocks]);
    const expected = (await readBytes(whole)).frames;
    expect(expected.map(({ bytes }) => bytes.length)).to.deep.equal(
      Array.from({ length: 40 }, (_, index) => index),
    );
    expect(expected.map(({ timeNs }) => timeNs)).to.deep.equal(
      Array.from({ length: 40 }, (_, index) => index * 1000),
    );
    for (const batchFrames of [1, 2, 3, 4096])
      for (const pieceBytes of [1, 7, 24, 4096])
        expect((await readBytes(whole, { batchFrames, pieceBytes })).frames).to.deep.equal(expected);
  });
});
