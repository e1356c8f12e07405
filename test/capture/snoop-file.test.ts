import { expect } from "chai";
import { AnalyzeError } from "../../src/errors.js";
import { concatBytes } from "../support/capture-bytes.js";
import { hex, readBytes } from "./read-capture.js";

const HEADER = hex("736e6f6f70000000 00000002 00000004");
/** 3 of 60 octets, one of padding, 7 drops so far; 1700000000.000001 s. */
const RECORD = hex("0000003c 00000003 0000001c 00000007 6553f100 00000001 aabbcc 00");
const LATER = hex("00000002 00000002 0000001c 00000009 6553f101 00000000 ddee 0000");

describe("the snoop reader", () => {
  for (const pieceBytes of [1, 5, 1000])
    it(`reads records that come in pieces of ${pieceBytes}`, async () => {
      const { source, frames } = await readBytes(concatBytes([HEADER, RECORD, LATER]), { pieceBytes });
      expect(source.format).to.equal("snoop");
      expect(source.interfaces).to.deep.equal([{ linkType: 1, name: null, snaplen: 0, dropped: 9 }]);
      expect(source.originNs).to.equal(1_700_000_000_000_001_000n);
      expect(source.damage).to.equal(null);
      expect(frames).to.deep.equal([
        { frame: 1, timeNs: 0, wireLength: 60, interfaceIndex: 0, bytes: hex("aabbcc") },
        { frame: 2, timeNs: 999_999_000, wireLength: 2, interfaceIndex: 0, bytes: hex("ddee") },
      ]);
    });

  it("counts time from the origin it is given", async () => {
    const { frames } = await readBytes(concatBytes([HEADER, RECORD]), {
      originNs: 1_699_999_999_000_000_000n,
    });
    expect(frames[0]!.timeNs).to.equal(1_000_001_000);
  });

  it("needs no padding behind the last frame", async () => {
    const { source, frames } = await readBytes(concatBytes([HEADER, RECORD.subarray(0, -1)]));
    expect([frames.length, source.damage]).to.deep.equal([1, null]);
  });

  it("says where a file is cut or damaged", async () => {
    for (const [record, damage] of [
      [RECORD.subarray(0, 20), "the file ends in the middle of frame 2"],
      [RECORD.subarray(0, 26), "the file ends in the middle of frame 2"],
      [
        hex("00000000 7fffffff ffffffff 00000000 00000000 00000000"),
        "frame 2 claims 2147483647 octets; the file is damaged there",
      ],
      [
        hex("00000000 00000003 00000010 00000000 00000000 00000000 aabbcc"),
        "frame 2 claims 3 octets; the file is damaged there",
      ],
    ] as const) {
      const { source, frames } = await readBytes(concatBytes([HEADER, RECORD, record]));
      expect(frames.length).to.equal(1);
      expect(source.damage).to.equal(damage);
    }
  });

  it("says that a header is cut, or of a data link type that is not read", async () => {
    for (const [bytes, code, message] of [
      [HEADER.subarray(0, 13), "CAPTURE_EMPTY", /ends in the middle of its snoop header/],
      [
        hex("736e6f6f70000000 00000002 00000005"),
        "CAPTURE_UNRECOGNIZED",
        /is a snoop capture of data link type 5, which is not supported\.$/,
      ],
    ] as const) {
      const error = await readBytes(bytes).catch((reason: unknown) => reason);
      if (!(error instanceof AnalyzeError)) throw error;
      expect(error.code).to.equal(code);
      expect(error.message).to.match(message);
    }
  });
});
