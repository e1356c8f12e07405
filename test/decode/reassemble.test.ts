import { expect } from "chai";
import fc from "fast-check";
import { LINKTYPE_RAW, pcapFile } from "../support/capture-bytes.js";
import { trackBytes } from "../support/track-script.js";
import { decodeFrames, octets } from "./decode-hex.js";
import { DATAGRAM, IPV4_ADDRESSES, IPV6_ADDRESSES, ipv4, TCP_SEGMENT } from "./sample-frames.js";

const RAW = 101;
const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, "0");
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const SEGMENT = octets(TCP_SEGMENT);

interface Part {
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly more: boolean;
}

/** The octets of `bytes` from `offset` to `end` as a fragment; `more` when they do not reach the end. */
const part = (bytes: Uint8Array, offset: number, end = bytes.length): Part => ({
  offset,
  bytes: bytes.subarray(offset, end),
  more: end < bytes.length,
});

function ipv4Fragment({ offset, bytes, more }: Part, id = 0x1234, protocol = 6): string {
  const field = (more ? 0x2000 : 0) | (offset / 8);
  return `4500 ${hex(20 + bytes.length, 4)} ${hex(id, 4)} ${hex(field, 4)} 40 ${hex(protocol, 2)} 0000
    ${IPV4_ADDRESSES} ${toHex(bytes)}`;
}

function ipv6Fragment({ offset, bytes, more }: Part, id = 7): string {
  const field = hex(offset | (more ? 1 : 0), 4);
  return `60000000 ${hex(8 + bytes.length, 4)} 2c 3f ${IPV6_ADDRESSES} 0600 ${field} ${hex(id, 8)} ${toHex(bytes)}`;
}

/** Decodes the datagrams, one a frame, with a snaplen if given; the segments as text. */
function decodeDatagrams(...datagrams: readonly string[]) {
  const result = decodeFrames(datagrams.map((datagram) => ({ linkType: RAW, bytes: octets(datagram) })));
  const { segments, decoder } = result;
  const found = Array.from({ length: segments.length }, (_, row) => {
    const { bytes, payloadAt, payloadCaptured } = segments;
    const payload = bytes.subarray(payloadAt[row]!, payloadAt[row]! + payloadCaptured[row]!);
    return `${segments.frame[row]}: ${Buffer.from(payload).toString("latin1")}`;
  });
  return { ...result, found, counts: decoder.counts.entries() };
}

for (const [name, fragment] of [
  ["IPv4", ipv4Fragment],
  ["IPv6", ipv6Fragment],
] as const)
  describe(`a datagram in fragments over ${name}`, () => {
    it("gives its segment at the frame that completes it, in whatever order they come", () => {
      const parts = [part(SEGMENT, 0, 8), part(SEGMENT, 8, 16), part(SEGMENT, 16)];
      for (const order of [
        [0, 1, 2],
        [2, 1, 0],
        [1, 2, 0],
      ]) {
        const { found, counts, segments } = decodeDatagrams(...order.map((index) => fragment(parts[index]!)));
        expect(found).to.deep.equal(["3: abcd"]);
        expect(segments.timeNs[0]).to.equal(2000);
        expect(segments.payloadLength[0]).to.equal(4);
        expect(counts).to.deep.equal([{ name: `${name.toLowerCase()} fragment`, frames: 2 }]);
      }
    });

    it("begins anew when it is whole, so that it may be captured twice", () => {
      const parts = [fragment(part(SEGMENT, 0, 8)), fragment(part(SEGMENT, 8))];
      expect(decodeDatagrams(...parts, ...parts).found).to.deep.equal(["2: abcd", "4: abcd"]);
    });

    it("is told from others by its identification", () => {
      const other = SEGMENT.slice();
      other.set(octets("65666768"), 20);
      const { found } = decodeDatagrams(
        fragment(part(SEGMENT, 0, 8), 1),
        fragment(part(other, 0, 8), 2),
        fragment(part(other, 8), 2),
        fragment(part(SEGMENT, 8), 1),
      );
      expect(found).to.deep.equal(["3: efgh", "4: abcd"]);
    });

    it("keeps of octets that came twice those of the fragment that begins first", () => {
      const forged = SEGMENT.slice();
      forged.fill(0x78, 20);
      const { found } = decodeDatagrams(
        fragment(part(forged, 16)),
        fragment({ offset: 8, bytes: SEGMENT.subarray(8), more: true }),
        fragment(part(SEGMENT, 0, 8)),
      );
      expect(found).to.deep.equal(["3: abcd"]);
    });

    it("leaves out what lies past the end", () => {
      const { found } = decodeDatagrams(
        fragment({ offset: 800, bytes: SEGMENT, more: true }),
        fragment({ offset: 16, bytes: octets("00000000 61626364 7878787878787878"), more: true }),
        fragment(part(SEGMENT, 8)),
        fragment(part(SEGMENT, 0, 8)),
      );
      expect(found).to.deep.equal(["4: abcd"]);
    });

    it("gives its octets whatever the pieces", () => {
      const payload = Uint8Array.from({ length: 300 }, (_, index) => index);
      const whole = new Uint8Array([...SEGMENT.subarray(0, 20), ...payload]);
      const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 39 }), { maxLength: 12 });
      const property = fc.property(cuts, fc.array(fc.nat(), { maxLength: 13 }), (at, seeds) => {
        const ends = [...at.sort((a, b) => a - b).map((unit) => unit * 8), whole.length];
        const parts = ends.map((end, index) => part(whole, index === 0 ? 0 : ends[index - 1]!, end));
        for (const [index, seed] of seeds.entries())
          parts.push(...parts.splice(seed % parts.length, 1 + (index % 2)));
        if (parts.length === 1) return;
        const { segments } = decodeDatagrams(...parts.map((each) => fragment(each)));
        const payloadAt = segments.payloadAt[0]!;
        expect(segments.length).to.equal(1);
        expect(segments.bytes.slice(payloadAt, payloadAt + segments.payloadCaptured[0]!)).to.deep.equal(
          payload,
        );
      });
      fc.assert(property, { numRuns: 200 });
    });
  });

