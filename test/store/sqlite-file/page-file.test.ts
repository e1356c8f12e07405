import { readFileSync } from "node:fs";
import { expect } from "chai";
import { PageFile, type PageFileOptions } from "../../../src/store/sqlite-file/page-file.js";
import { useScratchFolder } from "../scratch-folder.js";
import { createEmptyDatabase } from "./empty-database.js";

describe("a database that grows by pages", () => {
  const folder = useScratchFolder();

  function createFile(options: PageFileOptions = {}): { file: PageFile; path: string } {
    const path = folder.path("t.db");
    createEmptyDatabase(path, 512, "CREATE TABLE t (a)");
    return { file: new PageFile(path, options), path };
  }

  function fillPage(file: PageFile, octet: number): number {
    const pageNumber = file.allocate();
    file.buffer.fill(octet, file.allocatedAt, file.allocatedAt + 512);
    return pageNumber;
  }

  it("numbers pages on from those SQLite made, and counts them in a header that SQLite trusts", () => {
    const { file, path } = createFile();
    expect([fillPage(file, 7), fillPage(file, 8)]).to.deep.equal([3, 4]);
    file.finish();
    const bytes = readFileSync(path);
    expect(bytes.length).to.equal(4 * 512);
    expect(bytes.readUInt32BE(28), "page count").to.equal(4);
    expect(bytes.readUInt32BE(92), "version-valid-for")
      .to.equal(bytes.readUInt32BE(24))
      .and.to.be.greaterThan(0);
    expect(bytes.readUInt32BE(36), "free pages").to.equal(0);
    expect([bytes[1024], bytes[1536], bytes[2047]]).to.deep.equal([7, 8, 8]);
  });

  it("never gives away the page of the lock byte", () => {
    const { file, path } = createFile({ lockByteAt: 4 * 512 });
    expect([1, 2, 3, 4].map((octet) => fillPage(file, octet))).to.deep.equal([3, 4, 6, 7]);
    file.finish();
    const bytes = readFileSync(path);
    expect(bytes.length).to.equal(7 * 512);
    expect(bytes.subarray(4 * 512, 5 * 512).every((octet) => octet === 0)).to.equal(true);
    expect([bytes[3 * 512], bytes[5 * 512], bytes[6 * 512]]).to.deep.equal([2, 3, 4]);
  });

  it("goes on where a write that took only a part stopped", () => {
    const written = new Map<number, number>();
    const { file } = createFile({
      write: (_fd, bytes, offset, length, position) => {
        const part = Math.min(length, 100);
        for (let at = 0; at < part; at++) written.set(position + at, bytes[offset + at]!);
        return part;
      },
    });
    fillPage(file, 9);
    file.finish();
    for (let at = 1024; at < 1536; at++) expect(written.get(at)).to.equal(9);
  });

  it("writes nothing when nothing was added but the header", () => {
    const { file, path } = createFile();
    file.finish();
    expect(readFileSync(path).length).to.equal(2 * 512);
  });

  it("is written by several in turn, each going on where the one before stopped", () => {
    const { file, path } = createFile({ lockByteAt: 5 * 512 });
    const other = new PageFile(path, { lockByteAt: 5 * 512 });
    expect([fillPage(file, 1), fillPage(file, 2)]).to.deep.equal([3, 4]);
    other.takeOver(file.handOver());
    expect([fillPage(other, 3), fillPage(other, 4)], "but for the lock byte's page").to.deep.equal([5, 7]);
    file.takeOver(other.handOver());
    expect(fillPage(file, 5)).to.equal(8);
    other.close();
    file.finish();
    const bytes = readFileSync(path);
    expect(bytes.readUInt32BE(28), "page count").to.equal(8);
    const firstOctets = [3, 4, 5, 6, 7, 8].map((page) => bytes[(page - 1) * 512]);
    expect(firstOctets).to.deep.equal([1, 2, 3, 0, 4, 5]);
  });

  it("is not taken over while pages are buffered that would be lost", () => {
    const { file } = createFile();
    fillPage(file, 1);
    expect(() => file.takeOver(10)).to.throw("not handed over");
    file.close();
  });
});
