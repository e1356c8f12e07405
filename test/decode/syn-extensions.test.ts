import { expect } from "chai";
import {
  readSynExtensions,
  SYN_AUTHENTICATION,
  SYN_DATA,
  SYN_ECN,
  SYN_FAST_OPEN,
  SYN_MD5,
  SYN_MULTIPATH,
  SYN_SACK_PERMITTED,
  SYN_TIMESTAMPS,
  SYN_WINDOW_SCALE,
} from "../../src/decode/syn-extensions.js";
import { ACK, CWR, ECE, SYN } from "../../src/tcp/flags.js";
import { octets } from "./decode-hex.js";

function read(hex: string, flags = SYN, payloadLength = 0): number {
  const bytes = octets(hex);
  return readSynExtensions(bytes, 0, bytes.length, flags, payloadLength);
}

describe("what a SYN asks for", () => {
  it("is told by the kinds of its options", () => {
    expect(read("020405b4 0402080a 00000001 00000000 01030307")).to.equal(
      SYN_SACK_PERMITTED | SYN_TIMESTAMPS | SYN_WINDOW_SCALE,
    );
    expect(read("220a 90fd9c70d37a6e18")).to.equal(SYN_FAST_OPEN);
    expect(read("0101 2202")).to.equal(SYN_FAST_OPEN);
    expect(read("1e04 0181")).to.equal(SYN_MULTIPATH);
    expect(read(`1312 ${"ab".repeat(16)}`)).to.equal(SYN_MD5);
    expect(read("1d10 0101 000000000000000000000000")).to.equal(SYN_AUTHENTICATION);
    expect(read("020405b4")).to.equal(0);
  });

  it("is told by payload, and by ECE and CWR where both are set", () => {
    expect(read("", SYN, 5)).to.equal(SYN_DATA);
    expect(read("", SYN | ECE | CWR)).to.equal(SYN_ECN);
    expect(read("", SYN | ECE)).to.equal(0);
    expect(read("", SYN | ACK | ECE)).to.equal(0);
  });

  it("ends with the list, at a malformed option, and leaves out those of a wrong length", () => {
    for (const hex of ["00 030307 0402", "0801 030307 0402", "0304ff 07 0403ff 0809000000010000 00"])
      expect(read(hex)).to.equal(0);
    expect(readSynExtensions(octets("0402 030307"), 0, 4, SYN, 0)).to.equal(SYN_SACK_PERMITTED);
  });
});
