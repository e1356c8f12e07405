import { expect } from "chai";
import {
  createStatisticsRecord,
  STATISTICS_LAYOUT,
} from "../../../src/flows/statistics/statistics-record.js";

function fieldsOf(cursor: object): string[] {
  return Object.getOwnPropertyNames(Object.getPrototypeOf(cursor)).filter((name) => name !== "constructor");
}

describe("the record of a flow's statistics", () => {
  it("has a place of its own for every field, within its room", () => {
    const guard = 12345;
    const { float64s, move } = STATISTICS_LAYOUT;
    const f64 = new Float64Array(float64s + 2).fill(guard);
    f64.fill(0, 1, float64s + 1);
    const record = createStatisticsRecord();
    move(record, 7, f64, new Uint32Array(f64.buffer), 1);
    const all = [record, record.client, record.server].flatMap((side) =>
      fieldsOf(side).map((name) => ({ side, name })),
    );
    expect(all.length).to.be.greaterThan(150);
    for (const [index, { side, name }] of all.entries()) Reflect.set(side, name, index + 1);
    expect(all.map(({ side, name }) => Reflect.get(side, name))).to.deep.equal(
      all.map((_, index) => index + 1),
    );
    expect([record.id, f64[0], f64.at(-1)]).to.deep.equal([7, guard, guard]);
  });
});
