import { expect } from "chai";
import fc from "fast-check";
import type { IcmpError } from "../../src/decode/icmp-error.js";
import { hashTupleKey, KEY_WORDS, readQuotedTupleKey } from "../../src/flows/tuple-key.js";

interface Tuple {
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly encapsulation: number;
}

const port = fc.nat(0xffff);
const address = (lengthBytes: number) => fc.uint8Array({ minLength: lengthBytes, maxLength: lengthBytes });
const tuple: fc.Arbitrary<Tuple> = fc.constantFrom(4, 16).chain((lengthBytes) =>
  fc.record({
    source: address(lengthBytes),
    destination: address(lengthBytes),
    sourcePort: port,
    destinationPort: port,
    encapsulation: fc.nat(0xffff),
  }),
);

/** The key of a tuple as an ICMP error quotes it. */
function keyOf(tuple: Tuple): Uint32Array {
  const error: IcmpError = {
    row: 0,
    frame: 1,
    timeNs: 0,
    ipVersion: 4,
    type: 3,
    code: 1,
    mtu: null,
    reporter: tuple.source,
    quotedSource: tuple.source,
    quotedDestination: tuple.destination,
    quotedSourcePort: tuple.sourcePort,
    quotedDestinationPort: tuple.destinationPort,
    quotedSeq: 0,
    encapsulation: tuple.encapsulation,
  };
  const words = new Uint32Array(KEY_WORDS).fill(0xdead);
  readQuotedTupleKey(error, words);
  return words;
}

function reversed(tuple: Tuple): Tuple {
  return {
    ...tuple,
    source: tuple.destination,
    destination: tuple.source,
    sourcePort: tuple.destinationPort,
    destinationPort: tuple.sourcePort,
  };
}

const textOf = ({ source, destination, sourcePort, destinationPort, encapsulation }: Tuple) =>
  `${source} ${sourcePort} ${destination} ${destinationPort} ${encapsulation}`;

describe("the key of a flow", () => {
  it("is the same in both directions", () => {
    fc.assert(
      fc.property(tuple, (each) => {
        expect(keyOf(each)).to.deep.equal(keyOf(reversed(each)));
      }),
    );
  });

  it("tells all other tuples apart: addresses, ports, encapsulation, IP version", () => {
    fc.assert(
      fc.property(
        tuple,
        tuple,
        fc.constantFrom("source", "destinationPort", "encapsulation"),
        (a, b, field) => {
          const other =
            field === "source" && a.source.length !== b.source.length ? b : { ...a, [field]: b[field] };
          const areSame = textOf(other) === textOf(a) || textOf(other) === textOf(reversed(a));
          expect(`${keyOf(other)}` === `${keyOf(a)}`).to.equal(areSame);
        },
      ),
    );
  });

  it("does not take an IPv4 address for the IPv6 address that begins with it", () => {
    const ends = { sourcePort: 1, destinationPort: 2, encapsulation: 0 };
    const version4 = { ...ends, source: Uint8Array.of(1, 2, 3, 4), destination: Uint8Array.of(5, 6, 7, 8) };
    const widen = (octets: Uint8Array) => Uint8Array.from({ length: 16 }, (_, index) => octets[index] ?? 0);
    const version6 = { ...ends, source: widen(version4.source), destination: widen(version4.destination) };
    expect(keyOf(version4)).not.to.deep.equal(keyOf(version6));
  });

  it("has a hash of 32 bits that is never 0, which marks an empty slot", () => {
    fc.assert(
      fc.property(tuple, (each) => {
        expect(hashTupleKey(keyOf(each))).to.be.within(1, 2 ** 32 - 1);
      }),
    );
  });

  it("spreads neighbouring ports and addresses over a table", () => {
    const slots = new Set<number>();
    for (let index = 0; index < 4096; index++) {
      const source = Uint8Array.of(10, 0, index >> 8, index);
      const ends = {
        source,
        destination: Uint8Array.of(10, 1, 0, 1),
        sourcePort: 40000 + index,
        destinationPort: 80,
      };
      slots.add(hashTupleKey(keyOf({ ...ends, encapsulation: 0 })) & 0xffff);
    }
    // 4096 keys thrown at random into 65536 slots hit 3970 of them.
    expect(slots.size).to.be.greaterThan(3800);
  });
});