describe("fragments", () => {
  it("of one datagram inside another are put together as well", () => {
    const inner = octets(ipv4Fragment(part(SEGMENT, 8), 9));
    const { found, segments, decoder } = decodeDatagrams(
      ipv4(4, ipv4Fragment(part(SEGMENT, 0, 8), 9)),
      ipv4Fragment(part(inner, 0, 16), 5, 4),
      ipv4Fragment(part(inner, 16), 5, 4),
    );
    expect(found).to.deep.equal(["3: abcd"]);
    expect(decoder.encapsulations.name(segments.encapsulation[0]!)).to.equal("ipip");
  });

  it("are given up after 60 s", () => {
    const datagrams = [part(SEGMENT, 8), part(SEGMENT, 0, 8)].map((each) => octets(ipv4Fragment(each)));
    for (const [timeNs, segmentsWanted] of [
      [60e9, 1],
      [60e9 + 1, 0],
    ] as const) {
      const { segments } = decodeFrames(
        datagrams.map((bytes, index) => ({ linkType: RAW, bytes, timeNs: index * timeNs })),
      );
      expect(segments.length).to.equal(segmentsWanted);
    }
  });

  it("may come in different batches, each with octets of its own", async () => {
    const datagrams = [
      DATAGRAM,
      ipv4Fragment(part(SEGMENT, 0, 8)),
      DATAGRAM,
      ipv4Fragment(part(SEGMENT, 8, 16)),
      ipv4Fragment(part(SEGMENT, 16)),
      DATAGRAM,
    ];
    const pcap = pcapFile(
      datagrams.map((datagram, index) => ({ timeNs: index, bytes: octets(datagram) })),
      { linkType: LINKTYPE_RAW },
    );
    for (const batchFrames of [1, 2, 3, 4096]) {
      const { segments } = await trackBytes(pcap, batchFrames);
      expect(segments.map(({ frame, flow }) => [frame, flow])).to.deep.equal([
        [1, 1],
        [3, 1],
        [5, 1],
        [6, 1],
      ]);
    }
  });

  it("leave the segments around them where they are", () => {
    const { found } = decodeDatagrams(
      DATAGRAM,
      ipv4Fragment(part(SEGMENT, 0, 8)),
      DATAGRAM,
      ipv4Fragment(part(SEGMENT, 8)),
      DATAGRAM,
    );
    expect(found).to.deep.equal(["1: abcd", "3: abcd", "4: abcd", "5: abcd"]);
  });

  it("of different VLANs belong to different datagrams", () => {
    const tagged = (vlan: string, datagram: string) => ({
      linkType: 1,
      bytes: octets(`020000000001 020000000002 8100 ${vlan} 0800 ${datagram}`),
    });
    const { segments } = decodeFrames([
      tagged("000a", ipv4Fragment(part(SEGMENT, 0, 8))),
      tagged("000b", ipv4Fragment(part(SEGMENT, 8))),
    ]);
    expect(segments.length).to.equal(0);
  });
});
