import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import Database from "better-sqlite3";
import { expect } from "chai";
import { AnalyzeError, type ErrorCode } from "../../src/errors.js";
import { assertReplaceable } from "../../src/store/assert-replaceable.js";
import { DatabaseWriter } from "../../src/store/database-writer.js";
import { openDatabase } from "../../src/store/open-database.js";
import { captureRow, flowRow, segmentBatch } from "./sample-rows.js";
import { useScratchFolder } from "./scratch-folder.js";

/** The error's sentence, when `action` fails with an AnalyzeError of this code. */
function sentenceOf(code: ErrorCode, action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error, String(error)).to.be.instanceOf(AnalyzeError);
    if (error instanceof AnalyzeError) {
      expect(error.code).to.equal(code);
      expect(error.message).to.not.include("\n");
      return error.message;
    }
  }
  throw new Error("nothing was refused");
}

function writeDatabase(path: string): void {
  const writer = new DatabaseWriter(path);
  writer.appendFlow(flowRow());
  const tables = writer.finishTimelines();
  tables.insert("captures", captureRow());
  tables.commit();
}

describe("a target that must not be written", () => {
  const folder = useScratchFolder();

  const foreignFiles: readonly [string, (path: string) => void][] = [
    ["a text", (path) => writeFileSync(path, "precious notes")],
    ["an empty file", (path) => writeFileSync(path, "")],
    ["a text longer than a header", (path) => writeFileSync(path, "SQLite format 3\0".repeat(100))],
    ["another program's database", (path) => new Database(path).exec("CREATE TABLE precious (a)").close()],
    ["a folder", (path) => mkdirSync(path)],
    ["a pipe", (path) => execFileSync("mkfifo", [path])],
  ];
  for (const [name, make] of foreignFiles) {
    it(`is ${name}: refused before any work, and left as it was`, () => {
      const path = folder.path("t.db");
      make(path);
      const sentence = sentenceOf("DATABASE_FOREIGN", () => new DatabaseWriter(path));
      expect(sentence).to.equal(`${path} is not a tcptrace-analyze database; it was left untouched`);
      expect(readdirSync(folder.path("."))).to.deep.equal(["t.db"]);
    });
  }

  it("is a database of a newer version", () => {
    writeDatabase(folder.path("t.db"));
    const database = new Database(folder.path("t.db"));
    database.pragma("user_version = 99");
    database.close();
    const before = readFileSync(folder.path("t.db"));
    expect(sentenceOf("DATABASE_VERSION", () => new DatabaseWriter(folder.path("t.db")))).to.include(
      "schema 99",
    );
    expect(sentenceOf("DATABASE_VERSION", () => openDatabase(folder.path("t.db")))).to.include("schema 99");
    expect(readFileSync(folder.path("t.db")).equals(before)).to.equal(true);
  });

  it("is in a folder that does not exist", () => {
    const sentence = sentenceOf("DATABASE_WRITE", () => assertReplaceable(folder.path("no/such/t.db")));
    expect(sentence).to.include("the folder does not exist");
  });

  it("is in a folder of a read-only file system", function () {
    // Root may write into read-only folders, but not into /proc.
    if (process.platform !== "linux") this.skip();
    sentenceOf("DATABASE_WRITE", () => new DatabaseWriter("/proc/t.db"));
  });
});

describe("a target that may be written", () => {
  const folder = useScratchFolder();

  it("is a new name, an older database of ours, or :memory:", () => {
    assertReplaceable(folder.path("t.db"));
    writeDatabase(folder.path("t.db"));
    assertReplaceable(folder.path("t.db"));
    assertReplaceable(":memory:");
  });

  it("is what a symbolic link stands for", () => {
    mkdirSync(folder.path("elsewhere"));
    writeDatabase(folder.path("elsewhere/t.db"));
    symlinkSync(folder.path("elsewhere/t.db"), folder.path("link.db"));
    const before = readFileSync(folder.path("elsewhere/t.db"));
    const writer = new DatabaseWriter(folder.path("link.db"));
    writer.finishTimelines().commit();
    expect(readFileSync(folder.path("elsewhere/t.db")).equals(before)).to.equal(false);
    expect(readFileSync(folder.path("link.db")).equals(readFileSync(folder.path("elsewhere/t.db")))).to.equal(
      true,
    );
  });
});

