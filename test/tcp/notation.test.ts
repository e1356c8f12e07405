import { expect } from "chai";
import fc from "fast-check";
import { ACK, PSH, SYN } from "../../src/tcp/flags.js";
import { parsePacketLine, printPacketLine } from "../../src/tcp/notation.js";
import type { PacketOption } from "../../src/tcp/packet-line.js";
import { packetLineArbitrary } from "../support/packet-line-arbitrary.js";

describe("a packet line", () => {
  it("tells time, direction, flags, sequence numbers, ack, window, options, annotations, label and note", () => {
    const text = "1.5 <- SP. 0:5(5) ack 1 win 65535 <mss 1460,sackOK> {ttl 63, id 4711} @synack // with data";
    expect(parsePacketLine(text)).to.deep.equal({
      timeNs: 1_500_000_000,
      direction: "<-",
      flags: SYN | PSH | ACK,
      first: 0,
      last: 5,
      ack: 1,
      window: 65535,
      options: [{ name: "mss", mss: 1460 }, { name: "sackOK" }],
      ttl: 63,
      ipId: 4711,
      isCopy: false,
      label: "synack",
      comment: "with data",
    });
  });

  it("leaves null what it does not tell", () => {
    const line = parsePacketLine("0 -> S 0:0(0)");
    expect(line).to.include({ ack: null, window: null, ttl: null, ipId: null, label: null, comment: null });
    expect(line).to.include({ isCopy: false });
    expect(line.options).to.deep.equal([]);
  });

  it("is read back as it was printed", () => {
    fc.assert(
      fc.property(packetLineArbitrary, (line) => {
        expect(parsePacketLine(printPacketLine(line))).to.deep.equal(line);
      }),
      { numRuns: 500 },
    );
  });

  it("is read back with its time relative to the line before", () => {
    fc.assert(
      fc.property(
        packetLineArbitrary,
        fc.integer({ min: -(2 ** 52), max: 2 ** 52 }),
        (line, previousTimeNs) => {
          expect(parsePacketLine(printPacketLine(line, previousTimeNs), previousTimeNs)).to.deep.equal(line);
        },
      ),
    );
  });

  it("has no negative zero", () => {
    const written = parsePacketLine("-0 -> . -0:-0(0) ack -0 <sack -0:-0>");
    expect(written).to.deep.equal(parsePacketLine("0 -> . 0:0(0) ack 0 <sack 0:0>"));
  });

  it("is printed in one canonical form, however it was written", () => {
    const text = "  01.50\t->  .P 1:6(5)   ack  007  < nop >";
    expect(printPacketLine(parsePacketLine(`${text} {copy ,ttl 9}@x//  y `))).to.equal(
      "1.5 -> P. 1:6(5) ack 7 <nop> {ttl 9, copy} @x // y",
    );
  });
});

describe("the time of a packet line", () => {
  const readsAs: [text: string, timeNs: number][] = [
    ["0", 0],
    ["1.5", 1_500_000_000],
    [".25", 250_000_000],
    ["-.000000001", -1],
    ["+.001", 8_001_000_000],
    ["+0", 8_000_000_000],
    // In floating-point seconds these lose their last nanoseconds.
    ["8999999.123456789", 8_999_999_123_456_789],
    ["+0.000000001", 8_000_000_001],
  ];
  for (const [text, timeNs] of readsAs) {
    it(`${text}, after a line at 8 s, is ${timeNs} ns`, () => {
      expect(parsePacketLine(`${text} -> S 0:0(0)`, 8_000_000_000).timeNs).to.equal(timeNs);
    });
  }

  const printsAs: [timeNs: number, previousTimeNs: number | undefined, text: string][] = [
    [0, undefined, "0"],
    [1_500_000_000, undefined, "1.5"],
    [10_000_000_000, undefined, "10"],
    [-1, undefined, "-0.000000001"],
    [1_001_000_000, 1_000_000_000, "+.001"],
    [5, 5, "+0"],
    [3_000_000_001, 1_000_000_000, "+2.000000001"],
    // Time ran backwards, so the plain time is printed.
    [4, 5, "0.000000004"],
  ];
  for (const [timeNs, previousTimeNs, text] of printsAs) {
    it(`${timeNs} ns after ${previousTimeNs ?? "nothing"} is printed ${text}`, () => {
      const line = { ...parsePacketLine("0 -> S 0:0(0)"), timeNs };
      expect(printPacketLine(line, previousTimeNs)).to.equal(`${text} -> S 0:0(0)`);
    });
  }
});

