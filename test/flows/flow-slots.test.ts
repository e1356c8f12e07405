import { expect } from "chai";
import fc from "fast-check";
import { FlowSlots } from "../../src/flows/flow-slots.js";

const FIRST_ID = 500;

describe("the slots of flows", () => {
  it("follow from the id as long as no flow is released", () => {
    const slots = new FlowSlots(FIRST_ID);
    expect([slots.take(), slots.take(), slots.take()]).to.deep.equal([0, 1, 2]);
    expect(slots.of(FIRST_ID + 2)).to.equal(2);
    expect([slots.count, slots.kept, slots.nextId(0), slots.nextId(FIRST_ID + 2)]).to.deep.equal([
      3,
      3,
      FIRST_ID,
      null,
    ]);
  });

  it("are never those of two flows that are kept, nor more than flows were kept at one time", () => {
    // An addition takes a slot; a release lets the flow go that is so far along, of those kept.
    const step = fc.oneof(
      fc.record({ takes: fc.integer({ min: 1, max: 3000 }) }),
      fc.record({
        releases: fc.integer({ min: 1, max: 3000 }),
        from: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const slots = new FlowSlots(FIRST_ID);
        const model = new Map<number, number>();
        let most = 0;
        for (const each of steps) {
          if ("takes" in each) {
            for (let count = 0; count < each.takes; count++) model.set(FIRST_ID + slots.count, slots.take());
          } else {
            const ids = [...model.keys()];
            const at = Math.floor(each.from * ids.length);
            for (const id of ids.slice(at, at + each.releases)) {
              slots.release(id);
              model.delete(id);
            }
          }
          most = Math.max(most, model.size);
          expect(new Set(model.values()).size).to.equal(model.size);
          expect(slots.kept).to.equal(model.size);
          expect(slots.slots).to.equal(most);
          const met: number[] = [];
          for (let id = slots.nextId(0); id !== null; id = slots.nextId(id)) met.push(id);
          expect(met).to.deep.equal([...model.keys()]);
          expect([...model].filter(([id, slot]) => slots.of(id) !== slot)).to.deep.equal([]);
          for (let id = FIRST_ID - 1; id <= FIRST_ID + slots.count; id++)
            if (slots.has(id) !== model.has(id)) expect.fail(`has(${id}) is ${slots.has(id)}`);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("are used again in the order in which they became free", () => {
    const slots = new FlowSlots(1);
    for (let count = 0; count < 5; count++) slots.take();
    for (const id of [3, 1, 4]) slots.release(id);
    expect([slots.take(), slots.take(), slots.take(), slots.take()]).to.deep.equal([2, 0, 3, 5]);
  });
});
