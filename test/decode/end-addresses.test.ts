import { expect } from "chai";
import { decodeHex } from "./decode-hex.js";
import { IPV4_ADDRESSES, ipv6, TCP_SEGMENT } from "./sample-frames.js";

const RAW = 101;
const FIRST = `${"20010db8".repeat(3)}00000011`;
const SECOND = `${"20010db8".repeat(3)}00000022`;

function destinationOf(datagram: string): string {
  const { segments, payload } = decodeHex(RAW, datagram);
  expect(payload).to.equal("abcd");
  const ipAt = segments.ipAt[0]!;
  const isIpv4 = segments.bytes[ipAt]! >> 4 === 4;
  const header = Buffer.from(segments.bytes.subarray(ipAt, ipAt + (isIpv4 ? 20 : 40))).toString("hex");
  expect(header.slice(isIpv4 ? 24 : 16, isIpv4 ? 32 : 48)).to.equal(
    isIpv4 ? "0a000001" : "20010db8000000000000000000000001",
  );
  return header.slice(isIpv4 ? 32 : 48);
}

/** A datagram to 10.0.0.2 with 12 octets of options. */
const ipv4WithOptions = (options: string): string =>
  `4800 0038 1234 4000 40 06 0000 ${IPV4_ADDRESSES} ${options} ${TCP_SEGMENT}`;

describe("a source route in IPv4", () => {
  const routes: [name: string, options: string, destination: string][] = [
    ["loose, none of it used", "83 0b 04 01010101 02020202 00", "02020202"],
    ["strict, behind a no-op", "01 89 0b 08 01010101 02020202", "02020202"],
    ["used up", "83 0b 0c 01010101 02020202 00", "0a000002"],
    ["with a pointer into an address", "83 0b 05 01010101 02020202 00", "0a000002"],
    ["with a pointer before the addresses", "83 0b 00 01010101 02020202 00", "0a000002"],
    ["longer than the header", "83 0f 04 01010101 02020202 00", "0a000002"],
    ["without an address", "83 03 04 00 00000000 00000000", "0a000002"],
    ["behind the end of the options", "00 83 0b 04 01010101 02020202", "0a000002"],
  ];
  for (const [name, options, destination] of routes)
    it(`${name}: the segment is for ${destination}`, () =>
      expect(destinationOf(ipv4WithOptions(options))).to.equal(destination));

  it("is no record of the route", () => {
    expect(destinationOf(ipv4WithOptions("07 0b 04 01010101 02020202 00"))).to.equal("0a000002");
  });
});

describe("a routing header of IPv6", () => {
  const own = "20010db8000000000000000000000002";
  const headers: [name: string, header: string, destination: string][] = [
    ["type 0", `0604 00 01 00000000 ${FIRST} ${SECOND}`, SECOND],
    ["type 0, used up", `0604 00 00 00000000 ${FIRST} ${SECOND}`, own],
    ["type 0 without an address", "0600 00 01 00000000", own],
    ["type 2", `0602 02 01 00000000 ${FIRST}`, FIRST],
    ["type 4", `0604 04 01 01000000 ${FIRST} ${SECOND}`, FIRST],
    ["of an unknown type", `0602 fd 01 00000000 ${FIRST}`, own],
  ];
  for (const [name, header, destination] of headers)
    it(`${name}: the segment is for …${destination.slice(-2)}`, () =>
      expect(destinationOf(ipv6(43, header + TCP_SEGMENT))).to.equal(destination));
});

describe("a home address option of IPv6", () => {
  const HOME = `${"20010db8".repeat(3)}00000033`;
  const sourceOf = (headers: string): string => {
    const { segments, payload } = decodeHex(RAW, ipv6(60, headers + TCP_SEGMENT));
    expect(payload).to.equal("abcd");
    const ipAt = segments.ipAt[0]!;
    return Buffer.from(segments.bytes.subarray(ipAt + 8, ipAt + 40)).toString("hex");
  };

  it("is the source of the segment", () => {
    expect(sourceOf(`0602 01020000 c910 ${HOME}`)).to.equal(`${HOME}20010db8000000000000000000000002`);
  });

  it("goes together with a routing header", () => {
    expect(sourceOf(`2b02 01020000 c910 ${HOME} 0602 02 01 00000000 ${FIRST}`)).to.equal(HOME + FIRST);
  });

  it("has the length of an address", () => {
    expect(sourceOf("0601 01020000 c908 0000000000000000")).to.match(/^20010db80+1/);
  });
});
