import { expect } from "chai";
import { IS_FIRST_FRAGMENT, IS_LENGTH_FROM_FRAME } from "../../src/decode/segment-batch.js";
import { decodeHex } from "./decode-hex.js";
import { ethernet, IPV4_ADDRESSES, ipv4, TCP_SEGMENT } from "./sample-frames.js";

const RAW = 101;
/** Version and header length, type of service; total length; identification; flags and fragment offset. */
const datagram = (first: string, total: string, fragment: string, rest: string): string =>
  `${first} ${total} 1234 ${fragment} 40 06 0000 ${IPV4_ADDRESSES} ${rest}`;

describe("IPv4", () => {
  it("passes its options", () => {
    const { payload } = decodeHex(RAW, datagram("4600", "0030", "0000", `94040000 ${TCP_SEGMENT}`));
    expect(payload).to.equal("abcd");
  });

  it("keeps the padding of a short Ethernet frame out of the payload", () => {
    const { payload, payloadLength } = decodeHex(1, `${ethernet("0800", ipv4(6, TCP_SEGMENT))}0000`);
    expect([payload, payloadLength]).to.deep.equal(["abcd", 4]);
  });

  it("takes the frame's length when its own is 0, as segmentation offload leaves it", () => {
    const { payloadLength, facts } = decodeHex(RAW, datagram("4500", "0000", "0000", TCP_SEGMENT), 70044);
    expect(payloadLength).to.equal(70044 - 40);
    expect(facts).to.equal(IS_LENGTH_FROM_FRAME);
  });

  it("believes its own length where the frame was cut without telling", () => {
    const { payloadLength, payload } = decodeHex(RAW, datagram("4500", "05dc", "0000", TCP_SEGMENT));
    expect([payload, payloadLength]).to.deep.equal(["abcd", 1460]);
  });

  it("does not believe its own length beyond that of PPPoE around it", () => {
    const pppoe = `11 00 0003 002e 0021${datagram("4500", "0040", "0000", TCP_SEGMENT)}0000`;
    expect(decodeHex(51, pppoe).payloadLength).to.equal(4);
  });

  it("ends at the length of 802.3 around it when its own is 0", () => {
    const llc = `aaaa03 000000 0800${datagram("4500", "0000", "0000", TCP_SEGMENT)}`;
    expect(decodeHex(1, `${ethernet("0034", llc)}0000`).payload).to.equal("abcd");
  });

  it("marks a first fragment that was cut, so that nothing puts it together with the others", () => {
    const { payload, payloadLength, facts } = decodeHex(
      RAW,
      datagram("4500", "0034", "2000", TCP_SEGMENT),
      52,
    );
    expect([payload, payloadLength, facts]).to.deep.equal(["abcd", 12, IS_FIRST_FRAGMENT]);
  });

  const counted: [name: string, hex: string, reason: string][] = [
    ["a first fragment alone", datagram("4500", "002c", "2000", TCP_SEGMENT), "ipv4 fragment"],
    ["the last fragment alone", datagram("4500", "002c", "1fff", TCP_SEGMENT), "ipv4 fragment"],
    ["a later fragment that was cut", datagram("4500", "0034", "2001", TCP_SEGMENT), "ipv4 fragment"],
    ["a fragment without payload", datagram("4500", "0014", "2001", ""), "ipv4 fragment"],
    ["a header below 20 octets", datagram("4400", "002c", "0000", TCP_SEGMENT), "ipv4 header invalid"],
    [
      "a total length below the header's",
      datagram("4600", "0017", "0000", TCP_SEGMENT),
      "ipv4 length invalid",
    ],
    [
      "a protocol that is not read",
      datagram("4500", "002c", "0000", "").replace("40 06", "40 84"),
      "ip protocol 132",
    ],
    [
      "ICMPv6, which is not for IPv4",
      datagram("4500", "002c", "0000", "").replace("40 06", "40 3a"),
      "ip protocol 58",
    ],
    ["UDP to no tunnel's port", ipv4(17, "0035 0036 0008 0000"), "udp"],
    ["an unknown version", `50${"00".repeat(30)}`, "ip version 5"],
  ];
  for (const [name, hex, reason] of counted)
    it(`counts ${name}`, () => expect(decodeHex(RAW, hex).counted).to.deep.equal([reason]));

  it("counts another version under an EtherType of IPv4", () => {
    expect(decodeHex(1, ethernet("0800", `65${"00".repeat(40)}`)).counted).to.deep.equal([
      "ipv4 header invalid",
    ]);
  });
});
