import { expect } from "chai";
import fc from "fast-check";
import { TupleTable } from "../../src/flows/tuple-table.js";

/** Ids stored under `hash`, as a search meets them. */
function idsOf(table: TupleTable, hash: number): number[] {
  const ids: number[] = [];
  let slot = table.first(hash);
  for (let id = table.idAt(slot); id !== 0; slot = table.next(slot), id = table.idAt(slot)) {
    if (table.hashAt(slot) === hash) ids.push(id);
  }
  return ids;
}

function insert(table: TupleTable, hash: number, id: number): void {
  let slot = table.first(hash);
  while (table.idAt(slot) !== 0) slot = table.next(slot);
  table.insert(slot, hash, id);
}

describe("the tuple table", () => {
  it("finds every flow by its hash after growing, with hashes that meet and that are equal", () => {
    const hash = fc.oneof(fc.constantFrom(1, 3, 7, 0xffffffff), fc.integer({ min: 1, max: 2 ** 32 - 1 }));
    fc.assert(
      fc.property(fc.array(hash, { maxLength: 200 }), (hashes) => {
        const table = new TupleTable(4);
        for (const [index, each] of hashes.entries()) insert(table, each, index + 1);
        for (const each of hashes) {
          const expected = hashes.flatMap((other, index) => (other === each ? [index + 1] : []));
          expect(idsOf(table, each)).to.have.members(expected);
        }
      }),
    );
  });

  it("gives the later flow once a tuple is reused", () => {
    const table = new TupleTable(4);
    table.insert(table.first(9), 9, 1);
    table.replace(table.first(9), 2);
    expect(idsOf(table, 9)).to.deep.equal([2]);
  });
});
