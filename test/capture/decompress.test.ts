import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import type { ByteSource } from "../../src/capture/byte-source.js";
import { decompress } from "../../src/capture/decompress.js";
import { Lz4Source } from "../../src/capture/lz4-source.js";
import { StreamSource } from "../../src/capture/stream-source.js";
import { XzSource } from "../../src/capture/xz-source.js";
import { ZstdSource } from "../../src/capture/zstd-source.js";
import { concatBytes, pcapFile } from "../support/capture-bytes.js";
import { hex, readBytes, readFileAt, withFolder } from "./read-capture.js";

/** Octets that compress neither to nothing nor not at all. */
function mixedBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0, state = 1; at < length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = at % 64 < 40 ? state >>> 24 : at & 15;
  }
  return bytes;
}

const OCTETS = mixedBytes(1_400_000);
const FRAMES = Array.from({ length: 1000 }, (_, index) => ({
  timeNs: index * 1000,
  bytes: OCTETS.subarray(index * 1400, (index + 1) * 1400),
}));
const CAPTURE = pcapFile(FRAMES);

function compress(command: string, parameters: readonly string[], bytes: Uint8Array = CAPTURE): Uint8Array {
  return execFileSync(command, parameters, {
    input: bytes,
    maxBuffer: 1 << 28,
    stdio: ["pipe", "pipe", "ignore"],
  });
}

const isInstalled = (command: string): boolean => spawnSync(command, ["--version"]).error === undefined;

const COMPRESSORS: readonly (readonly [name: string, command: string, parameters: readonly string[]])[] = [
  ["gzip", "gzip", ["-c"]],
  ["zstd", "zstd", ["-qc"]],
  ["xz", "xz", ["-1c"]],
  ["lz4", "lz4", ["-c"]],
  ["lz4 with dependent blocks of 64 KiB and their checksums", "lz4", ["-c", "-BD", "-B4", "-BX", "-9"]],
  ["lz4 with the content's size and no checksum", "lz4", ["-c", "-B6", "--content-size", "--no-frame-crc"]],
  ["lz4's legacy frames", "lz4", ["-c", "-l"]],
];

describe("a compressed capture", () => {
  for (const [name, command, parameters] of COMPRESSORS) {
    it(`is read from ${name}`, async function () {
      if (!isInstalled(command)) this.skip();
      const compressed = compress(command, parameters);
      expect(compressed.length).to.be.lessThan(CAPTURE.length);
      const { source, frames } = await readBytes(compressed, { pieceBytes: 10_000 });
      expect(source.damage).to.equal(null);
      expect(source.compression).to.equal(command);
      expect(source.bytesRead).to.equal(compressed.length);
      expect(frames.map(({ bytes }) => bytes)).to.deep.equal(FRAMES.map(({ bytes }) => bytes));
    });

    it(`is read from two pieces of ${name}, one behind the other`, async function () {
      if (!isInstalled(command)) this.skip();
      const middle = 700_001;
      const pieces = [CAPTURE.subarray(0, middle), CAPTURE.subarray(middle)].map((piece) =>
        compress(command, parameters, piece),
      );
      const { source, frames } = await readBytes(concatBytes(pieces));
      expect(source.damage).to.equal(null);
      expect(frames).to.have.length(1000);
    });

    it(`is read up to where ${name} is cut, and says so`, async function () {
      if (!isInstalled(command)) this.skip();
      const compressed = compress(command, parameters);
      const { source, frames } = await readBytes(compressed.subarray(0, compressed.length * 0.9));
      expect(source.damage).to.match(new RegExp(`^the file .*${command} data after frame ${frames.length}$`));
      if (name !== "lz4's legacy frames") expect(frames.length).to.be.within(500, 999);
      expect(frames.map(({ bytes }) => bytes)).to.deep.equal(
        FRAMES.slice(0, frames.length).map(({ bytes }) => bytes),
      );
    });
  }

  it("is told by its first octets, not by its name", async () => {
    await withFolder({ "a.zst": gzipSync(CAPTURE), "b.gz": CAPTURE }, async (folder) => {
      const gzipped = await readFileAt(join(folder, "a.zst"));
      expect(gzipped.source).to.include({ compression: "gzip", damage: null, frames: 1000 });
      const plain = await readFileAt(join(folder, "b.gz"));
      expect(plain.source).to.include({ compression: null, frames: 1000, bytesTotal: CAPTURE.length });
      expect(plain.source.bytesRead).to.equal(CAPTURE.length);
    });
  });

  it("gives every frame before damage in a gzip file, also in the last piece that was inflated", async () => {
    const few = pcapFile(FRAMES.slice(0, 3));
    const compressed = new Uint8Array(gzipSync(few));
    // The checksum stands in the last eight octets (RFC 1952, section 2.3.1): all data before it is good.
    compressed[compressed.length - 8]! ^= 1;
    await withFolder({ "a.pcap.gz": compressed }, async (folder) => {
      const { source, frames } = await readFileAt(join(folder, "a.pcap.gz"));
      expect(frames).to.have.length(3);
      expect(source.damage).to.equal("the file holds damaged gzip data after frame 3");
    });
  });

  it("gives every frame before damage in the middle of a long gzip file", async () => {
    // Stored blocks (RFC 1951, section 3.2.4): their lengths stand there twice, once inverted.
    const compressed = new Uint8Array(gzipSync(CAPTURE, { level: 0 }));
    let at = 900_000;
    const isBlock = (): boolean =>
      compressed[at] === 0 &&
      (compressed[at + 1]! ^ compressed[at + 3]!) === 255 &&
      (compressed[at + 2]! ^ compressed[at + 4]!) === 255 &&
      compressed[at + 2]! > 100;
    while (!isBlock()) at++;
    compressed[at + 1]! ^= 1;
    await withFolder({ "a.pcap.gz": compressed }, async (folder) => {
      const { source, frames } = await readFileAt(join(folder, "a.pcap.gz"));
      // Records of 1416 octets; gzip, pcap and block headers before the damage take less than 1000.
      expect(frames.length).to.be.within((at - 1000) / 1416 - 1, at / 1416);
      expect(frames.map(({ bytes }) => bytes)).to.deep.equal(
        FRAMES.slice(0, frames.length).map(({ bytes }) => bytes),
      );
      expect(source.damage).to.equal(`the file holds damaged gzip data after frame ${frames.length}`);
    });
  });

  it("leaves out what follows gzip data and is none, as gzip does", async () => {
    const { source, frames } = await readBytes(concatBytes([gzipSync(CAPTURE), new Uint8Array(100)]));
    expect(source.damage).to.equal(null);
    expect(frames).to.have.length(1000);
  });

  it("ends its command when it is closed in the middle, while data still comes in", async function () {
    if (!isInstalled("xz")) this.skip();
    const compressed = Buffer.from(compress("xz", ["-0c"]));
    const decompressed = await decompress(
      "xz",
      new StreamSource(Readable.from([compressed], { objectMode: false })),
      null,
    );
    expect(await decompressed.read(new Uint8Array(10), 0)).to.equal(10);
    await decompressed.close();
    expect(await decompressed.read(new Uint8Array(10), 0)).to.equal(0);
    expect(decompressed.damage).to.equal(null);
  });
});

