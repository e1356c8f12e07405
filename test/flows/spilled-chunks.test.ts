import { expect } from "chai";
import fc from "fast-check";
import { SpilledChunks } from "../../src/flows/spilled-chunks.js";

const RECORDS = 64;
const WORDS = 37;
const CHUNK_BYTES = RECORDS * WORDS * 8;

/** A chunk with one of `values` in one of `every` 32-bit words, from word `first` on. */
function chunkOf(values: readonly number[], every: number, first: number): Uint32Array {
  const chunk = new Uint32Array(RECORDS * WORDS * 2);
  for (let at = first, next = 0; at < chunk.length; at += every, next++)
    chunk[at] = values[next % values.length]!;
  return chunk;
}

describe("chunks on disk", () => {
  // The upper half of -0 beside a zero is a value, too.
  const value = fc.oneof(fc.constantFrom(0x80000000, 1, 0xffffffff), fc.nat(0xffffffff));
  const chunk = fc
    .tuple(fc.array(value, { minLength: 1, maxLength: 9 }), fc.integer({ min: 1, max: 90 }), fc.nat(200))
    .map(([values, every, first]) => chunkOf(values, every, first));

  it("come back as they were, whole or record by record, whatever was there before", () => {
    const write = fc.record({ index: fc.nat(3), chunk, isLeft: fc.boolean() });
    fc.assert(
      fc.property(fc.array(write, { minLength: 1, maxLength: 12 }), fc.nat(RECORDS - 1), (writes, record) => {
        const spilled = new SpilledChunks(RECORDS, WORDS);
        const there = new Map<number, Uint32Array>();
        for (const each of writes) {
          spilled.write(each.index, each.chunk);
          there.set(each.index, each.chunk);
          if (each.isLeft) {
            spilled.leave(each.index);
            there.delete(each.index);
          }
          for (const [index, expected] of there) {
            const read = new Uint32Array(expected.length).fill(7);
            spilled.read(index, read);
            expect(read).to.deep.equal(expected);
            const one = new Uint32Array(WORDS * 2).fill(7);
            spilled.readRecord(index, record, one);
            expect(one).to.deep.equal(expected.slice(record * WORDS * 2, (record + 1) * WORDS * 2));
          }
        }
        spilled.close();
      }),
      { numRuns: 50 },
    );
  });

  it("take a quarter or half of the room where most is 0, and all of it where records differ from what a look told", () => {
    const roomOf = (chunk: Uint32Array): number => {
      const spilled = new SpilledChunks(RECORDS, WORDS);
      spilled.write(0, chunk);
      const share = spilled.roomBytes / CHUNK_BYTES;
      const read = new Uint32Array(chunk.length);
      spilled.read(0, read);
      expect(read).to.deep.equal(chunk);
      spilled.close();
      return share;
    };
    expect(roomOf(chunkOf([1], 20, 0))).to.equal(1 / 4);
    expect(roomOf(chunkOf([1], 6, 0))).to.equal(1 / 2);
    expect(roomOf(chunkOf([1], 2, 0))).to.equal(1);
    // Every fourth record is looked at: those are empty, the others full.
    const uneven = chunkOf([1], 1, 0);
    for (let record = 0; record < RECORDS; record += 4)
      uneven.fill(0, record * WORDS * 2, (record + 1) * WORDS * 2);
    expect(roomOf(uneven)).to.equal(1);
  });

  it("give room back that a chunk of another size needed before", () => {
    const spilled = new SpilledChunks(RECORDS, WORDS);
    for (let round = 0; round < 3; round++) {
      spilled.write(round, chunkOf([1], 1, 0));
      spilled.write(round, chunkOf([1], 20, 0));
    }
    expect(spilled.roomBytes).to.equal(CHUNK_BYTES + (3 * CHUNK_BYTES) / 4);
    spilled.close();
  });
});