describe("a disk that is full", () => {
  const folder = useScratchFolder();
  const { batch, optionText } = segmentBatch(
    Array.from({ length: 4096 }, (_, row) => ({ frame: row + 1, flags: 16, seq: row, ack: 1 })),
  );

  function noSpace(): never {
    throw Object.assign(new Error("ENOSPC: no space left on device, write"), {
      code: "ENOSPC",
      syscall: "write",
    });
  }

  for (const remaining of [0, 3_000_000]) {
    it(`after ${remaining} octets: one sentence, no leftovers, the older database as it was`, () => {
      writeDatabase(folder.path("t.db"));
      const before = readFileSync(folder.path("t.db"));
      let free = remaining;
      const write = (_fd: number, _bytes: Uint8Array, _offset: number, length: number): number => {
        free -= length;
        return free < 0 ? noSpace() : length;
      };
      const sentence = sentenceOf("DATABASE_WRITE", () => {
        const writer = new DatabaseWriter(folder.path("t.db"), { write });
        for (let round = 0; round < 20; round++) writer.appendSegments(batch, 1, optionText);
        writer.finishTimelines();
      });
      expect(sentence).to.equal(`cannot write the database ${folder.path("t.db")}: the disk is full`);
      expect(readFileSync(folder.path("t.db")).equals(before)).to.equal(true);
      expect(readdirSync(folder.path("."))).to.deep.equal(["t.db"]);
    });
  }

  /** A file system of 2 MB, when this machine lets us mount one. */
  function withSmallDisk(action: (path: string) => void): boolean {
    const mountPoint = folder.path("disk");
    mkdirSync(mountPoint);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", mountPoint], { stdio: "ignore" });
    } catch {
      return false;
    }
    try {
      action(mountPoint);
    } finally {
      execFileSync("umount", [mountPoint]);
    }
    return true;
  }

  it("really is (a small mounted one; skipped without the right to mount): by our own writes", function () {
    const mounted = withSmallDisk((disk) => {
      const sentence = sentenceOf("DATABASE_WRITE", () => {
        const writer = new DatabaseWriter(`${disk}/t.db`);
        for (let round = 0; round < 20; round++) writer.appendSegments(batch, 1, optionText);
        writer.finishTimelines();
      });
      expect(sentence).to.include("the disk is full");
      expect(readdirSync(disk)).to.deep.equal([]);
    });
    if (!mounted) this.skip();
  });

  it("really is (a small mounted one; skipped without the right to mount): by SQLite's writes", function () {
    const mounted = withSmallDisk((disk) => {
      const sentence = sentenceOf("DATABASE_WRITE", () => {
        const tables = new DatabaseWriter(`${disk}/t.db`).finishTimelines();
        for (let id = 1; id <= 3; id++) tables.insert("encapsulations", { id, name: "x".repeat(1e6) });
        tables.commit();
      });
      expect(sentence).to.include("the disk is full");
      expect(readdirSync(disk)).to.deep.equal([]);
    });
    if (!mounted) this.skip();
  });
});

describe("a database to be read", () => {
  const folder = useScratchFolder();

  it("is missing: said so", () => {
    const path = folder.path("t.db");
    expect(sentenceOf("DATABASE_NOT_FOUND", () => openDatabase(path))).to.equal(
      `there is no database ${path}`,
    );
    expect(readdirSync(folder.path("."))).to.deep.equal([]);
  });

  it("is not ours: said so", () => {
    writeFileSync(folder.path("t.db"), "precious notes");
    expect(sentenceOf("DATABASE_FOREIGN", () => openDatabase(folder.path("t.db")))).to.include(
      "left untouched",
    );
    expect(sentenceOf("DATABASE_FOREIGN", () => openDatabase(folder.path(".")))).to.include("left untouched");
  });

  it("is damaged: said so", () => {
    writeDatabase(folder.path("t.db"));
    const bytes = readFileSync(folder.path("t.db"));
    bytes.fill(0xff, 100, 16384);
    writeFileSync(folder.path("t.db"), bytes);
    sentenceOf("DATABASE_FOREIGN", () => {
      const database = openDatabase(folder.path("t.db"));
      try {
        database.selectAll("SELECT * FROM flows");
      } finally {
        database.close();
      }
    });
  });
});
