import { expect } from "chai";
import { decodeFrames, decodeHex, octets } from "./decode-hex.js";
import { DATAGRAM, DATAGRAM_6, ipv4, ipv6 } from "./sample-frames.js";

const RAW = 101;
const QUOTED_8 = "0bb8 0050 89abcdef"; // ports 3000 and 80, seq: the 8 octets of RFC 792
const QUOTED = `4500 05dc 0001 4000 3f 06 0000 0a000009 0a000008 ${QUOTED_8}`;
const QUOTED_6 = ipv6(6, QUOTED_8);

describe("an ICMP error", () => {
  it("gives the flow of the segment that it quotes", () => {
    const { icmpErrors, counted, isSegment } = decodeHex(RAW, ipv4(1, `0304 0000 0000 0578 ${QUOTED}`));
    expect(isSegment).to.equal(false);
    expect(counted).to.deep.equal([]);
    expect(icmpErrors).to.deep.equal([
      {
        row: 0,
        frame: 1,
        timeNs: 0,
        ipVersion: 4,
        type: 3,
        code: 4,
        mtu: 1400,
        reporter: octets("0a000001"),
        quotedSource: octets("0a000009"),
        quotedDestination: octets("0a000008"),
        quotedSourcePort: 3000,
        quotedDestinationPort: 80,
        quotedSeq: 0x89abcdef,
        encapsulation: 0,
      },
    ]);
  });

  it("gives the MTU of ICMPv6's packet too big, and passes quoted extension headers", () => {
    const quoted = ipv6(44, `0600 0001 00000001 ${QUOTED_8}`);
    const { icmpErrors } = decodeHex(RAW, ipv6(58, `0200 0000 00010500 ${quoted}`));
    expect(icmpErrors).to.have.length(1);
    const [error] = icmpErrors;
    expect([error!.ipVersion, error!.type, error!.code, error!.mtu]).to.deep.equal([6, 2, 0, 0x10500]);
    expect(error!.reporter).to.deep.equal(octets("20010db8000000000000000000000001"));
    expect(error!.quotedDestination).to.deep.equal(octets("20010db8000000000000000000000002"));
    expect([error!.quotedSourcePort, error!.quotedSeq]).to.deep.equal([3000, 0x89abcdef]);
  });

  for (const type of ["03", "04", "05", "0b", "0c"])
    it(`is one of type 0x${type}, without an MTU`, () => {
      const { icmpErrors } = decodeHex(RAW, ipv4(1, `${type}01 0000 00000578 ${QUOTED}`));
      expect(icmpErrors.map(({ mtu }) => mtu)).to.deep.equal([null]);
    });
  for (const type of ["01", "03", "04"])
    it(`is one of ICMPv6 type 0x${type}, without an MTU`, () => {
      const { icmpErrors } = decodeHex(RAW, ipv6(58, `${type}00 0000 00000578 ${QUOTED_6}`));
      expect(icmpErrors.map(({ mtu }) => mtu)).to.deep.equal([null]);
    });

  it("stands between the segments where it was captured, and belongs to its own batch", () => {
    const error = { linkType: RAW, bytes: octets(ipv4(1, `0301 0000 00000000 ${QUOTED}`)) };
    const segment = { linkType: RAW, bytes: octets(DATAGRAM) };
    const { icmpErrors, decoder, frames, segments } = decodeFrames([segment, error, segment, segment, error]);
    expect(icmpErrors.map(({ row, frame, timeNs }) => [row, frame, timeNs])).to.deep.equal([
      [1, 2, 1000],
      [3, 5, 4000],
    ]);
    frames.length = 1;
    decoder.decode(frames, segments);
    expect(decoder.icmpErrors).to.deep.equal([]);
  });

  it("keeps its addresses when the chunk is used again", () => {
    const { icmpErrors, frames } = decodeHex(RAW, ipv4(1, `0301 0000 00000000 ${QUOTED}`));
    frames.bytes.fill(0);
    expect(icmpErrors[0]!.quotedSource).to.deep.equal(octets("0a000009"));
  });

  const counted: [name: string, hex: string, reason: string][] = [
    ["an echo", ipv4(1, "0800 0000 00000000"), "icmp"],
    ["a neighbour solicitation", ipv6(58, "8700 0000 00000000"), "icmpv6"],
    [
      "an error about UDP",
      ipv4(1, `0303 0000 00000000 ${QUOTED.replace("3f 06", "3f 11")}`),
      "icmp error without tcp header",
    ],
    [
      "an error about a later fragment",
      ipv4(1, `0b01 0000 00000000 ${QUOTED.replace("4000 3f", "0001 3f")}`),
      "icmp error without tcp header",
    ],
    [
      "an error that quotes 7 octets of TCP",
      ipv4(1, `0301 0000 00000000 ${QUOTED.slice(0, -2)}`),
      "icmp error without tcp header",
    ],
    ["an error that quotes no datagram", ipv4(1, "0301 0000 00000000"), "icmp error without tcp header"],
    [
      "an error that quotes the other IP version",
      ipv4(1, `0301 0000 00000000 ${DATAGRAM_6}`),
      "icmp error without tcp header",
    ],
    ["a header below 8 octets", ipv4(1, "0301 0000 0000"), "icmp header cut"],
  ];
  for (const [name, hex, reason] of counted)
    it(`is not ${name}`, () => {
      const result = decodeHex(RAW, hex);
      expect(result.icmpErrors).to.deep.equal([]);
      expect(result.counted).to.deep.equal([reason]);
    });
});
