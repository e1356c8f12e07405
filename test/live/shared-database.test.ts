import Database from "better-sqlite3";
import { expect } from "chai";
import { useLiveScene } from "./live-scene.js";

describe("live, while another program uses the database,", function () {
  this.timeout(60_000);
  const scene = useLiveScene();
  let other: Database.Database | null = null;
  afterEach(() => {
    other?.close();
    other = null;
  });

  function openElsewhere(): Database.Database {
    other = new Database(scene().database);
    return other;
  }

  it("says that it is locked, and writes all that came meanwhile when the lock is gone", async () => {
    await scene().serve(8080);
    const capture = scene().live();
    await capture.until("status");
    const locker = openElsewhere();
    locker.exec("BEGIN IMMEDIATE");
    scene().connectInALoop(8080, 5);
    await capture.until("note", ({ text }) => /has the database locked/.test(text));
    await capture.until("status", ({ flows }) => flows === 5);
    expect(scene().select("SELECT count(*) AS flows FROM flows")).to.deep.equal([{ flows: 0 }]);
    locker.exec("ROLLBACK");
    locker.close();

    expect(await capture.stop()).to.equal(0);
    const { status } = await capture.until("summary");
    expect(scene().select("SELECT count(*) AS segments FROM segments")).to.deep.equal([
      { segments: status.segments },
    ]);
    expect(scene().select("SELECT count(*) AS flows FROM flows")).to.deep.equal([{ flows: 5 }]);
    expect(scene().select("PRAGMA integrity_check")).to.deep.equal([{ integrity_check: "ok" }]);
  });

  it("ends in the middle of a long read, which leaves the log to the reader", async () => {
    await scene().serve(8081);
    const capture = scene().live();
    await capture.until("status");
    const reader = openElsewhere();
    reader.exec("BEGIN; SELECT count(*) FROM segments");
    scene().connectInALoop(8081, 5);
    await capture.until("status", ({ flows }) => flows === 5);

    expect(await capture.stop()).to.equal(0);
    const { notes } = await capture.until("summary");
    expect(notes.join()).to.match(/Another program has the database open: .*live\.db-wal belongs to it/);
    expect(reader.prepare("SELECT count(*) FROM flows").pluck().get()).to.equal(0);
    reader.exec("COMMIT");
    expect(reader.prepare("SELECT count(*) FROM flows").pluck().get()).to.equal(5);
    reader.close();
    expect(scene().select("PRAGMA integrity_check")).to.deep.equal([{ integrity_check: "ok" }]);
    expect(scene().select("SELECT count(*) AS flows FROM flows")).to.deep.equal([{ flows: 5 }]);
  });

  it("does not wait for a lock for ever when it is to end, and says what is missing", async () => {
    const capture = scene().live();
    await capture.until("status");
    openElsewhere().exec("BEGIN IMMEDIATE");

    expect(await capture.stop()).to.equal(2);
    expect(capture.stderr).to.match(/live\.db: another program has kept it locked for \d+ s, and what was/);
    await capture.until("note", ({ text }) => /another interrupt ends that at once/.test(text));
    expect(capture.stderr).to.not.match(/\n\s+at /);
    expect(scene().select("PRAGMA integrity_check")).to.deep.equal([{ integrity_check: "ok" }]);
  });
});
