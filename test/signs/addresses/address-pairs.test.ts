import { expect } from "chai";
import fc from "fast-check";
import { AddressPairs } from "../../../src/signs/addresses/address-pairs.js";

describe("pairs of addresses", () => {
  it("have a number for each direction, from 1 on, by which they are found again", () => {
    const pairs = new AddressPairs(10);
    expect([
      pairs.add("a", "b"),
      pairs.add("b", "a"),
      pairs.add("a", "c"),
      pairs.add("a", "b"),
    ]).to.deep.equal([1, 2, 3, 1]);
    const asked = [pairs.find("a", "b"), pairs.find("a", "c"), pairs.find("c", "a"), pairs.find("a", "x")];
    expect(asked).to.deep.equal([1, 3, 0, 0]);
  });

  it("tell whom each sender is paired with, in order of appearance", () => {
    const pairs = new AddressPairs(10);
    for (const to of ["d", "b", "c", "b"]) pairs.add("a", to);
    pairs.add("b", "a");
    expect(pairs.receiversOf("a")).to.deep.equal(["d", "b", "c"]);
    expect(["a", "b", "c", "x"].map((from) => pairs.countReceivers(from))).to.deep.equal([3, 1, 0, 0]);
    expect([pairs.receiversOf("c"), pairs.receiversOf("x")]).to.deep.equal([[], []]);
    expect(pairs.senders()).to.deep.equal(["a", "b"]);
  });

  it("are found again in whatever order they are asked for", () => {
    const pairs = new AddressPairs();
    const all = [..."abcd"].flatMap((from) => [..."xyz"].map((to) => [from, to] as const));
    const numbers = all.map(([from, to]) => pairs.add(from, to));
    expect(new Set(numbers).size).to.equal(12);
    for (const first of all)
      for (const second of all)
        for (const [from, to] of [first, second, first, second, second])
          expect(pairs.find(from, to)).to.equal(
            numbers[all.findIndex((each) => each[0] === from && each[1] === to)],
          );
  });

  it("are no more than they may be", () => {
    const pairs = new AddressPairs(2);
    expect([pairs.add("a", "b"), pairs.add("a", "c"), pairs.add("x", "y")]).to.deep.equal([1, 2, 0]);
    expect([pairs.add("a", "c"), pairs.find("x", "y"), pairs.senders()]).to.deep.equal([2, 0, ["a"]]);
  });

  it("are told apart however many there are", () => {
    const address = fc.integer({ min: 0, max: 60 }).map((number) => `192.0.2.${number}`);
    fc.assert(
      fc.property(fc.array(fc.tuple(address, address), { maxLength: 3000, size: "max" }), (asked) => {
        const pairs = new AddressPairs(10_000);
        const known = new Map<string, number>();
        for (const [from, to] of asked) {
          const key = `${from} ${to}`;
          expect(pairs.find(from, to)).to.equal(known.get(key) ?? 0);
          if (!known.has(key)) known.set(key, known.size + 1);
          expect(pairs.add(from, to)).to.equal(known.get(key));
        }
        const receivers = new Set(asked.filter(([from]) => from === "192.0.2.7").map(([, to]) => to));
        expect(pairs.receiversOf("192.0.2.7")).to.deep.equal([...receivers]);
      }),
      { numRuns: 20 },
    );
  });
});
