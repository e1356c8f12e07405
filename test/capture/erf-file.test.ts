import { expect } from "chai";
import { concatBytes } from "../support/capture-bytes.js";
import { hex, readBytes } from "./read-capture.js";

/** 1700000000.5 s, Ethernet, 4 of 60 octets behind two that align them, 3 frames lost before. */
const RECORD = hex("00000080 00f15365 02 04 0016 0003 003c 0000 aabbccdd");
/** 1700000001 s, with an extension header, 2 octets and padding to 8. */
const EXTENDED = hex("00000000 01f15365 82 04 0020 0000 0002 0400000000000000 0000 eeff 00000000");
const PADDING = hex("00000000 01f15365 30 04 0018 0000 0000 0000000000000000");

describe("the ERF reader", () => {
  for (const pieceBytes of [1, 1000])
    it(`reads records that come in pieces of ${pieceBytes}, each frame with its record's header`, async () => {
      const { source, frames } = await readBytes(concatBytes([RECORD, PADDING, EXTENDED]), { pieceBytes });
      expect(source.format).to.equal("erf");
      expect(source.interfaces).to.deep.equal([{ linkType: 197, name: null, snaplen: 0, dropped: 3 }]);
      expect(source.originNs).to.equal(1_700_000_000_500_000_000n);
      expect(source.damage).to.equal(null);
      expect([...source.skipped]).to.deep.equal([["padding record", 1]]);
      expect(frames).to.deep.equal([
        { frame: 1, timeNs: 0, wireLength: 18 + 60, interfaceIndex: 0, bytes: RECORD },
        {
          frame: 2,
          timeNs: 500_000_000,
          wireLength: 26 + 2,
          interfaceIndex: 0,
          bytes: EXTENDED.slice(0, 28),
        },
      ]);
    });

  it("counts time from the origin it is given", async () => {
    const { frames } = await readBytes(RECORD, { originNs: 1_700_000_000_000_000_000n });
    expect(frames[0]!.timeNs).to.equal(500_000_000);
  });

  it("rounds fractions of 2^-32 s to the nearest nanosecond", async () => {
    const late = RECORD.slice();
    late.set(hex("ffffffff"));
    const after = RECORD.slice();
    after.set(hex("006fa305"));
    after.set(hex("01f15365"), 4);
    const { frames } = await readBytes(concatBytes([late, after]), { originNs: 1_700_000_000_000_000_000n });
    // 0x05a36f00 / 2^32 s is 22,025,048.7 ns.
    expect(frames.map(({ timeNs }) => timeNs)).to.deep.equal([1_000_000_000, 1_022_025_049]);
  });

  it("says where a file is cut or damaged", async () => {
    for (const [record, damage] of [
      [RECORD.subarray(0, 10), "the file ends in the middle of frame 3"],
      [RECORD.subarray(0, 20), "the file ends in the middle of frame 3"],
      [hex("00".repeat(16)), "frame 1200 claims a record of 0 octets; the file is damaged there"],
    ] as const) {
      const records = damage.includes("1200") ? 1199 : 2;
      const { source, frames } = await readBytes(
        concatBytes([...Array.from({ length: records }, () => RECORD), record]),
      );
      expect(frames.length).to.equal(records);
      expect(source.damage).to.equal(damage);
    }
  });

  it("takes no file for ERF whose first records contradict each other", async () => {
    for (const second of [
      hex("00000000 01f15565 02 04 0016 0003 003c 0000 aabbccdd"), // more than a day later
      hex("00000000 01f15365 00 04 0016 0003 003c 0000 aabbccdd"), // an unknown type
      hex("00000000 01f15365 02 04 0016 0003 0000 0000 aabbccdd").fill(0xff, 10, 12), // longer than its frame
    ]) {
      const error = await readBytes(concatBytes([RECORD, second])).catch((reason: unknown) => reason);
      expect(error).to.have.property("code", "CAPTURE_UNRECOGNIZED");
    }
  });
});
