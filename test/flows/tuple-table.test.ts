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

  it("finds what is left after any removals, as a map does", () => {
    const hash = fc.integer({ min: 1, max: 24 });
    const step = fc.record({ hash, removes: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const table = new TupleTable(64);
        const idOf = new Map<number, number>();
        const find = (wanted: number): { slot: number; id: number } => {
          let slot = table.first(wanted);
          while (table.idAt(slot) !== 0 && table.hashAt(slot) !== wanted) slot = table.next(slot);
          return { slot, id: table.idAt(slot) };
        };
        // Multiples of the table's size meet in one slot.
        for (const [index, { hash: small, removes }] of steps.entries()) {
          const wanted = (small % 3) * 64 + (small % 8) + 1;
          const known = idOf.get(wanted);
          if (removes) {
            expect(table.remove(wanted, known ?? 999)).to.equal(known !== undefined);
            idOf.delete(wanted);
          } else if (known === undefined) {
            table.insert(find(wanted).slot, wanted, index + 1);
            idOf.set(wanted, index + 1);
          }
          for (const [each, id] of idOf) expect(find(each).id).to.equal(id);
        }
      }),
    );
  });
});
