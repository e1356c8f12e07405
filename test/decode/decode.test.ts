import { expect } from "chai";
import fc from "fast-check";
import { decodeFrames, decodeHex, octets, type TestFrame } from "./decode-hex.js";
import { ethernet, ipv4, SAMPLE_FRAMES, TCP_SEGMENT } from "./sample-frames.js";

const LINK_TYPES = [...new Set([...SAMPLE_FRAMES.map(({ linkType }) => linkType), 189])];

/** A sample with some octets overwritten, cut anywhere, and a wire length of its own. */
const mutatedFrame: fc.Arbitrary<TestFrame> = fc
  .record({
    sample: fc.constantFrom(...SAMPLE_FRAMES),
    changes: fc.array(fc.tuple(fc.nat(120), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }),
    length: fc.nat(200),
    wireLength: fc.oneof(fc.nat(300), fc.constantFrom(0, 0xffffffff)),
  })
  .map(({ sample, changes, length, wireLength }) => {
    const bytes = octets(sample.hex).slice(0, length);
    for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
    return { linkType: sample.linkType, bytes, wireLength };
  });

const randomFrame: fc.Arbitrary<TestFrame> = fc.record({
  linkType: fc.constantFrom(...LINK_TYPES),
  bytes: fc.uint8Array({ maxLength: 120 }),
});

function expectNothingLost(testFrames: readonly TestFrame[]): void {
  const { segments, decoder, frames } = decodeFrames(testFrames);
  expect(segments.length + decoder.icmpErrors.length + decoder.counts.total).to.equal(testFrames.length);
  for (let row = 0; row < segments.length; row++) {
    const index = segments.frame[row]! - 1;
    const frameEnd = frames.at[index]! + frames.capturedLength[index]!;
    const tcpAt = segments.tcpAt[row]!;
    const payloadAt = segments.payloadAt[row]!;
    const payloadCaptured = segments.payloadCaptured[row]!;
    // Datagrams that were put together, and IP headers with another destination, lie behind the frames.
    const isInFrame = tcpAt < frames.bytes.length;
    expect(tcpAt).to.be.at.least(isInFrame ? frames.at[index]! + 20 : frames.bytes.length + 20);
    expect(segments.ipAt[row]!).to.satisfy((ipAt: number) =>
      ipAt < frames.bytes.length
        ? ipAt >= frames.at[index]! && ipAt <= tcpAt - 20
        : ipAt < segments.bytes.length,
    );
    expect(payloadAt).to.equal(tcpAt + 20 + segments.optionsLength[row]!);
    expect(payloadAt + payloadCaptured).to.be.at.most(isInFrame ? frameEnd : segments.bytes.length);
    expect(payloadCaptured).to.be.at.most(segments.payloadLength[row]!);
  }
}

