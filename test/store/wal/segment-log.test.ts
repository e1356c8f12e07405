import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  copyFileSync,
  existsSync,
  ftruncateSync,
  openSync,
  statSync,
  symlinkSync,
  writeSync,
} from "node:fs";
import { createRequire } from "node:module";
import Database from "better-sqlite3";
import { expect } from "chai";
import fc from "fast-check";
import { AnalyzeError } from "../../../src/errors.js";
import { createDatabase } from "../../../src/store/create-database.js";
import { SegmentBuffer } from "../../../src/store/live/segment-buffer.js";
import { SegmentLog } from "../../../src/store/live/segment-log.js";
import { useScratchFolder } from "../scratch-folder.js";
import { segmentsOf } from "./sample-segments.js";

const DRIVER = createRequire(import.meta.url).resolve("better-sqlite3");
/** Small pages make deep trees of few rows. */
const PAGE_BYTES = 512;
/** A block of the log's index knows so many frames, the first one fewer. */
const BLOCK_FRAMES = 4096;

/** A database in WAL mode, who writes segments to it, and what it should hold: the flow of each row, by id. */
class Scene {
  readonly path: string;
  readonly database: Database.Database;
  /** Called before each BEGIN of the log's. */
  beforeBegin = (): void => {};
  readonly #log: SegmentLog;
  readonly #buffer: SegmentBuffer;
  readonly #rows = new Map<number, number>();
  #lastId = 0;

