import { expect } from "chai";
import { IS_LENGTH_FROM_FRAME } from "../../src/decode/segment-batch.js";
import { decodeHex } from "./decode-hex.js";
import { IPV6_ADDRESSES, ipv6, TCP_SEGMENT } from "./sample-frames.js";

const RAW = 101;
const PAD = "0104 00000000"; // PadN of 6 octets

describe("IPv6", () => {
  const chains: [name: string, first: number, headers: string][] = [
    ["hop-by-hop options", 0, `0600${PAD}`],
    ["destination options", 60, `0600${PAD}`],
    ["a routing header", 43, `0602 0000 00000000 ${"20010db8".repeat(4)}`],
    ["an authentication header, counted in 4 octets", 51, `0604 0000 00000001 00000001 ${"00".repeat(12)}`],
    ["mobility", 135, "0600 0000 0000 0000"],
    ["an atomic fragment, which is whole", 44, "0600 0000 00000001"],
    ["four headers", 0, `3c00${PAD} 2b00${PAD} 3c00 0000 00000000 0600${PAD}`],
  ];
  for (const [name, first, headers] of chains)
    it(`passes ${name}`, () => {
      const { payload, payloadLength, facts } = decodeHex(RAW, ipv6(first, headers + TCP_SEGMENT));
      expect([payload, payloadLength, facts]).to.deep.equal(["abcd", 4, 0]);
    });

  it("takes a jumbo payload's length from its option (RFC 2675)", () => {
    const hex = `60000000 0000 00 40 ${IPV6_ADDRESSES} 0600 c204 00011170 ${TCP_SEGMENT}`;
    const { payloadLength, facts } = decodeHex(RAW, hex, 40 + 70000);
    expect([payloadLength, facts]).to.deep.equal([70000 - 8 - 20, 0]);
  });

  it("takes the frame's length when its own is 0", () => {
    const { payloadLength, facts } = decodeHex(
      RAW,
      `60000000 0000 06 40 ${IPV6_ADDRESSES} ${TCP_SEGMENT}`,
      70064,
    );
    expect([payloadLength, facts]).to.deep.equal([70004, IS_LENGTH_FROM_FRAME]);
  });

  const counted: [name: string, hex: string, reason: string][] = [
    ["a first fragment alone", ipv6(44, `0600 0001 00000001${TCP_SEGMENT}`), "ipv6 fragment"],
    ["a later fragment alone", ipv6(44, `0600 0008 00000001${TCP_SEGMENT}`), "ipv6 fragment"],
    ["an extension header beyond the datagram", ipv6(0, `0609${PAD}`), "ipv6 extension header invalid"],
    ["no next header", ipv6(59, ""), "ip protocol 59"],
    ["encrypted payload", ipv6(50, "00000000"), "ip protocol 50"],
    ["ICMP, which is not for IPv6", ipv6(1, "0300000000000000"), "ip protocol 1"],
    [
      "a jumbo payload of 4 GiB",
      `60000000 0000 00 40 ${IPV6_ADDRESSES} 0600 c204 ffffffff ${TCP_SEGMENT}`,
      "ipv6 length invalid",
    ],
    [
      "a jumbo payload shorter than its own header",
      `60000000 0000 00 40 ${IPV6_ADDRESSES} 0600 c204 00000001 ${TCP_SEGMENT}`,
      "ipv6 length invalid",
    ],
  ];
  for (const [name, hex, reason] of counted)
    it(`counts ${name}`, () => expect(decodeHex(RAW, hex).counted).to.deep.equal([reason]));

  it("tells an extension header that the snaplen cut", () => {
    const hex = ipv6(0, `0609${PAD}`);
    const long = hex.replace("0008", "0058");
    expect(decodeHex(RAW, long, 128).counted).to.deep.equal(["ipv6 extension header cut"]);
  });
});
