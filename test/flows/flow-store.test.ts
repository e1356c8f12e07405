import { expect } from "chai";
import fc from "fast-check";
import { createFlowCursor, flowLayout, IS_REPLACED, IS_SELF_CONNECT } from "../../src/flows/flow.js";
import { FlowStore } from "../../src/flows/flow-store.js";

const CHUNK_FLOWS = 1024;
const CHUNK_BYTES = CHUNK_FLOWS * flowLayout(1).float64s * 8;
/** Room on disk for a chunk most of whose fields are 0. */
const PACKED_BYTES = CHUNK_BYTES / 4;

/** A store and the cursor that moves over it. */
function openStore(residentBytes?: number) {
  return { store: new FlowStore(1, flowLayout(1), residentBytes), flow: createFlowCursor() };
}

describe("the flow store", () => {
  it("keeps the same fields whether chunks stay in memory or go to disk and come back", () => {
    const FLOWS = 9 * CHUNK_FLOWS;
    const visit = fc.record({
      id: fc.integer({ min: 1, max: FLOWS }),
      amount: fc.integer({ min: 1, max: 99 }),
    });
    fc.assert(
      fc.property(fc.array(visit, { minLength: 1, maxLength: 300 }), (visits) => {
        const resident = openStore();
        const spilling = openStore(1);
        for (const { store, flow } of [resident, spilling]) {
          for (let id = 1; id <= FLOWS; id++) {
            expect(store.create(flow)).to.equal(id);
            flow.startNs = id;
          }
          for (const { id, amount } of visits) {
            store.seek(flow, id);
            flow.server.segments += amount;
            flow.client.nextSeq += amount * 2 ** 40;
          }
        }
        for (const { id } of visits) {
          const [kept, reread] = [resident, spilling].map(({ store, flow }) => {
            store.seek(flow, id);
            return [flow.id, flow.startNs, flow.server.segments, flow.client.nextSeq, flow.client.segments];
          });
          expect(reread).to.deep.equal(kept);
          expect(kept!.slice(0, 2)).to.deep.equal([id, id]);
        }
        resident.store.close();
        spilling.store.close();
      }),
      { numRuns: 10 },
    );
  });

  it("still has every flow when all are visited once more in order, and grows no further", () => {
    const { store, flow } = openStore(1);
    const FLOWS = 200 * CHUNK_FLOWS;
    for (let id = 1; id <= FLOWS; id += CHUNK_FLOWS) {
      for (let next = 0; next < CHUNK_FLOWS; next++) store.create(flow);
      store.seek(flow, id);
      flow.startNs = id;
    }
    store.seek(flow, 1);
    flow.endNs = 7;
    store.beginEnding();
    for (let id = 1; id <= FLOWS; id += CHUNK_FLOWS) {
      store.seek(flow, id);
      expect([flow.startNs, flow.endNs]).to.deep.equal([id, id === 1 ? 7 : 0]);
    }
    expect(store.residentChunks).to.equal(2);
    store.close();
  });

  it("shows and marks a record without its chunk", () => {
    const { store, flow } = openStore(1);
    const FLOWS = 6 * CHUNK_FLOWS;
    for (let id = 1; id <= FLOWS; id++) {
      store.create(flow);
      flow.startNs = id;
      flow.facts = id === CHUNK_FLOWS + 40 ? IS_SELF_CONNECT : 0;
    }
    const facts = (id: number): number => {
      store.glance(flow, id);
      expect([flow.id, flow.startNs]).to.deep.equal([0, id]);
      return flow.facts;
    };
    // Three on disk and one in memory.
    const marked = [CHUNK_FLOWS + 7, CHUNK_FLOWS + 40, CHUNK_FLOWS + 1024, FLOWS];
    expect(marked.map(facts)).to.deep.equal([0, IS_SELF_CONNECT, 0, 0]);
    for (const id of marked) store.mark(id);
    const now = [IS_REPLACED, IS_REPLACED | IS_SELF_CONNECT, IS_REPLACED, IS_REPLACED];
    expect(marked.map(facts)).to.deep.equal(now);
    expect([store.residentChunks, store.spilledBytes]).to.deep.equal([2, 4 * PACKED_BYTES]);
    for (let round = 0; round < 2; round++) {
      for (let id = 1; id <= FLOWS; id++) {
        store.seek(flow, id);
        const isMarked = round === 0 && marked.includes(id);
        expect([flow.startNs, flow.facts]).to.deep.equal([id, isMarked ? now[marked.indexOf(id)] : 0]);
        // Marks that were read are not put on again.
        flow.facts = 0;
      }
    }
    store.close();
  });

  it("gives every new flow fields of 0, in room that another chunk left too", () => {
    const { store, flow } = openStore(1);
    for (let id = 1; id <= 6 * CHUNK_FLOWS; id++) {
      store.create(flow);
      expect(flow.endNs + flow.client.segments + flow.server.nextSeq + flow.history7).to.equal(0);
      flow.endNs = flow.client.segments = flow.server.nextSeq = flow.history7 = 1;
    }
    store.close();
  });

  it("numbers flows from the first id on", () => {
    const store = new FlowStore(500, flowLayout(0));
    const flow = createFlowCursor();
    expect([store.create(flow), store.create(flow), store.count]).to.deep.equal([500, 501, 2]);
    expect(flow.id).to.equal(501);
  });

  it("uses the room of released flows again, also where some of their neighbours stay for ever", () => {
    const { store, flow } = openStore();
    const kept: number[] = [];
    for (let round = 0; round < 40; round++) {
      for (let count = 0; count < CHUNK_FLOWS; count++) {
        const id = store.create(flow);
        expect(flow.endNs + flow.client.segments + flow.server.nextSeq + flow.history7).to.equal(0);
        flow.endNs = flow.server.nextSeq = flow.history7 = id;
        if (count % 100 === 0) kept.push(id);
        else store.release(id);
      }
    }
    expect(store.kept).to.equal(kept.length);
    expect(store.residentChunks).to.equal(1);
    for (const id of kept) {
      store.seek(flow, id);
      expect([flow.endNs, flow.server.nextSeq, flow.history7]).to.deep.equal([id, id, id]);
    }
  });

  it("visits every flow once more in order where slots were used again, too", () => {
    const { store, flow } = openStore(1);
    for (let id = 1; id <= 6 * CHUNK_FLOWS; id++) store.create(flow);
    for (let id = 5 * CHUNK_FLOWS; id > CHUNK_FLOWS; id--) store.release(id);
    for (let count = 0; count < 4 * CHUNK_FLOWS; count++) store.create(flow);
    for (let id = store.nextId(0); id !== null; id = store.nextId(id)) {
      store.seek(flow, id);
      flow.startNs = id;
    }
    store.beginEnding();
    for (let id = store.nextId(0); id !== null; id = store.nextId(id)) {
      store.seek(flow, id);
      expect(flow.startNs).to.equal(id);
    }
    store.close();
  });

  it("needs no more room on disk than for the chunks that are there at one time", () => {
    const { store, flow } = openStore(1);
    for (let round = 0; round < 20; round++) {
      const first = store.firstId + store.count;
      for (let count = 0; count < 4 * CHUNK_FLOWS; count++) store.create(flow);
      store.seek(flow, first);
      flow.startNs = round;
      store.seek(flow, first + CHUNK_FLOWS);
      store.seek(flow, first + 2 * CHUNK_FLOWS);
      store.seek(flow, first);
      expect(flow.startNs).to.equal(round);
      for (let id = first; id < first + 4 * CHUNK_FLOWS; id++) store.release(id);
    }
    expect(store.spilledBytes).to.be.at.most(4 * PACKED_BYTES);
    store.close();
  });
});
