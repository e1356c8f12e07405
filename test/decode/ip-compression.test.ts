import { deflateRawSync, deflateSync } from "node:zlib";
import { expect } from "chai";
import { decodeFrames, decodeHex, octets } from "./decode-hex.js";
import { DATAGRAM, ipv4, ipv6, TCP_SEGMENT } from "./sample-frames.js";

const RAW = 101;
const compressed = (protocol: string, content: Uint8Array): string =>
  `${protocol} 00 0002 ${Buffer.from(content).toString("hex")}`;

describe("compressed IP payload", () => {
  it("gives the segment that DEFLATE hides", () => {
    const hex = ipv4(108, compressed("06", deflateRawSync(octets(TCP_SEGMENT))));
    const { payload, ports, payloadLength, encapsulation } = decodeHex(RAW, hex);
    expect([payload, ports, payloadLength, encapsulation]).to.deep.equal(["abcd", "50000 > 80", 4, ""]);
  });

  it("may be a whole datagram, behind an authentication header, with zlib's framing", () => {
    const content = compressed("04", deflateSync(octets(DATAGRAM)));
    const { payload, encapsulation } = decodeHex(
      RAW,
      ipv6(51, `6c04 0000 00000001 00000001 ${"00".repeat(12)}${content}`),
    );
    expect([payload, encapsulation]).to.deep.equal(["abcd", "4in6"]);
  });

  it("is counted when it is something else, cut, or larger than any datagram", () => {
    const bomb = deflateRawSync(new Uint8Array(65_536));
    expect(decodeHex(RAW, ipv4(108, compressed("06", octets("ffff0000")))).counted).to.deep.equal([
      "ip compression not understood",
    ]);
    expect(decodeHex(RAW, ipv4(108, compressed("06", bomb))).counted).to.deep.equal([
      "ip compression not understood",
    ]);
    const whole = octets(ipv4(108, compressed("06", deflateRawSync(octets(TCP_SEGMENT)))));
    expect(
      decodeHex(RAW, Buffer.from(whole.subarray(0, -1)).toString("hex"), whole.length).counted,
    ).to.deep.equal(["ip compression payload cut"]);
  });

  it("is given up after 200 failures, for the time that they take", () => {
    const bytes = octets(ipv4(108, compressed("06", octets("ffff0000"))));
    const { decoder } = decodeFrames(Array.from({ length: 300 }, () => ({ linkType: RAW, bytes })));
    expect(decoder.counts.entries()).to.deep.equal([
      { name: "ip compression not understood", frames: 200 },
      { name: "ip compression beyond the limit", frames: 100 },
    ]);
  });

  it("lets a batch grow by no more than 16 MiB and a datagram", () => {
    const bytes = octets(ipv4(108, compressed("11", deflateRawSync(new Uint8Array(65_535)))));
    const { decoder } = decodeFrames(Array.from({ length: 300 }, () => ({ linkType: RAW, bytes })));
    expect(decoder.counts.entries()).to.deep.equal([
      { name: "udp", frames: 257 },
      { name: "ip compression beyond the limit", frames: 43 },
    ]);
  });
});
