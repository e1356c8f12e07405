import { expect } from "chai";
import fc from "fast-check";
import { addressOctets, formatAddress } from "../../src/tcp/address.js";

/** RFC 4291, section 2.2, has the forms of text. */
describe("an IP address as text", () => {
  it("is 4 octets, or 16", () => {
    expect([...addressOctets("192.0.2.1")!]).to.deep.equal([192, 0, 2, 1]);
    const documentation = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0xab, 0xcd];
    for (const text of ["2001:db8::10:abcd", "2001:DB8:0:0:0:0:10:abcd", "2001:db8::0.16.171.205"])
      expect([...addressOctets(text)!], text).to.deep.equal(documentation);
    expect([...addressOctets("::")!]).to.deep.equal(new Array(16).fill(0));
    expect([...addressOctets("1::")!]).to.deep.equal([0, 1, ...new Array(14).fill(0)]);
  });

  it("is read as it is written", () => {
    const addresses = fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      // Zero octets are frequent, so that runs of them are.
      fc.array(fc.oneof(fc.constant(0), fc.nat(255)), { minLength: 16, maxLength: 16 }),
    );
    fc.assert(
      fc.property(addresses, (octets) => {
        expect([...addressOctets(formatAddress(Uint8Array.from(octets)))!]).to.deep.equal([...octets]);
      }),
    );
  });

  it("is nothing else", () => {
    for (const text of [
      "",
      "1.2.3",
      "1.2.3.256",
      "1.2.3.4.5",
      "1..2.3",
      "1.2.-3.4",
      "1::2::3",
      "1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:8:9",
      "::1.2.3.4:5",
      "12345::",
      "fe80::1%eth0",
      "host",
    ])
      expect(addressOctets(text), text).to.equal(null);
  });
});
