import { expect } from "chai";
import { isSupportedLinkType, linkTypeName } from "../../src/decode/link-type.js";
import { decodeHex } from "./decode-hex.js";

describe("link types", () => {
  it("have the names of tcpdump.org without the prefix", () => {
    expect([0, 1, 101, 113, 276].map(linkTypeName)).to.deep.equal([
      "NULL",
      "ETHERNET",
      "RAW",
      "LINUX_SLL",
      "LINUX_SLL2",
    ]);
    expect(linkTypeName(40000)).to.equal("40000");
  });

  it("are supported or counted by number", () => {
    expect([1, 101, 189, 40000].map(isSupportedLinkType)).to.deep.equal([true, true, false, false]);
    expect(decodeHex(189, "00").counted).to.deep.equal(["link type 189 not supported"]);
  });
});
