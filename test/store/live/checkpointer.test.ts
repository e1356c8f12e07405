import { existsSync, statSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import Database from "better-sqlite3";
import { expect } from "chai";
import { useScratchFolder } from "../scratch-folder.js";

type Built = typeof import("../../../src/store/live/checkpointer.js");

describe("Checkpointer", function () {
  this.timeout(20_000);
  const scratch = useScratchFolder();

  it("moves what was committed into the database, and leaves no connection behind", async () => {
    const { Checkpointer }: Built = await import(
      // A thread runs built code only.
      new URL("../../../dist/store/live/checkpointer.js", import.meta.url).href
    );
    const path = scratch.path("live.db");
    const writer = new Database(path);
    writer.pragma("journal_mode = WAL");
    writer.pragma("wal_autocheckpoint = 0");
    writer.exec("CREATE TABLE t (a)");
    const checkpointer = new Checkpointer(path);
    writer.exec("INSERT INTO t VALUES (zeroblob(1000000))");
    expect(statSync(path).size).to.be.below(1_000_000);
    checkpointer.ask();
    while (statSync(path).size < 1_000_000) await setTimeout(10);
    checkpointer.close();
    checkpointer.close();
    writer.close();
    expect(existsSync(`${path}-wal`)).to.equal(false);
  });

  it("ends at once when nothing was committed", async () => {
    const { Checkpointer }: Built = await import(
      new URL("../../../dist/store/live/checkpointer.js", import.meta.url).href
    );
    const path = scratch.path("live.db");
    new Database(path).close();
    const checkpointer = new Checkpointer(path);
    checkpointer.close();
    const writer = new Database(path);
    expect(() => writer.exec("BEGIN EXCLUSIVE")).to.not.throw();
    writer.close();
  });
});