describe("the decoder", () => {
  it("makes of every mutated frame a segment within its octets, an ICMP error, or one count", () => {
    fc.assert(fc.property(fc.array(mutatedFrame, { minLength: 1, maxLength: 8 }), expectNothingLost), {
      numRuns: 3000,
    });
  });

  it("does so of random octets", () => {
    fc.assert(fc.property(fc.array(randomFrame, { minLength: 1, maxLength: 8 }), expectNothingLost), {
      numRuns: 3000,
    });
  });

  it("comes to the same result with the fast path as in the walk", () => {
    // 802.1Q's priority tag changes nothing but the way: only the walk passes it.
    const untagged = fc
      .oneof(mutatedFrame, randomFrame)
      .filter(({ linkType, bytes }) => linkType === 1 && bytes.length > 14)
      // A length that is cut to the decoder's limit, or overflows with the tag, would not stand for the same frame.
      .filter(({ wireLength = 0 }) => wireLength < 2 ** 29);
    const ignored = new Set(["tcpAt", "ipAt", "payloadAt"]);
    fc.assert(
      fc.property(untagged, (frame) => {
        const tag = octets("8100 0000");
        const bytes = new Uint8Array([...frame.bytes.subarray(0, 12), ...tag, ...frame.bytes.subarray(12)]);
        const wireLength = (frame.wireLength ?? frame.bytes.length) + 4;
        const [plain, walked] = [[frame], [{ ...frame, bytes, wireLength }]].map((frames) =>
          decodeFrames(frames),
        );
        expect(plain!.decoder.counts.entries()).to.deep.equal(walked!.decoder.counts.entries());
        expect(plain!.segments.length).to.equal(walked!.segments.length);
        if (plain!.segments.length === 0) return;
        for (const [name, column] of Object.entries(plain!.segments))
          if (ArrayBuffer.isView(column) && name !== "bytes" && !ignored.has(name))
            expect(column, name).to.deep.equal(Reflect.get(walked!.segments, name));
      }),
      { numRuns: 2000 },
    );
  });

  it("bounds the nesting", () => {
    let datagram = ipv4(6, TCP_SEGMENT);
    for (let depth = 0; depth < 40; depth++) datagram = ipv4(4, datagram);
    expect(decodeHex(101, datagram).counted).to.deep.equal(["too many layers"]);
  });

  it("keeps the order of frames that take different ways", () => {
    const plain = { linkType: 1, bytes: octets(ethernet("0800", ipv4(6, TCP_SEGMENT))) };
    const tagged = { linkType: 1, bytes: octets(ethernet("8100", `000a 0800 ${ipv4(6, TCP_SEGMENT)}`)) };
    const arp = { linkType: 1, bytes: octets(ethernet("0806", "")) };
    const { segments } = decodeFrames([plain, plain, tagged, arp, plain, tagged, plain]);
    const used = segments.length;
    expect([...segments.frame.subarray(0, used)]).to.deep.equal([1, 2, 3, 5, 6, 7]);
    expect([...segments.timeNs.subarray(0, used)]).to.deep.equal([0, 1000, 2000, 4000, 5000, 6000]);
    expect([...segments.interfaceIndex.subarray(0, used)]).to.deep.equal([0, 1, 2, 4, 5, 6]);
    expect([...segments.encapsulation.subarray(0, used)]).to.deep.equal([0, 0, 1, 0, 1, 0]);
  });

  const counted: [name: string, hex: string, reason: string][] = [
    ["ARP", ethernet("0806", ""), "arp"],
    ["LLDP", ethernet("88cc", ""), "ethertype 0x88cc"],
    ["spanning tree", ethernet("0003", "424203"), "llc dsap 0x42"],
    ["a vendor's SNAP protocol", ethernet("0008", "aaaa03 00000c 2000"), "snap protocol 0x2000 of a vendor"],
    ["PPPoE's control in a session", ethernet("8864", "11 00 0003 0002 c021"), "ppp protocol 0xc021"],
    [
      "an encapsulation of GRE version 2",
      ethernet("0800", ipv4(47, "0002 0800")),
      "gre version not supported",
    ],
    ["PPTP without data", ethernet("0800", ipv4(47, "2081 880b 0000 0001 00000001")), "gre without payload"],
    ["an EoIP keepalive", ethernet("0800", ipv4(47, "2001 6400 0000 1900")), "gre without payload"],
    [
      "GTP-U's echo",
      ethernet("0800", ipv4(17, "1000 0868 0010 0000 3001 0000 00000000")),
      "gtp-u signalling",
    ],
    [
      "VXLAN without a network",
      ethernet("0800", ipv4(17, "1000 12b5 0010 0000 0000000000000000")),
      "vxlan header invalid",
    ],
    [
      "L2TP's control",
      ethernet("0800", ipv4(17, "06a5 06a5 0010 0000 c802 0008 0000 0000")),
      "l2tp control message",
    ],
    ["MACsec that hides its content", ethernet("88e5", "0c 00 00000001 0800"), "macsec encrypted"],
    ["NSH around something unknown", ethernet("894f", "0fc2 02 06 000001ff"), "nsh payload not understood"],
    ["MPLS around something unknown", ethernet("8847", "00064140 10000000"), "mpls payload not understood"],
  ];
  for (const [name, hex, reason] of counted)
    it(`counts ${name}`, () => expect(decodeHex(1, hex).counted).to.deep.equal([reason]));

  it("counts encrypted wireless frames, and those without data", () => {
    const wireless = (control: string): string => `${control} 0000 ${"020000000001".repeat(3)} 1000`;
    expect(decodeHex(105, wireless("0840")).counted).to.deep.equal(["ieee 802.11 encrypted"]);
    expect(decodeHex(105, wireless("8000")).counted).to.deep.equal(["ieee 802.11 without data"]);
  });

  it("counts fragments of wireless frames: the first, and a last one that does not begin a datagram", () => {
    const wireless = (control: string, sequence: string, data: string): string =>
      `${control} 0000 ${"020000000001".repeat(3)} ${sequence} ${data}`;
    const snap = "aaaa03 000000 0800";
    expect(decodeHex(105, wireless("0804", "1000", snap)).counted).to.deep.equal(["ieee 802.11 fragment"]);
    expect(decodeHex(105, wireless("0800", "1100", "aaaa02")).counted).to.deep.equal([
      "ieee 802.11 fragment",
    ]);
    expect(decodeHex(105, wireless("0800", "1100", "aaaa")).counted).to.deep.equal(["ieee 802.11 fragment"]);
  });
});
