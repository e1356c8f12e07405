import { expect } from "chai";
import fc from "fast-check";
import { parseScript, printScript } from "../../src/tcp/notation.js";
import type { Script, ScriptConnection } from "../../src/tcp/script.js";
import { packetLineArbitrary } from "../support/packet-line-arbitrary.js";

const endpoint = fc.record({
  address: fc.oneof(fc.ipV4(), fc.ipV6()),
  port: fc.integer({ min: 0, max: 0xffff }),
});
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const connections = fc.uniqueArray(
  fc.record({ number: fc.integer({ min: 1, max: 5 }), client: orNull(endpoint), server: orNull(endpoint) }),
  { selector: (connection) => connection.number, minLength: 1 },
);
const script: fc.Arbitrary<Script> = fc
  .tuple(connections, fc.array(fc.tuple(packetLineArbitrary, fc.nat())))
  .map(([candidates, rows]) => {
    const used = new Set<ScriptConnection>();
    const lines = rows.map(([line, pick], index) => {
      const connection = candidates[pick % candidates.length]!;
      used.add(connection);
      const label = line.label === null ? null : `${line.label}-${index}`;
      return { ...line, label, connection: connection.number };
    });
    return { connections: [...used], lines };
  });

/** Connection, time in milliseconds and label of each line. */
function outline(text: string): [connection: number, timeMs: number, label: string | null][] {
  return parseScript(text).lines.map((line) => [line.connection, line.timeNs / 1e6, line.label]);
}

describe("a script", () => {
  it("counts relative times from the line before, and passes over notes and blank lines", () => {
    const text = "// a note\n\n0.1 -> S 0:0(0)\r\n  // another\n+.2 -> S 0:0(0)\n+.3 -> S 0:0(0)\n";
    expect(outline(text).map(([, timeMs]) => timeMs)).to.deep.equal([100, 300, 600]);
  });

  it("is read back as it was printed", () => {
    fc.assert(
      fc.property(script, (whole) => {
        expect(parseScript(printScript(whole))).to.deep.equal(whole);
      }),
    );
  });

  it("is printed with aligned columns and relative times", () => {
    const text =
      "0 -> S 0:0(0)\n.001 <- S. 0:0(0) ack 1 @synack\nconnection 2 server [2001:db8::9]:443\n1.001 -> S 0:0(0)";
    expect(printScript(parseScript(text))).to.equal(
      [
        "0     -> S  0:0(0)",
        "+.001 <- S. 0:0(0) ack 1 @synack",
        "connection 2 server [2001:db8::9]:443",
        "+1    -> S  0:0(0)",
        "",
      ].join("\n"),
    );
  });

  it("goes back to an earlier connection, whose ends need no telling", () => {
    const text = `connection 2 client 10.0.0.3:40001 server 10.0.0.2:80
      0 -> S 0:0(0)
      connection 1
      +1 -> S 0:0(0)
      connection 2
      +1 -> R 1:1(0)`;
    expect(outline(text)).to.deep.equal([
      [2, 0, null],
      [1, 1000, null],
      [2, 2000, null],
    ]);
    expect(parseScript(text).connections).to.deep.equal([
      { number: 2, client: { address: "10.0.0.3", port: 40001 }, server: { address: "10.0.0.2", port: 80 } },
      { number: 1, client: null, server: null },
    ]);
  });

  it("an empty script has neither lines nor connections", () => {
    expect(parseScript("\n// nothing\n")).to.deep.equal({ connections: [], lines: [] });
  });
});

describe("a repeat block", () => {
  it("stands for connections with the next numbers and client ports, one period apart", () => {
    const text = `connection 3 client 10.0.0.3:50000
      1 -> S 0:0(0)
      repeat 3 every 0.3 { // a loop
        +.01 -> S  0:0(0) @syn
        +.02 <- R. 0:0(0) ack 1
      }
      +1 -> R 1:1(0)`;
    expect(outline(text)).to.deep.equal([
      [3, 1000, null],
      [3, 1010, "syn-1"],
      [3, 1030, null],
      [4, 1310, "syn-2"],
      [4, 1330, null],
      [5, 1610, "syn-3"],
      [5, 1630, null],
      [3, 2630, null],
    ]);
    expect(parseScript(text).connections.map(({ client }) => client?.port)).to.deep.equal([
      50000, 50001, 50002,
    ]);
  });

  it("interleaves repetitions that last longer than the period", () => {
    const text = "repeat 2 every 1 {\n+0 -> S 0:0(0)\n+1.5 -> R 1:1(0)\n}";
    expect(outline(text).map(([connection, timeMs]) => [connection, timeMs])).to.deep.equal([
      [1, 0],
      [2, 1000],
      [1, 1500],
      [2, 2500],
    ]);
  });
});

describe("a slip in a script", () => {
  const slips: [what: string, text: string, reason: string | RegExp][] = [
    [
      "a bad packet line",
      "0 -> S 0:0(0)\n\n+0 -> P. 1:6(4) ack 1",
      /^packet notation, line 3: 1:6 makes .* in "\+0 -> P\./,
    ],
    [
      "a label used twice",
      "0 -> S 0:0(0) @a\n0 -> S 0:0(0) @a",
      "line 2: the label @a names a packet already",
    ],
    [
      "an address that is none",
      "connection 2 client 10.0.0.300:1",
      'an end point such as 10.0.0.1:80 or [2001:db8::1]:80, found "10.0.0.300:1"',
    ],
    ["an IPv6 address without brackets", "connection 2 client ::1:80", "expected an end point"],
    ["a port of 17 bits", "connection 2 client 10.0.0.3:65536", "a port is from 0 to 65535"],
    ["connection 0", "connection 0", "a connection number is from 1 to 65535"],
    [
      "other ends for the same connection",
      "0 -> S 0:0(0)\nconnection 1 client 10.0.0.3:1",
      "line 2: connection 1 has other ends already",
    ],
    [
      "a repeat without an end",
      "repeat 2 every 1 {\n+0 -> S 0:0(0)",
      "line 1: the } that ends this repeat is missing",
    ],
    ["a repeat without a brace", "repeat 2 every 1", "{ at the end of the line"],
    ["no repetitions", "repeat 0 every 1 {\n}", "a number of repetitions is from 1 to 10000"],
    [
      "a plain time inside repeat",
      "repeat 2 every 1 {\n0 -> S 0:0(0)\n}",
      "line 2: expected a packet line with a relative time",
    ],
    ["a directive inside repeat", "repeat 2 every 1 {\nconnection 2\n}", "line 2: expected a packet line"],
    [
      "client ports that run out",
      "connection 2 client 10.0.0.3:65535\nrepeat 2 every 1 {\n+0 -> S 0:0(0)\n}",
      "line 2: a port is from 0 to 65535, not 65536",
    ],
    ["a brace that closes nothing", "}", 'expected a time in seconds such as 1.5 or +.001, found "}"'],
  ];
  for (const [what, text, reason] of slips) {
    it(`is refused: ${what}`, () => {
      expect(() => parseScript(text)).to.throw(SyntaxError, reason);
    });
  }
});
