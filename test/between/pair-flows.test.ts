import { expect } from "chai";
import type { ObservedFlow } from "../../src/between/observation.js";
import { pairFlows } from "../../src/between/pair-flows.js";
import { flow } from "./observed.js";

function paired(first: readonly ObservedFlow[], second: readonly ObservedFlow[]) {
  const { pairs, onlyFirst, onlySecond } = pairFlows(first, second);
  return {
    pairs: pairs.map((pair) => [pair.first.id, pair.second.id, ...(pair.isTurned ? ["turned"] : [])]),
    alone: [onlyFirst.map(({ id }) => id), onlySecond.map(({ id }) => id)],
  };
}

describe("connections of two captures", () => {
  it("are the same where their ISNs are, behind address translation too", () => {
    const translated = flow(7, {
      clientIsn: 1000,
      serverIsn: 2000,
      clientAddress: "203.0.113.9",
      clientPort: 5,
    });
    expect(paired([flow(1), flow(2)], [translated])).to.deep.equal({ pairs: [[1, 7]], alone: [[2], []] });
  });

  it("are the same where the SYN-ACK got lost", () => {
    expect(paired([flow(1, { serverIsn: null })], [flow(4, { ...flow(1), id: 4 })]).pairs).to.deep.equal([
      [1, 4],
    ]);
  });

  it("are not the same where one ISN is and the other is not", () => {
    const other = flow(4, { ...flow(1), id: 4, serverIsn: 77, clientPort: 99 });
    expect(paired([flow(1)], [other]).alone).to.deep.equal([[1], [4]]);
  });

  it("are the same once each", () => {
    const again = flow(2, { ...flow(1), id: 2, clientPort: 5 });
    expect(paired([flow(1), again], [flow(9, { ...flow(1), id: 9 })])).to.deep.equal({
      pairs: [[1, 9]],
      alone: [[2], []],
    });
  });

  it("are the same of two with one client ISN where the ports are", () => {
    const alike = [flow(8, { ...flow(1), id: 8, clientPort: 5 }), flow(9, { ...flow(1), id: 9 })];
    expect(paired([flow(1)], alike)).to.deep.equal({ pairs: [[1, 9]], alone: [[], [8]] });
  });

  it("are not the same for one number that a scanner uses with every port", () => {
    const scan = (id: number) => flow(id, { clientIsn: 77, serverIsn: null });
    expect(paired([scan(1), scan(2), scan(3)], [scan(2), scan(3)])).to.deep.equal({
      pairs: [
        [2, 2],
        [3, 3],
      ],
      alone: [[1], []],
    });
    const elsewhere = scan(9);
    expect(paired([scan(1), scan(2)], [elsewhere]).pairs).to.deep.equal([]);
    expect(paired([scan(1)], [scan(8), scan(9)]).pairs).to.deep.equal([]);
  });

  it("without SYN are the same where their ends are, whichever is taken for the client", () => {
    const begun = { clientIsn: null, serverIsn: null };
    const turned = flow(6, {
      ...begun,
      clientAddress: "192.0.2.7",
      clientPort: 80,
      serverAddress: "192.0.2.1",
      serverPort: 40_002,
    });
    expect(
      paired([flow(1, begun), flow(2, begun)], [flow(5, { ...flow(1), ...begun, id: 5 }), turned]),
    ).to.deep.equal({
      pairs: [
        [1, 5],
        [2, 6, "turned"],
      ],
      alone: [[], []],
    });
  });

  it("whose ISNs something changes are the same in order, if there are as many of them", () => {
    const ends = { clientPort: 40_001 };
    const first = [flow(1, ends), flow(2, ends)];
    const second = [
      flow(3, { ...ends, clientIsn: 11, serverIsn: 12 }),
      flow(4, { ...ends, clientIsn: 13, serverIsn: 14 }),
    ];
    expect(paired(first, second).pairs).to.deep.equal([
      [1, 3],
      [2, 4],
    ]);
    expect(paired(first, second.slice(1)).pairs).to.deep.equal([]);
  });
});
