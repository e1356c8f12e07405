import { expect } from "chai";
import * as facts from "../../src/decode/segment-batch.js";
import { decodeHex } from "./decode-hex.js";
import { ipv4, ipv6 } from "./sample-frames.js";

const RAW = 101;
/** A segment from port 1 to port 2 with that data offset and flags, then options and payload. */
const segment = (offsetAndFlags: string, rest: string): string =>
  `0001 0002 fffffffe 80000001 ${offsetAndFlags} 8000 0000 0000 ${rest}`;
const decodeOptions = (options: string, payload = "") => {
  const words = 5 + options.replace(/\s/g, "").length / 8;
  return decodeHex(RAW, ipv4(6, segment(`${words.toString(16)}010`, options + payload)));
};

describe("a TCP segment", () => {
  it("fills every column of its row", () => {
    const { segments, frames } = decodeHex(RAW, ipv4(6, segment("61ff", "01010101 6162")));
    const row = (column: ArrayLike<number>): number => column[0]!;
    expect(row(segments.frame)).to.equal(1);
    expect(row(segments.timeNs)).to.equal(0);
    expect(row(segments.ipAt)).to.equal(frames.at[0]);
    expect(row(segments.tcpAt)).to.equal(frames.at[0]! + 20);
    expect(row(segments.sourcePort)).to.equal(1);
    expect(row(segments.destinationPort)).to.equal(2);
    expect(row(segments.seq)).to.equal(0xfffffffe);
    expect(row(segments.ack)).to.equal(0x80000001);
    expect(row(segments.flags)).to.equal(0x1ff);
    expect(row(segments.window)).to.equal(0x8000);
    expect(row(segments.payloadLength)).to.equal(2);
    expect(row(segments.payloadAt)).to.equal(frames.at[0]! + 44);
    expect(row(segments.payloadCaptured)).to.equal(2);
    expect(row(segments.optionsLength)).to.equal(4);
    expect(row(segments.facts)).to.equal(0);
    expect(row(segments.ipId)).to.equal(0x1234);
    expect(row(segments.ttl)).to.equal(64);
    expect(row(segments.encapsulation)).to.equal(0);
    expect(row(segments.interfaceIndex)).to.equal(0);
  });

  it("has hop limit and no identification over IPv6", () => {
    const { segments } = decodeHex(RAW, ipv6(6, segment("5010", "")));
    expect([segments.ttl[0], segments.ipId[0]]).to.deep.equal([63, 0]);
  });

  it("leaves the reserved bits of the flags out", () => {
    expect(decodeHex(RAW, ipv4(6, segment("5e12", ""))).segments.flags[0]).to.equal(0x012);
  });

  for (const [name, offset] of [
    ["below 20 octets", "4010"],
    ["beyond the datagram", "6010"],
  ])
    it(`is counted when its header ends ${name}`, () => {
      const { isSegment, counted } = decodeHex(RAW, ipv4(6, segment(offset!, "")));
      expect(isSegment).to.equal(false);
      expect(counted).to.deep.equal(["tcp header invalid"]);
    });

  it("is counted when the datagram has no place for a header, and apart from that when the snaplen cut it", () => {
    const whole = ipv4(6, segment("5010", ""));
    expect(decodeHex(RAW, ipv4(6, "0001 0002")).counted).to.deep.equal(["tcp header invalid"]);
    expect(decodeHex(RAW, whole.trim().slice(0, -2), 40).counted).to.deep.equal(["tcp header cut"]);
  });

  it("keeps its length on the wire when the snaplen cut the options", () => {
    const hex = ipv4(6, segment("8010", `0101080a 00000001 00000002${"61".repeat(100)}`));
    const cut = hex.replace(/\s/g, "").slice(0, 48 * 2);
    const { segments, facts: found, frames } = decodeHex(RAW, cut, 152);
    expect(found).to.equal(facts.IS_CUT_IN_OPTIONS);
    expect(segments.optionsLength[0]).to.equal(8);
    expect(segments.payloadLength[0]).to.equal(100);
    expect(segments.payloadCaptured[0]).to.equal(0);
    expect(segments.payloadAt[0]).to.equal(frames.at[0]! + 48);
  });

  it("reaches beyond a frame that a tool cut and recorded as whole; what a snaplen cut does not", () => {
    const cut = ipv4(6, segment("5010", "61".repeat(100)))
      .replace(/\s/g, "")
      .slice(0, 70 * 2);
    const recordedAs = (wireLength: number) => decodeHex(RAW, cut, wireLength);
    expect(recordedAs(70)).to.include({ facts: facts.IS_BEYOND_FRAME, payloadLength: 100 });
    expect(recordedAs(70).payload).to.have.length(30);
    expect(recordedAs(139)).to.include({ facts: facts.IS_BEYOND_FRAME, payloadLength: 100 });
    expect(recordedAs(140)).to.include({ facts: 0, payloadLength: 100 });
  });

  it("has cut options, never malformed ones, wherever the snaplen falls", () => {
    const hex = ipv4(6, segment("a010", "020405b4 0402080a 00000001 00000002 01030307")).replace(/\s/g, "");
    for (let length = 40; length < 60; length++) {
      const { facts: found } = decodeHex(RAW, hex.slice(0, length * 2), 60);
      const bad = facts.IS_CUT_IN_OPTIONS | facts.HAS_BAD_OPTIONS;
      expect(found & bad, `${length} octets`).to.equal(facts.IS_CUT_IN_OPTIONS);
    }
  });

  it("is told when the snaplen cut a SACK option, not when that is malformed", () => {
    const cut = (options: string, kept: number) => {
      const hex = ipv4(6, segment("a010", options)).replace(/\s/g, "");
      return decodeHex(RAW, hex.slice(0, (40 + kept) * 2), hex.length / 2).facts;
    };
    const sack = "0101 0512 00000001 00000002 00000003 00000004";
    expect(cut(sack, 19)).to.equal(facts.IS_CUT_IN_OPTIONS | facts.IS_CUT_IN_SACK);
    expect(cut(sack, 20)).to.equal(facts.HAS_SACK);
    expect(cut(sack.replace("12", "13"), 19)).to.equal(facts.IS_CUT_IN_OPTIONS | facts.HAS_BAD_OPTIONS);
  });
});

