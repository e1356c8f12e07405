import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { expect } from "chai";
import type { Packet } from "pcap-parser";
import pcapParser from "pcap-parser";
import { type CaptureFrame, pcapFile } from "../support/capture-bytes.js";
import { readBytes } from "./read-capture.js";

const CAPTURES = new URL("../../captures/", import.meta.url).pathname;

interface Oracle {
  readonly linkType: number;
  readonly snaplen: number;
  readonly packets: readonly Packet[];
}

/** What the npm package pcap-parser finds; null when it cannot read the file. */
function readWithPcapParser(bytes: Uint8Array): Promise<Oracle | null> {
  return new Promise((resolve) => {
    const packets: Packet[] = [];
    let linkType = 0;
    let snaplen = 0;
    const parser = pcapParser.parse(Readable.from([Buffer.from(bytes)], { objectMode: false }));
    parser.on("globalHeader", (header) => {
      linkType = header.linkLayerType;
      snaplen = header.snapshotLength;
    });
    parser.on("packet", (packet) => packets.push(packet));
    parser.on("end", () => resolve({ linkType, snaplen, packets }));
    parser.on("error", () => resolve(null));
  });
}

async function expectAgreement(bytes: Uint8Array, oracle: Oracle): Promise<void> {
  const { source, frames } = await readBytes(bytes);
  expect(source.interfaces[0]).to.include({ linkType: oracle.linkType, snaplen: oracle.snaplen });
  const ours = frames.map(({ timeNs, wireLength, bytes: octets }) => {
    const timeUs = (source.originNs! + BigInt(timeNs)) / 1000n;
    return { timeUs, wireLength, octets: Buffer.from(octets).toString("hex") };
  });
  const theirs = oracle.packets.map(({ header, data }) => {
    const timeUs = BigInt(header.timestampSeconds) * 1_000_000n + BigInt(header.timestampMicroseconds);
    return { timeUs, wireLength: header.originalLength, octets: data.toString("hex") };
  });
  expect(ours).to.deep.equal(theirs);
}

describe("the pcap reader agrees with the package pcap-parser", () => {
  it("on every file in captures/ that the package can read", async () => {
    const names = (await readdir(CAPTURES)).filter((name) => name.endsWith(".pcap"));
    for (const name of names) {
      const bytes = await readFile(join(CAPTURES, name));
      const oracle = await readWithPcapParser(bytes);
      if (oracle !== null) await expectAgreement(bytes, oracle);
    }
  });

  for (const bigEndian of [false, true]) {
    it(`on a synthetic ${bigEndian ? "big" : "little"}-endian file`, async () => {
      const frames: CaptureFrame[] = Array.from({ length: 300 }, (_, index) => ({
        timeNs: index * 999_999_000 - 3_000_000_000,
        bytes: new Uint8Array((index * 37) % 2000).fill(index),
        wireLength: 2000 + index,
      }));
      const bytes = pcapFile(frames, { nanoseconds: false, bigEndian, linkType: 113, snaplen: 1500 });
      const oracle = await readWithPcapParser(bytes);
      expect(oracle?.packets).to.have.length(300);
      await expectAgreement(bytes, oracle!);
    });
  }
});