describe("the options of a packet line", () => {
  const readsAs: [text: string, option: PacketOption][] = [
    ["eol", { name: "eol" }],
    ["nop", { name: "nop" }],
    ["mss 1460", { name: "mss", mss: 1460 }],
    ["wscale 7", { name: "wscale", shift: 7 }],
    ["sackOK", { name: "sackOK" }],
    [
      "sack 1:11 21:31",
      {
        name: "sack",
        blocks: [
          { first: 1, last: 11 },
          { first: 21, last: 31 },
        ],
      },
    ],
    ["TS val 4294967295 ecr 0", { name: "TS", tsval: 4_294_967_295, tsecr: 0 }],
    ["fastopen", { name: "fastopen", cookie: "" }],
    ["fastopen 00ff", { name: "fastopen", cookie: "00ff" }],
    ["unknown-253 0xf989", { name: "unknown", kind: 253, data: "f989" }],
    ["unknown-30 0x", { name: "unknown", kind: 30, data: "" }],
  ];
  for (const [text, option] of readsAs) {
    it(`are read and printed: ${text}`, () => {
      const line = parsePacketLine(`0 -> S 0:0(0) <${text},nop>`);
      expect(line.options).to.deep.equal([option, { name: "nop" }]);
      expect(printPacketLine(line)).to.equal(`0 -> S 0:0(0) <${text},nop>`);
    });
  }

  it("may fill 40 octets and no more (RFC 9293, section 3.1)", () => {
    const fits = `0 -> S 0:0(0) <unknown-254 0x${"00".repeat(38)}>`;
    expect(parsePacketLine(fits).options).to.have.length(1);
    expect(() => parsePacketLine(fits.replace(/>$/, ",nop>"))).to.throw(
      SyntaxError,
      "40 octets, these take 41",
    );
  });
});

describe("a slip in a packet line", () => {
  const slips: [what: string, text: string, reason: string][] = [
    [
      "a length that is not last minus first",
      "0 -> P. 1:6(4) ack 1",
      "1:6 makes a payload of 5 octets, but (4) is written",
    ],
    ["a range that runs backwards", "0 -> P. 6:1(5) ack 1", "makes a payload of -5 octets"],
    ["no time", "-> S 0:0(0)", 'expected a time in seconds such as 1.5 or +.001, found "-> S 0:0(0)"'],
    ["a tenth decimal", "0.0000000001 -> S 0:0(0)", "at most 9 decimals, not 10"],
    ["a time no number holds", "99999999 -> S 0:0(0)", "within 104 days of zero"],
    ["no direction", "0 S 0:0(0)", 'expected a direction, -> or <-, found "S 0:0(0)"'],
    ["an unknown flag", "0 -> X 0:0(0)", 'or - for none, found "X"'],
    ["a repeated flag", "0 -> SS 0:0(0)", "flags, each once"],
    ["no sequence numbers", "0 -> S", "such as 1:6(5), found the end of the line"],
    [
      "a sequence number no double holds",
      "0 -> S 9007199254740993:9007199254740993(0)",
      "a sequence number is from",
    ],
    ["an ack without the flag", "0 -> S 0:0(0) ack 1", 'an ack number needs the flag "."'],
    ["the flag without an ack", "0 -> S. 0:0(0)", 'the flag "." needs an ack number'],
    ["a window of 17 bits", "0 -> S 0:0(0) win 65536", "a window is from 0 to 65535, not 65536"],
    ["an unknown option", "0 -> S 0:0(0) <mss 1,foo>", "expected an option: mss N,"],
    [
      "an unclosed option list",
      "0 -> S 0:0(0) <nop",
      "a comma or > after an option, found the end of the line",
    ],
    ["an empty option list", "0 -> S 0:0(0) <>", "expected an option"],
    ["half an octet", "0 -> S 0:0(0) <unknown-99 0xabc>", "pairs of hexadecimal digits"],
    ["a kind without a length octet", "0 -> S 0:0(0) <unknown-1 0x>", "is from 2 to 255, not 1"],
    ["an unknown annotation", "0 -> S 0:0(0) {tos 1}", "ttl N, id N and copy"],
    ["an annotation told twice", "0 -> S 0:0(0) {ttl 1, ttl 2}", "each at most once"],
    ["a copy with its own id", "0 -> S 0:0(0) {copy, id 1}", "a copy has the id of the packet it repeats"],
    ["a label without a name", "0 -> S 0:0(0) @", "expected a label"],
    ["parts out of order", "0 -> S 0:0(0) @x win 3", "nothing more, or the parts in the order"],
    ["words that mean nothing", "0 -> S 0:0(0) hello", 'found "hello"'],
  ];
  for (const [what, text, reason] of slips) {
    it(`is refused with line, text and reason: ${what}`, () => {
      expect(() => parsePacketLine(text, 0, 12))
        .to.throw(SyntaxError, reason)
        .with.property("message");
      expect(() => parsePacketLine(text, 0, 12)).to.throw(`packet notation, line 12: `);
      expect(() => parsePacketLine(text, 0, 12)).to.throw(`in "${text}"`);
    });
  }

  it("never gives anything but a SyntaxError, whatever the text", () => {
    const words = fc.constantFrom(
      "0",
      "+.1",
      "->",
      "S.",
      "0:0(0)",
      "ack",
      "1",
      "win",
      "<",
      ">",
      "sack",
      ",",
      "{",
      "}",
      "@",
      "//",
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(words).map((parts) => parts.join(" ")),
    );
    fc.assert(
      fc.property(text, (line) => {
        try {
          parsePacketLine(line);
        } catch (error) {
          expect(error).to.be.instanceOf(SyntaxError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
