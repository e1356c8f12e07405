import { expect } from "chai";
import { decodeFrames, decodeHex, octets } from "./decode-hex.js";
import { SAMPLE_FRAMES } from "./sample-frames.js";

describe("decoding each protocol", () => {
  for (const { name, linkType, hex, encapsulation } of SAMPLE_FRAMES) {
    it(`finds the segment in ${name}`, () => {
      const result = decodeHex(linkType, hex);
      expect(result.counted).to.deep.equal([]);
      expect(result.ports).to.equal("50000 > 80");
      expect(result.payload).to.equal("abcd");
      expect(result.payloadLength).to.equal(4);
      expect(result.encapsulation).to.equal(encapsulation);
    });

    it(`needs the fixed TCP header, and no more, of ${name} cut by a snaplen`, () => {
      const bytes = octets(hex);
      const headerEnd = bytes.length - 4;
      for (let length = 0; length < bytes.length; length++) {
        const { segments, decoder } = decodeFrames([
          { linkType, bytes: bytes.subarray(0, length), wireLength: bytes.length },
        ]);
        expect(segments.length, `${length} octets`).to.equal(length < headerEnd ? 0 : 1);
        expect(decoder.counts.total, `${length} octets`).to.equal(length < headerEnd ? 1 : 0);
        if (length >= headerEnd) {
          expect(segments.payloadLength[0]).to.equal(4);
          expect(segments.payloadCaptured[0]).to.equal(length - headerEnd);
        }
      }
    });
  }
});
