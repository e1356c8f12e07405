import { expect } from "chai";
import * as kind from "../../src/flows/segment-kind.js";
import { parseFlags } from "../../src/tcp/flags.js";

describe("the kinds of a segment", () => {
  for (const [flags, payloadLength, kinds] of [
    ["S", 0, kind.KIND_SYN],
    ["SEW", 0, kind.KIND_SYN],
    ["S", 5, kind.KIND_SYN | kind.KIND_DATA],
    ["S.", 0, kind.KIND_SYN_ACK],
    [".", 0, kind.KIND_PURE_ACK],
    ["P.", 0, kind.KIND_PURE_ACK],
    ["P.", 1, kind.KIND_DATA],
    ["F.", 0, kind.KIND_FIN],
    ["FP.", 9, kind.KIND_FIN | kind.KIND_DATA],
    ["R", 0, kind.KIND_RST],
    ["R.", 0, kind.KIND_RST],
    ["-", 0, 0],
  ] as const) {
    it(`of ${flags} with ${payloadLength} octets`, () => {
      expect(kind.segmentKinds(parseFlags(flags)!, payloadLength)).to.equal(kinds);
    });
  }
});
