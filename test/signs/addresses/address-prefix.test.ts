import { expect } from "chai";
import {
  commonPrefixBits,
  isWithin,
  parsePrefix,
  prefixOf,
} from "../../../src/signs/addresses/address-prefix.js";

describe("prefixes of addresses", () => {
  it("counts the bits that two addresses share", () => {
    expect(commonPrefixBits("2001:67c:1254:e:10::1", "2001:67c:1254:e:10::2")).to.equal(126);
    expect(commonPrefixBits("2001:db8::1", "2001:db8::1")).to.equal(128);
    expect(commonPrefixBits("::1", "8000::1")).to.equal(0);
    expect(commonPrefixBits("192.0.2.1", "192.0.2.129")).to.equal(24);
    expect(commonPrefixBits("192.0.2.1", "::ffff:192.0.2.1")).to.equal(-1);
  });

  it("tells whether a prefix holds an address", () => {
    const within = (address: string, prefix: string): boolean => isWithin(address, parsePrefix(prefix)!);
    expect(within("2001:db8:e:10::1", "2001:db8:e:10::/80")).to.equal(true);
    expect(within("2001:db8:e:11::1", "2001:db8:e:10::/80")).to.equal(false);
    expect(within("10.1.2.3", "10.0.0.0/8")).to.equal(true);
    expect(within("10.1.2.3", "10.1.2.3")).to.equal(true);
    expect(within("10.1.2.3", "10.1.2.4")).to.equal(false);
    expect(within("10.1.2.3", "default")).to.equal(true);
    expect(within("10.1.2.3", "::/0")).to.equal(false);
  });

  it("writes the prefix that holds an address", () => {
    expect(prefixOf("2001:db8:e:10::3", 126)).to.equal("2001:db8:e:10::/126");
    expect(prefixOf("198.51.100.77", 24)).to.equal("198.51.100.0/24");
    expect(prefixOf("198.51.100.77", 32)).to.equal("198.51.100.77/32");
  });

  it("takes nothing else for a prefix", () => {
    for (const text of ["10.0.0.0/33", "10.0.0.0/x", "::/129", "all"])
      expect(parsePrefix(text), text).to.equal(null);
  });
});