async function readSource(source: ByteSource): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  const buffer = new Uint8Array(100_000);
  for (let count = await source.read(buffer, 0); count > 0; count = await source.read(buffer, 0))
    pieces.push(buffer.slice(0, count));
  await source.close();
  return concatBytes(pieces);
}

describe("without the command installed", () => {
  for (const [command, parameters, Source] of [
    ["zstd", ["-qc"], ZstdSource],
    ["xz", ["-1c"], XzSource],
  ] as const) {
    it(`${command} data is decompressed in JavaScript, of several frames as well`, async function () {
      if (!isInstalled(command)) this.skip();
      const pieces = [CAPTURE.subarray(0, 500_000), CAPTURE.subarray(500_000)].map((piece) =>
        compress(command, parameters, piece),
      );
      const input = new StreamSource(Readable.from(pieces, { objectMode: false }));
      const source = new Source(input);
      expect(Buffer.compare(await readSource(source), CAPTURE)).to.equal(0);
      expect(source.damage).to.equal(null);
    });

    it(`damaged and cut ${command} data is read as far as it goes`, async function () {
      if (!isInstalled(command)) this.skip();
      const whole = compress(command, parameters);
      const damaged = concatBytes([whole, whole]);
      damaged.fill(0, whole.length, whole.length + 6);
      for (const bytes of [whole.subarray(0, whole.length * 0.9), damaged]) {
        const source = new Source(
          new StreamSource(Readable.from([Buffer.from(bytes)], { objectMode: false })),
        );
        const read = await readSource(source);
        expect(source.damage).to.match(new RegExp(`${command} data$`));
        expect(read.length).to.be.within(CAPTURE.length / 2, CAPTURE.length);
        expect(Buffer.compare(read, CAPTURE.subarray(0, read.length))).to.equal(0);
      }
    });
  }
});

describe("the LZ4 decoder", () => {
  // Written by hand from the LZ4 frame format 1.6 and block format: magic, version 1 with independent blocks, 64 KiB.
  const header = hex("04224d18 60 40 82");
  const frame = (block: string): Uint8Array => {
    const bytes = hex(block);
    return concatBytes([header, Uint8Array.of(bytes.length, 0, 0, 0), bytes, hex("00000000")]);
  };
  const read = async (bytes: Uint8Array): Promise<[string, string | null]> => {
    const source = new Lz4Source(
      new StreamSource(Readable.from([Buffer.from(bytes)], { objectMode: false })),
    );
    return [Buffer.from(await readSource(source)).toString("latin1"), source.damage];
  };

  it("repeats a match that overlaps what it makes", async () => {
    // 2 literals "ab", match of 4 + 5 at distance 2; then 1 literal "c".
    expect(await read(frame("25 6162 0200 10 63"))).to.deep.equal(["abababababac", null]);
  });

  it("adds up lengths of 15 and more, each octet of 255 being followed by another", async () => {
    const literals = "78".repeat(15 + 255 + 3);
    expect(
      await read(concatBytes([header, hex("14010000"), hex(`f0 ff03 ${literals}`), hex("00000000")])),
    ).to.deep.equal(["x".repeat(273), null]);
  });

  it("takes stored blocks as they are and passes over skippable frames", async () => {
    const stored = concatBytes([header, hex("03000080 616263 00000000")]);
    expect(await read(concatBytes([stored, hex("502a4d18 02000000 ffff"), stored]))).to.deep.equal([
      "abcabc",
      null,
    ]);
  });

  for (const [name, block, before] of [
    ["a match from before the beginning", "10 61 0500 10 62", "a"],
    ["a match at distance 0", "10 61 0000 10 62", "a"],
    ["literals beyond the block", "50 6162", "ab"],
    ["a match cut in its distance", "10 61 01", "a"],
  ] as const) {
    it(`calls ${name} damage, and delivers what comes before it`, async () => {
      expect(await read(frame(block))).to.deep.equal([before, "holds damaged lz4 data"]);
    });
  }

  it("does not believe a block larger than its frame allows", async () => {
    expect(await read(concatBytes([header, hex("01000100")]))).to.deep.equal(["", "holds damaged lz4 data"]);
  });
});
