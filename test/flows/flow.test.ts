import { expect } from "chai";
import { createFlowCursor, FLOW_FLOAT64S, moveFlowCursor } from "../../src/flows/flow.js";
import { defineFields, type RecordCursor } from "../../src/flows/record.js";

/** The fields that a cursor has from its prototype. */
function fieldsOf(cursor: object): string[] {
  return Object.getOwnPropertyNames(Object.getPrototypeOf(cursor)).filter((name) => name !== "constructor");
}

describe("the record of a flow", () => {
  it("has a place of its own for every field, within its room", () => {
    const guard = 12345;
    const f64 = new Float64Array(FLOW_FLOAT64S + 2).fill(guard);
    f64.fill(0, 1, FLOW_FLOAT64S + 1);
    const flow = createFlowCursor();
    moveFlowCursor(flow, 7, f64, new Uint32Array(f64.buffer), 1);
    const sides = [flow, flow.client, flow.server];
    const all = sides.flatMap((side) => fieldsOf(side).map((name) => ({ side, name })));
    expect(all.length).to.be.greaterThan(100);
    for (const [index, { side, name }] of all.entries()) Reflect.set(side, name, index + 1);
    expect(all.map(({ side, name }) => Reflect.get(side, name))).to.deep.equal(
      all.map((_, index) => index + 1),
    );
    expect([f64[0], f64.at(-1)]).to.deep.equal([guard, guard]);
  });

  it("keeps times as exact as they come and counters up to 32 bits", () => {
    class Cursor {
      f64 = new Float64Array(2);
      u32 = new Uint32Array(this.f64.buffer);
      at64 = 0;
      at32 = 2;
    }
    defineFields(Cursor.prototype as RecordCursor, ["timeNs"], ["count"]);
    const cursor = new Cursor() as Cursor & { timeNs: number; count: number };
    cursor.timeNs = -(2 ** 53) + 1;
    cursor.count = 2 ** 32 - 1;
    expect([cursor.timeNs, cursor.count]).to.deep.equal([-(2 ** 53) + 1, 2 ** 32 - 1]);
  });
});
