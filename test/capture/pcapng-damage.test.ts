import { expect } from "chai";
import { concatBytes } from "../support/capture-bytes.js";
import { block, enhancedPacket, interfaceDescription, numbers, sectionHeader } from "./pcapng-bytes.js";
import { hex, readBytes } from "./read-capture.js";

const FRAME = hex("aabbccddee");
const UNITS = 1_700_000_000_000_001n;

describe("the pcapng reader stops where the file is damaged, and says so:", () => {
  const good = enhancedPacket(FRAME, { units: UNITS });
  const cases: Record<string, [Uint8Array, string]> = {
    "a frame longer than its block": [
      block(
        6,
        concatBytes([
          numbers([
            [32, 0],
            [32, 0],
            [32, 0],
            [32, 4_000_000_000],
            [32, 60],
          ]),
          FRAME,
        ]),
      ),
      "frame 2 claims 4000000000 octets; the file is damaged there",
    ],
    "a packet block longer than any real one": [
      numbers([
        [32, 6],
        [32, 4_000_000_000],
      ]),
      "the block after frame 1 claims 4000000000 octets; the file is damaged there",
    ],
    "a block shorter than its own header": [
      numbers([
        [32, 0x77],
        [32, 8],
        [32, 8],
      ]),
      "the block after frame 1 claims 8 octets, too few for a block",
    ],
    "a block too short for its type": [
      block(6, new Uint8Array(16)),
      "the block after frame 1 is too short for its type",
    ],
    "two lengths that differ": [
      numbers([
        [32, 0x77],
        [32, 16],
        [32, 0],
        [32, 20],
      ]),
      "the block after frame 1 gives two different lengths at its two ends; the file is damaged there",
    ],
    "a section header of unknown byte order": [
      block(0x0a0d0d0a, new Uint8Array(16)),
      "the block after frame 1 is a section header with an unknown byte order",
    ],
    "a section of a version to come": [
      block(
        0x0a0d0d0a,
        numbers([
          [32, 0x1a2b3c4d],
          [16, 2],
          [16, 0],
          [64, -1],
        ]),
      ),
      "the block after frame 1 begins a section of version 2; only version 1 is known",
    ],
    "an end within a block's header": [
      hex("06000000"),
      "the file ends in the middle of the block after frame 1",
    ],
    "an end within a frame": [good.subarray(0, 30), "the file ends in the middle of the block after frame 1"],
    "an end within a skipped block": [
      block(0x77, new Uint8Array(16)).subarray(0, 20),
      "the file ends in the middle of the block after frame 1",
    ],
  };
  for (const [name, [bytes, damage]] of Object.entries(cases)) {
    it(name, async () => {
      const { source, frames } = await readBytes(
        concatBytes([sectionHeader(), interfaceDescription(), good, bytes]),
      );
      expect(source.damage).to.equal(damage);
      expect(frames).to.have.length(1);
    });
  }
});
