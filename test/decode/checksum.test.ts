import { expect } from "chai";
import {
  CHECKSUM_UNFILLED,
  CHECKSUM_UNKNOWN,
  CHECKSUM_VALID,
  CHECKSUM_WRONG,
  judgeChecksum,
} from "../../src/decode/checksum.js";
import { IS_BEYOND_FRAME, IS_LENGTH_FROM_FRAME } from "../../src/decode/segment-batch.js";
import { segmentsOf } from "../support/script-segments.js";

const CHECKSUM_AT = 16;

/** One segment whose checksum field is made by `change` from the valid one. */
function judge(packet: string, ipVersion: 4 | 6, change: (valid: number) => number = (valid) => valid) {
  const batch = segmentsOf(packet, { ipVersion });
  const at = batch.tcpAt[0]! + CHECKSUM_AT;
  const field = change((batch.bytes[at]! << 8) | batch.bytes[at + 1]!);
  batch.bytes[at] = field >>> 8;
  batch.bytes[at + 1] = field & 0xff;
  return judgeChecksum(batch, 0);
}

/** RFC 1071: the sum, complemented when complete. */
function pseudoHeaderSum(ipVersion: 4 | 6, length: number): number {
  const addresses =
    ipVersion === 4 ? [0xc000, 0x0201, 0xc000, 0x0202] : [0x2001, 0x0db8, 0x0001, 0x2001, 0x0db8, 0x0002];
  const sum = addresses.reduce((total, word) => total + word, 6 + length);
  return (sum & 0xffff) + (sum >>> 16);
}

describe("the checksum of a segment", () => {
  for (const ipVersion of [4, 6] as const) {
    it(`is valid when the octets say so, over IPv${ipVersion}`, () => {
      expect(judge("0 -> P. 1:6(5) ack 1", ipVersion)).to.equal(CHECKSUM_VALID);
      expect(judge("0 -> P. 1:7(6) ack 1", ipVersion)).to.equal(CHECKSUM_VALID);
      expect(judge("0 -> S 0:0(0) <mss 1460>", ipVersion)).to.equal(CHECKSUM_VALID);
    });

    it(`is unfilled when the field holds the pseudo-header's sum, as Linux leaves it, over IPv${ipVersion}`, () => {
      expect(judge("0 -> P. 1:6(5) ack 1", ipVersion, () => pseudoHeaderSum(ipVersion, 25))).to.equal(
        CHECKSUM_UNFILLED,
      );
      const large = judge("0 -> . 1:40001(40000) ack 1", ipVersion, () => pseudoHeaderSum(ipVersion, 40_020));
      expect(large).to.equal(CHECKSUM_UNFILLED);
    });
  }

  it("is unfilled when the field is empty", () => {
    expect(judge("0 -> P. 1:6(5) ack 1", 4, () => 0)).to.equal(CHECKSUM_UNFILLED);
  });

  for (const ipVersion of [4, 6] as const) {
    it(`is wrong when it is none of these, over IPv${ipVersion}`, () => {
      expect(judge("0 -> P. 1:6(5) ack 1", ipVersion, (valid) => valid ^ 0x0100)).to.equal(CHECKSUM_WRONG);
      expect(judge("0 -> S 0:0(0)", ipVersion, (valid) => valid ^ 0x0001)).to.equal(CHECKSUM_WRONG);
    });

    it(`tells nothing when it is the pseudo-header's sum without the length, over IPv${ipVersion}`, () => {
      expect(judge("0 -> P. 1:6(5) ack 1", ipVersion, () => pseudoHeaderSum(ipVersion, 0))).to.equal(
        CHECKSUM_UNKNOWN,
      );
    });
  }

  it("tells nothing when it does not fit a length that may not be that of the segment", () => {
    for (const fact of [IS_LENGTH_FROM_FRAME, IS_BEYOND_FRAME]) {
      const batch = segmentsOf("0 -> P. 1:6(5) ack 1");
      batch.bytes[batch.tcpAt[0]! + CHECKSUM_AT]! ^= 1;
      expect(judgeChecksum(batch, 0)).to.equal(CHECKSUM_WRONG);
      batch.facts[0]! |= fact;
      expect(judgeChecksum(batch, 0)).to.equal(CHECKSUM_UNKNOWN);
    }
  });

  it("tells nothing when the segment is not all there, or long", () => {
    const batch = segmentsOf("0 -> P. 1:6(5) ack 1");
    batch.payloadCaptured[0] = 4;
    expect(judgeChecksum(batch, 0)).to.equal(CHECKSUM_UNKNOWN);
    expect(judge("0 -> . 1:40001(40000) ack 1", 4)).to.equal(CHECKSUM_UNKNOWN);
  });
});