describe("the options of a segment", () => {
  for (const [name, options] of [
    ["as nearly all stacks send them", "0101080a 89abcdef fedcba98"],
    ["elsewhere in the list", "080a89ab cdeffedc ba980101"],
    ["behind others", "020405b4 0402080a 89abcdef fedcba98"],
  ])
    it(`give the timestamps ${name}`, () => {
      const { segments, facts: found } = decodeOptions(options!);
      expect(found & facts.HAS_TIMESTAMPS).to.equal(facts.HAS_TIMESTAMPS);
      expect([segments.tsval[0], segments.tsecr[0]]).to.deep.equal([0x89abcdef, 0xfedcba98]);
    });

  const cases: [name: string, options: string, expected: number][] = [
    ["padding only", "01010100", 0],
    ["what follows the end of the list is ignored", "00020406", 0],
    ["timestamps only", "0101080a 00000001 00000002", facts.HAS_TIMESTAMPS],
    ["timestamps of a wrong length are another option", "01010808 00000001 0000", facts.HAS_OTHER_OPTIONS],
    ["one SACK block", "0101050a 00000001 00000002", facts.HAS_SACK],
    ["a SACK option without a block", "01010502", facts.HAS_OTHER_OPTIONS],
    ["MSS", "020405b4", facts.HAS_OTHER_OPTIONS],
    ["length 0", "02000000", facts.HAS_BAD_OPTIONS],
    ["length 1", "08010000", facts.HAS_BAD_OPTIONS],
    ["a length beyond the header", "01010205", facts.HAS_BAD_OPTIONS],
    ["a kind in the last octet", "01010102", facts.HAS_BAD_OPTIONS],
    [
      "a good one before a bad one",
      "03030700 020405b4 01010803".replace("00 ", "01 "),
      facts.HAS_OTHER_OPTIONS | facts.HAS_BAD_OPTIONS,
    ],
  ];
  for (const [name, options, expected] of cases)
    it(`set the facts of ${name}`, () => {
      const padded = options.replace(/\s/g, "");
      const missing = (8 - (padded.length % 8)) % 8;
      expect(decodeOptions(padded + "0".repeat(missing)).facts).to.equal(expected);
    });
});
