import { expect } from "chai";
import { printOptions } from "../../src/decode/print-options.js";
import { optionLengthBytes, readMss, readSackBlocks, readWindowScale } from "../../src/decode/tcp-options.js";
import { octets } from "./decode-hex.js";

const LINUX_SYN = octets("020405b4 0402080a 00000001 00000000 01030307");
/** MSS, window scale and SACK permitted behind the end of the list, behind a malformed option, and with wrong lengths. */
const BROKEN = ["00 020405b4 030307 0402", "0801 020405b4 030307 0402", "0203b4 0304ff 07 0403ff"];
const on = <T>(bytes: Uint8Array, read: (bytes: Uint8Array, at: number, length: number) => T): T =>
  read(bytes, 0, bytes.length);
const print = (hex: string, base = 0, near = 0): string => {
  const bytes = octets(hex);
  return printOptions(bytes, 0, bytes.length, false, base, near);
};

describe("reading a SYN's options", () => {
  it("finds MSS and window scale", () => {
    expect([on(LINUX_SYN, readMss), on(LINUX_SYN, readWindowScale)]).to.deep.equal([1460, 7]);
  });

  it("finds none of them behind the end of the list, a malformed option, or in one of a wrong length", () => {
    for (const hex of BROKEN) {
      const bytes = octets(hex);
      expect([on(bytes, readMss), on(bytes, readWindowScale)]).to.deep.equal([null, null]);
    }
  });

  it("lets the last of a repeated option count, as Linux does", () => {
    expect(on(octets("020405b4 02040200"), readMss)).to.equal(512);
  });

  it("stays within the octets that it was given", () => {
    for (let length = 0; length < 4; length++) expect(readMss(LINUX_SYN, 0, length)).to.equal(null);
    expect(optionLengthBytes(LINUX_SYN, 0, 1)).to.equal(0);
  });
});

describe("reading SACK blocks", () => {
  const edges = new Uint32Array(8);
  it("gives the raw edges of every block", () => {
    expect(readSackBlocks(octets("0101 0512 00000001 00000002 fffffff0 80000000"), 0, 20, edges)).to.equal(2);
    expect([...edges.subarray(0, 4)]).to.deep.equal([1, 2, 0xfffffff0, 0x80000000]);
  });

  it("writes no more than there is place for", () => {
    const small = new Uint32Array(2);
    expect(readSackBlocks(octets("0512 00000001 00000002 00000003 00000004"), 0, 18, small)).to.equal(1);
    expect([...small]).to.deep.equal([1, 2]);
  });

  it("gives none of a broken block", () => {
    expect(readSackBlocks(octets("0506 00000001"), 0, 6, edges)).to.equal(0);
  });
});

describe("printing options", () => {
  const cases: [hex: string, printed: string][] = [
    ["", ""],
    ["01010101", ""],
    ["020405b4 0402080a 00000001 00000000 01030307", "mss 1460,sackOK,TS val 1 ecr 0,wscale 7"],
    ["0512 00000001 0000000b 00000015 0000001f", "sack 1:11 21:31"],
    ["2202", "fastopen"],
    ["220a 0123456789abcdef", "fastopen 0123456789abcdef"],
    ["fe04 f989", "fastopen-exp"],
    ["fe08 f989 01020304", "fastopen-exp 01020304"],
    ["fe06 00000001", "unknown-254 0x00000001"],
    [`1312${"ab".repeat(16)}`, `md5 0x${"ab".repeat(16)}`],
    ["1d04 0102", "tcp-ao 0x0102"],
    ["1e04 0081", "mptcp 0x0081"],
    ["1c04 8005", "user-timeout 0x8005"],
    ["ac05 000001", "accecn0 0x000001"],
    ["ae02", "accecn1"],
    ["4c04 0102", "unknown-76 0x0102"],
    ["0203 05", "unknown-2 0x05"],
    ["030307 0205 ff", "wscale 7,malformed 0x0205ff"],
    ["030307 00 020405b4", "wscale 7"],
  ];
  for (const [hex, printed] of cases)
    it(`writes ${hex || "none"} as "${printed}"`, () => expect(print(hex)).to.equal(printed));

  it("leaves the timestamps out on demand", () => {
    expect(printOptions(LINUX_SYN, 0, LINUX_SYN.length, true, 0)).to.equal("mss 1460,sackOK,wscale 7");
  });

  it("makes SACK edges relative: across the wrap, before the ISN, and beyond 4 GiB", () => {
    expect(print("050a fffffff1 00000005", 0xfffffff0)).to.equal("sack 1:21");
    expect(print("050a ffffffef fffffff0", 0xfffffff0)).to.equal("sack -1:0");
    expect(print("050a 00000001 0000000b", 0, 2 ** 32)).to.equal("sack 4294967297:4294967307");
  });
});