  /** `name`: what it is opened by. `pageBytes`: of the database where there is one. */
  constructor(path: string, name = path, pageBytes = PAGE_BYTES) {
    this.path = path;
    this.#buffer = new SegmentBuffer(pageBytes);
    if (!existsSync(path)) createDatabase(path, pageBytes);
    this.database = new Database(name);
    this.database.pragma("journal_mode = WAL");
    this.database.pragma("synchronous = OFF");
    this.database.pragma("foreign_keys = OFF");
    this.database.pragma("wal_autocheckpoint = 0");
    this.database.exec("CREATE TABLE other (id INTEGER PRIMARY KEY, text TEXT)");
    this.#log = new SegmentLog(
      this.database,
      {
        wait: (work) => {
          this.beforeBegin();
          work();
        },
      },
      "live.db",
    );
  }

  append(flows: readonly number[]): void {
    const before = this.#lastId;
    this.#lastId = this.#buffer.append(segmentsOf(flows), 1, this.#lastId);
    for (const [row, flow] of flows.entries()) this.#rows.set(before + row + 1, flow);
  }

  store(): void {
    if (!this.#buffer.isEmpty) this.#log.append(this.#buffer);
  }

  /** A transaction of SQLite's on the same connection. */
  write(sql: string): void {
    this.database.exec("BEGIN IMMEDIATE");
    this.#log.noteTransaction();
    this.database.exec(sql);
    this.database.exec("COMMIT");
  }

  /** The same for segments: the oldest leave. */
  deleteUntil(id: number): void {
    this.write(`DELETE FROM segments WHERE id <= ${id}`);
    this.#log.forget();
    this.noteDeleted(id);
  }

  noteDeleted(until: number): void {
    for (const id of this.#rows.keys()) if (id <= until) this.#rows.delete(id);
  }

  /** Another connection, of this or another program. */
  elsewhere(work: (database: Database.Database) => void): void {
    const other = new Database(this.path);
    other.pragma("foreign_keys = OFF");
    try {
      work(other);
    } finally {
      other.close();
    }
  }

  check(database = this.database): void {
    expect(database.pragma("integrity_check", { simple: true })).to.equal("ok");
    const rows = database.prepare("SELECT id, flow_id FROM segments ORDER BY id").raw().all();
    expect(rows).to.deep.equal([...this.#rows]);
    const byFlow =
      "SELECT id FROM segments INDEXED BY segments_flow_id WHERE flow_id >= 0 ORDER BY flow_id, id";
    const sorted = [...this.#rows].sort(([a, flowA], [b, flowB]) => flowA - flowB || a - b);
    expect(database.prepare(byFlow).pluck().all()).to.deep.equal(sorted.map(([id]) => id));
  }

  get lastId(): number {
    return this.#lastId;
  }

  close(): void {
    this.database.close();
    this.#log.close();
  }
}

describe("segments written to the write-ahead log", () => {
  const scratch = useScratchFolder();
  const scenes: Scene[] = [];

  afterEach(() => {
    for (const scene of scenes.splice(0)) scene.close();
  });

  function begin(name = "live.db"): Scene {
    const scene = new Scene(scratch.path(name));
    scenes.push(scene);
    return scene;
  }

  it("are rows of a sound table with a sound index, whatever else is written in between", () => {
    const flows = fc.record({
      base: fc.constantFrom(0, 1, 100, 40_000, 2 ** 32 - 70),
      steps: fc.array(fc.nat({ max: 63 }), { minLength: 1, maxLength: 60 }),
      times: fc.constantFrom(1, 1, 2, 12),
    });
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ segments: flows }) },
      { weight: 1, arbitrary: fc.record({ text: fc.nat({ max: 6000 }) }) },
      { weight: 1, arbitrary: fc.constantFrom("delete", "elsewhere-delete", "elsewhere-write", "vacuum") },
      { weight: 1, arbitrary: fc.constantFrom("PASSIVE", "RESTART", "TRUNCATE") },
    );
    let run = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        const scene = new Scene(scratch.path(`live-${run++}.db`));
        const half = () => Math.floor(scene.lastId / 2);
        for (const each of steps) {
          if (each === "delete") scene.deleteUntil(half());
          else if (each === "elsewhere-delete") {
            scene.elsewhere((other) => other.exec(`DELETE FROM segments WHERE id <= ${half()}`));
            scene.noteDeleted(half());
          } else if (each === "elsewhere-write") {
            scene.elsewhere((other) => other.exec("INSERT INTO other(text) VALUES (hex(zeroblob(3000)))"));
          } else if (each === "vacuum") scene.elsewhere((other) => other.exec("VACUUM"));
          else if (typeof each === "string")
            scene.elsewhere((other) => other.pragma(`wal_checkpoint(${each})`));
          else if ("text" in each) {
            scene.write(
              `DELETE FROM other WHERE id % 2 = 0; INSERT INTO other(text) VALUES (hex(zeroblob(${each.text})))`,
            );
          } else {
            const { base, steps: offsets, times } = each.segments;
            for (let time = 0; time < times; time++) scene.append(offsets.map((offset) => base + offset));
            scene.store();
          }
        }
        scene.check();
        scene.close();
      }),
      { numRuns: 60 },
    );
  });

  it("fill the last leaf first: little that comes often takes little room", () => {
    const scene = begin();
    const countPages = (): number => Number(scene.database.pragma("page_count", { simple: true }));
    const before = countPages();
    for (let round = 0; round < 400; round++) {
      scene.append([round % 7]);
      scene.store();
    }
    scene.check();
    // A leaf for each would be 400 pages.
    expect(countPages() - before).to.be.lessThan(120);
  });

  it("come as many at once as make interior pages of several levels", () => {
    const scene = begin();
    scene.append(Array.from({ length: 30_000 }, (_, row) => row % 997));
    scene.store();
    scene.check();
    scene.append(Array.from({ length: 30_000 }, (_, row) => (row * 31) % 2003));
    scene.store();
    scene.check();
  });

  it("take as many pages as they need, whatever their number", () => {
    const scene = begin();
    // First leaves of one page and more, then interior pages.
    for (let count = 1; count <= 12_000; count += count < 400 ? 1 : 101) {
      scene.append(Array.from({ length: count }, (_, row) => row));
      scene.store();
      scene.check();
      scene.deleteUntil(scene.lastId);
    }
  });

  it("leave the page out that SQLite locks", () => {
    const path = scratch.path("large.db");
    createDatabase(path, 8192);
    const lockPage = 2 ** 30 / 8192 + 1;
    // A file with holes; the scene's own table takes one page more.
    const pages = lockPage - 3;
    const header = new Uint8Array(4);
    new DataView(header.buffer).setUint32(0, pages);
    const file = openSync(path, "r+");
    writeSync(file, header, 0, 4, 28);
    ftruncateSync(file, pages * 8192);
    closeSync(file);
    const scene = new Scene(path, path, 8192);
    scenes.push(scene);
    scene.append(Array.from({ length: 1000 }, (_, row) => row % 9));
    scene.store();
    const rows = scene.database.prepare("SELECT count(*) FROM segments WHERE flow_id = 8").pluck();
    expect(rows.get()).to.equal(111);
    const leaves = scene.database.prepare("SELECT pageno FROM dbstat WHERE name = 'segments'").pluck().all();
    expect(leaves)
      .to.include(lockPage - 1)
      .and.to.include(lockPage + 1);
    expect(leaves).to.not.include(lockPage);
  });

  it("wait for a log with frames when another program has emptied it", () => {
    const scene = begin();
    scene.append([1, 2]);
    scene.store();
    scene.append([3]);
    let begins = 0;
    // Between the transaction that begins the log anew and ours.
    scene.beforeBegin = () => {
      if (++begins === 2) scene.elsewhere((other) => other.pragma("wal_checkpoint(TRUNCATE)"));
    };
    scene.store();
    expect(begins).to.equal(4);
    scene.check();
  });

  it("take no notice of what a writer left that was killed", async () => {
    const scene = begin();
    scene.append(Array.from({ length: 3000 }, (_, row) => row % 100));
    scene.store();
    // What does not fit in its cache goes to the log before it is committed.
    const writer = `
      const Database = require(${JSON.stringify(DRIVER)});
      const database = new Database(${JSON.stringify(scene.path)});
      database.pragma("foreign_keys = OFF");
      database.pragma("cache_size = 5");
      database.exec("BEGIN IMMEDIATE; UPDATE segments SET flow_id = 7, ttl = 3");
      process.kill(process.pid, "SIGKILL");`;
    const before = statSync(`${scene.path}-wal`).size;
    const child = spawn(process.execPath, ["-e", writer], { stdio: "inherit" });
    const [, signal] = await once(child, "exit");
    expect(signal).to.equal("SIGKILL");
    expect(statSync(`${scene.path}-wal`).size).to.be.greaterThan(before * 1.5);
    for (let round = 0; round < 3; round++) {
      scene.append(Array.from({ length: 300 }, (_, row) => row % 100));
      scene.store();
    }
    scene.check();
    scene.elsewhere((other) => scene.check(other));
  });

  it("are found through every block of the log's index", () => {
    const scene = begin();
    for (let round = 0; round < 30; round++) {
      scene.append(Array.from({ length: 3000 }, (_, row) => (row * 7 + round) % 1500));
      scene.store();
      scene.write("INSERT INTO other(text) VALUES ('so that SQLite writes frames behind these')");
    }
    expect(statSync(`${scene.path}-wal`).size / (PAGE_BYTES + 24)).to.be.greaterThan(2 * BLOCK_FRAMES);
    scene.check();
    scene.elsewhere((other) => scene.check(other));
  });

  it("survive with the log alone: its frames add up", () => {
    const scene = begin();
    for (let round = 0; round < 5; round++) {
      scene.append(Array.from({ length: 500 }, (_, row) => row % 90));
      scene.store();
      scene.write("INSERT INTO other(text) VALUES ('in between')");
    }
    for (const suffix of ["", "-wal"])
      copyFileSync(`${scene.path}${suffix}`, scratch.path(`copy.db${suffix}`));
    const copy = new Database(scratch.path("copy.db"));
    try {
      scene.check(copy);
      expect(copy.prepare("SELECT count(*) FROM other").pluck().get()).to.equal(5);
    } finally {
      copy.close();
    }
  });

  it("are not seen by a reader that began before, and cannot be overwritten while it reads", () => {
    const scene = begin();
    scene.append([1, 2, 3]);
    scene.store();
    scene.elsewhere((reader) => {
      reader.exec("BEGIN");
      const count = reader.prepare("SELECT count(*) FROM segments").pluck();
      expect(count.get()).to.equal(3);
      for (let round = 0; round < 20; round++) {
        scene.append(Array.from({ length: 200 }, (_, row) => row));
        scene.store();
        scene.elsewhere((other) => other.pragma("wal_checkpoint(PASSIVE)"));
        expect(count.get()).to.equal(3);
      }
      expect(reader.pragma("integrity_check", { simple: true })).to.equal("ok");
      reader.exec("COMMIT");
      expect(count.get()).to.equal(4003);
    });
    scene.check();
  });

  const FOREIGN_CHANGES = {
    "has another index": "CREATE INDEX of_time ON segments(time_ns)",
    "has its index on something else":
      "DROP INDEX segments_flow_id; CREATE INDEX segments_flow_id ON segments(time_ns)",
    "has a trigger":
      "CREATE TRIGGER each AFTER INSERT ON segments BEGIN INSERT INTO other(text) VALUES ('one'); END",
    "has another name": "ALTER TABLE segments RENAME TO kept",
    "vacuums itself": "PRAGMA auto_vacuum = FULL; VACUUM",
    "has rows with their ids":
      "INSERT INTO segments(id, flow_id, capture_id, frame, time_ns, sender, flags, seq, length, window, ttl, is_copy, analysis) VALUES (70, 1, 1, 1, 1, 'client', 2, 0, 0, 0, 64, 0, 0)",
  };
  for (const [what, sql] of Object.entries(FOREIGN_CHANGES)) {
    it(`are refused where another program has made a table of it that ${what}`, () => {
      const scene = begin();
      scene.append([1, 2, 3]);
      scene.store();
      scene.elsewhere((other) => other.exec(sql));
      const count = "SELECT count(*) FROM dbstat WHERE aggregate = TRUE";
      const before = scene.database.prepare(count).pluck().get();
      scene.append([4]);
      expect(() => scene.store()).to.throw(AnalyzeError, "another program has changed its table segments");
      expect(scene.database.inTransaction).to.equal(false);
      expect(scene.database.prepare(count).pluck().get()).to.equal(before);
      expect(scene.database.pragma("integrity_check", { simple: true })).to.equal("ok");
    });
  }

  it("go to the file that a symbolic link names", () => {
    const path = scratch.path("real.db");
    symlinkSync(path, scratch.path("link.db"));
    const scene = new Scene(path, scratch.path("link.db"));
    scenes.push(scene);
    scene.append([1, 2]);
    scene.store();
    scene.check();
  });

  it("are whole transactions for another process that reads all the time", async () => {
    const scene = begin();
    const reader = `
      const Database = require(${JSON.stringify(DRIVER)});
      const database = new Database(${JSON.stringify(scene.path)}, { readonly: true });
      const sum = database.prepare("SELECT count(*) AS rows, ifnull(max(id), 0) AS last FROM segments");
      let turns = 0;
      let changes = 0;
      let before = -1;
      let isEnding = false;
      process.stdin.once("data", () => { isEnding = true; });
      const turn = () => {
        const { rows, last } = sum.get();
        if (rows !== last || rows % 50 !== 0 || rows < before) throw new Error(rows + " rows, last " + last);
        if (rows !== before) changes++;
        before = rows;
        if (++turns % 20 === 0 && database.pragma("integrity_check", { simple: true }) !== "ok") throw new Error("not sound");
        if (isEnding) { console.log(changes); process.exit(0); }
        setImmediate(turn);
      };
      turn();`;
    const child = spawn(process.execPath, ["-e", reader], { stdio: ["pipe", "pipe", "inherit"] });
    let told = "";
    child.stdout.on("data", (text: Buffer) => {
      told += text.toString();
    });
    for (let round = 0; round < 200; round++) {
      scene.append(Array.from({ length: 50 }, (_, row) => (row * 13 + round) % 400));
      scene.store();
      scene.write("INSERT INTO other(text) VALUES ('in between')");
      if (round % 20 === 0) scene.elsewhere((other) => other.pragma("wal_checkpoint(PASSIVE)"));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    child.stdin.end("end");
    const [code] = await once(child, "exit");
    expect(code).to.equal(0);
    // It has seen some of the transactions, one by one.
    expect(Number(told)).to.be.greaterThan(5);
    scene.check();
  });
});
