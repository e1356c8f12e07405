import { expect } from "chai";
import { NumbersOfPairs } from "../../../src/signs/addresses/numbers-of-pairs.js";

describe("numbers of pairs", () => {
  it("are 0 until they are set, also of pairs far behind the last that has any", () => {
    const numbers = new NumbersOfPairs(2);
    expect([numbers.at(0, 0), numbers.at(1, 1), numbers.at(40_000, 0)]).to.deep.equal([0, 0, 0]);
    numbers.set(700, 1, 7);
    numbers.set(3, 0, 5);
    const known = [
      numbers.at(700, 1),
      numbers.at(700, 0),
      numbers.at(3, 0),
      numbers.at(2, 0),
      numbers.at(0, 0),
    ];
    expect(known).to.deep.equal([7, 0, 5, 0, 0]);
    expect(numbers.at(701, 0)).to.equal(0);
  });
});
