import { expect } from "chai";
import { servedMeanwhile } from "../../src/engine/served-at-once.js";

const S = 1e9;

describe("connections that a listener served at once while another hung", () => {
  for (const [what, servedNs, startNs, lastInVainNs, expected] of [
    ["tell that its queue had room", [1 * S, 12 * S], 10 * S, 14 * S, true],
    ["tell nothing when they began before", [1 * S, 9 * S], 10 * S, 14 * S, false],
    ["tell nothing when they began behind the last that was in vain", [15 * S], 10 * S, 14 * S, false],
    ["tell nothing when they began as it ended", [13.95 * S], 10 * S, 14 * S, false],
    ["tell nothing of a hang shorter than a second", [10.2 * S], 10 * S, 10.9 * S, false],
    ["are none", [], 10 * S, 14 * S, false],
  ] as const) {
    it(what, () => {
      expect(servedMeanwhile(servedNs, startNs, lastInVainNs)).to.equal(expected);
    });
  }
});
