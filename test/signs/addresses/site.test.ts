import { expect } from "chai";
import { PRIVATE_SITE, siteOf } from "../../../src/signs/addresses/site.js";

describe("the site of an address", () => {
  it("is a provider's prefix on the Internet", () => {
    expect(siteOf("198.51.100.77")).to.equal("198.51.0.0/16");
    expect(siteOf("2001:db8:e:10::3")).to.equal("2001:db8::/32");
  });

  it("is one for all private addresses", () => {
    for (const address of [
      "10.1.2.3",
      "172.31.0.1",
      "192.168.9.9",
      "100.64.0.1",
      "fd00::1",
      "fe80::1",
      "::1",
    ])
      expect(siteOf(address), address).to.equal(PRIVATE_SITE);
    expect(siteOf("172.32.0.1")).to.equal("172.32.0.0/16");
  });
});
