import { expect } from "chai";
import fc from "fast-check";
import { ACK, AE, CWR, ECE, FIN, formatFlags, PSH, parseFlags, RST, SYN, URG } from "../../src/tcp/flags.js";

describe("TCP flags", () => {
  it("stand at the bits of the header (RFC 9293, section 3.1; AE RFC 9768, section 2)", () => {
    // Octets 12 and 13 of the header, reserved bits and control bits, from right to left.
    expect([FIN, SYN, RST, PSH, ACK, URG, ECE, CWR, AE]).to.deep.equal([1, 2, 4, 8, 16, 32, 64, 128, 256]);
  });

  const tcpdumpWrites: [flags: number, text: string][] = [
    [0x002, "S"],
    [0x012, "S."],
    [0x010, "."],
    [0x018, "P."],
    [0x011, "F."],
    [0x019, "FP."],
    [0x004, "R"],
    [0x014, "R."],
    [0x0c2, "SEW"],
    [0x030, ".U"],
  ];
  for (const [flags, text] of tcpdumpWrites) {
    it(`0x${flags.toString(16)} is "${text}", as in tcpdump`, () => {
      expect(formatFlags(flags)).to.equal(text);
      expect(parseFlags(text)).to.equal(flags);
    });
  }

  it("no flags at all are a dash", () => {
    expect(formatFlags(0)).to.equal("-");
    expect(parseFlags("-")).to.equal(0);
  });

  it("reads every combination that it prints", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0x1ff }), (flags) => parseFlags(formatFlags(flags)) === flags),
    );
  });

  it("reads the letters in any order", () => {
    expect(parseFlags(".S")).to.equal(SYN | ACK);
  });

  it("refuses a letter that is unknown or repeated", () => {
    for (const text of ["X", "SX", "s", "SS", "S-", "--", " "])
      expect(parseFlags(text), text).to.equal(undefined);
  });

  it("ignores the reserved bits above AE", () => {
    expect(formatFlags(0xe00 | SYN)).to.equal("S");
  });
});
