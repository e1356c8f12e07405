import { expect } from "chai";
import { LiveRecords } from "../../../src/store/live/live-records.js";
import { eachRecord } from "../../../src/store/sqlite-file/record-block.js";

/** More than one block holds. */
const MANY = 50_000;

describe("LiveRecords", () => {
  function append(records: LiveRecords, first: number, count: number): void {
    for (let rowid = first; rowid < first + count; rowid++) {
      const at = records.sink.begin(rowid, 1);
      records.sink.bytes.fill(rowid & 0xff, at, at + 10);
      records.sink.end(at + 10);
    }
  }

  function rowids(blocks: readonly Uint8Array[]): number[] {
    const found: number[] = [];
    for (const block of blocks)
      eachRecord(block, (rowid, at, end) => {
        expect(end - at).to.equal(10);
        expect(block[at]).to.equal(rowid & 0xff);
        found.push(rowid);
      });
    return found;
  }

  const range = (first: number, count: number): number[] =>
    Array.from({ length: count }, (_, index) => first + index);

  it("gives what was appended since it was taken last", () => {
    const records = new LiveRecords();
    append(records, 1, MANY);
    const blocks = records.take();
    expect(blocks.length).to.be.greaterThan(1);
    expect(rowids(blocks)).to.deep.equal(range(1, MANY));
    expect(records.take()).to.deep.equal([]);
  });

  it("leaves what was taken as it is while the next is appended and taken", () => {
    const records = new LiveRecords();
    append(records, 1, MANY);
    const first = records.take();
    append(records, 100_000, MANY);
    const second = records.take();
    append(records, 200_000, 10);
    const third = records.take();
    expect(rowids(second)).to.deep.equal(range(100_000, MANY));
    expect(rowids(third)).to.deep.equal(range(200_000, 10));
    expect(third[0]?.buffer).to.equal(first[0]?.buffer);
  });
});
