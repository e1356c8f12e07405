import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect } from "chai";
import { openDatabase } from "../../src/store/open-database.js";
import { Mounts, skipBecause } from "../support/mounts.js";
import { useLiveScene } from "./live-scene.js";

const COULD_NOT_RUN = 2;
const WHILE_DROPPED = "The kernel dropped frames of the capture meanwhile";
/** More connections at once than the smallest buffer holds frames of. */
const MANY = 400;

describe("live, when something goes wrong,", function () {
  this.timeout(60_000);
  const mounts = new Mounts();
  afterEach(() => mounts.undo());
  const scene = useLiveScene();

  it("refuses a database of somebody else and leaves it untouched", async () => {
    writeFileSync(scene().database, "precious");
    const capture = scene().live();
    expect(await capture.exited).to.equal(COULD_NOT_RUN);
    expect(capture.stderr)
      .to.match(/^\S.*live\.db.*\n$/)
      .and.not.match(/\n\s+at /);
    expect(readFileSync(scene().database, "utf8")).to.equal("precious");
  });

  it("names an interface that does not exist", async () => {
    const capture = scene().live("nope0");
    expect(await capture.exited).to.equal(COULD_NOT_RUN);
    expect(capture.stderr).to.match(/There is no interface nope0; tcptrace-analyze live --list/);
  });

  it("ends with a sentence when the disk is full, and leaves a database that opens", async function () {
    const disk = join(scene().folder, "disk");
    const reason = mounts.mount(disk, "size=1m");
    if (reason !== null) skipBecause(this, reason);
    await scene().serve(8080);
    const capture = scene().live("--db", join(disk, "live.db"));
    await capture.until("status");
    scene().connectInALoop(8080, 1000);
    expect(await capture.exited).to.equal(COULD_NOT_RUN);
    expect(capture.stderr).to.match(/cannot write the database .*: the disk is full/);
    expect(capture.stderr).to.not.match(/\n\s+at /);
    const database = openDatabase(join(disk, "live.db"));
    expect(database.selectAll("PRAGMA integrity_check")).to.deep.equal([{ integrity_check: "ok" }]);
    database.close();
  });

  it("names the temporary folder when it is that one whose disk is full", async function () {
    const disk = join(scene().folder, "temporary");
    const reason = mounts.mount(disk, "size=200k");
    if (reason !== null) skipBecause(this, reason);
    await scene().serve(8084);
    const capture = scene().liveBy((...command) => ["env", `TMPDIR=${disk}`, ...command]);
    await capture.until("status");
    for (let client = 0; client < 20; client++) scene().connectInALoop(8084, 200);
    expect(await capture.exited).to.equal(COULD_NOT_RUN);
    expect(capture.stderr).to.match(
      /cannot write the temporary folder \S*temporary: the disk is full; TMPDIR/,
    );
    expect(scene().select("PRAGMA integrity_check")).to.deep.equal([{ integrity_check: "ok" }]);
  });

  it("names a temporary folder that is not there, and leaves an older database as it was", async () => {
    const older = await scene().live("--duration", "500ms").exited;
    expect(older).to.equal(0);
    const before = readFileSync(scene().database);
    const capture = scene().liveBy((...command) => ["env", "TMPDIR=/nonexistent", ...command]);
    expect(await capture.exited).to.equal(COULD_NOT_RUN);
    expect(capture.stderr).to.match(
      /cannot write the temporary folder \/nonexistent: the folder does not exist/,
    );
    expect(readFileSync(scene().database).equals(before)).to.equal(true);
  });

  it("goes on when the interface goes down and comes back, and tells so", async () => {
    await scene().serve(8081);
    const capture = scene().live();
    await capture.until("status");
    scene().network.ip("link", "set", "lo", "down");
    await setTimeout(500);
    scene().network.ip("link", "set", "lo", "up");
    scene().connectInALoop(8081, 3);
    await capture.until("status", ({ flows }) => flows === 3);
    expect(await capture.stop()).to.equal(0);
    const { notes, damage } = await capture.until("summary");
    expect(damage).to.equal(null);
    expect(notes.join()).to.match(/lo went down while it was captured/);
  });

  it("counts what it was too slow for, and is less sure of a finding of that time", async () => {
    const full = await scene().serve(8082, 2);
    await scene().serve(8083);
    const capture = scene().live("--buffer", "64K");
    await capture.until("status");
    full.kill("SIGSTOP");
    scene().connectAndWait(8082, 10);
    const { finding: before } = await capture.until(
      "finding",
      ({ finding }) => finding.confidence === "certain",
    );
    capture.child.kill("SIGSTOP");
    scene().connectAndWait(8083, MANY);
    await setTimeout(3000);
    capture.child.kill("SIGCONT");
    const { elapsedMs } = await capture.until("status", ({ dropped }) => (dropped ?? 0) > 0);
    // Others meet the full queue, so the finding goes on: the first ones may send nothing more for a while.
    scene().connectAndWait(8082, 5);
    await capture.until("status", (status) => status.elapsedMs > elapsedMs + 5000);
    await capture.stop();

    const { status } = await capture.until("summary");
    expect(scene().select("SELECT sum(dropped_by_kernel) AS drops FROM capture_drops")).to.deep.equal([
      { drops: status.dropped },
    ]);
    const rows = scene().select(
      `SELECT confidence, instr(alternatives, '${WHILE_DROPPED}') > 0 AS says_why FROM findings
         WHERE fingerprint = '${before.fingerprint}'`,
    );
    expect(rows).to.deep.equal([{ confidence: "strong", says_why: 1 }]);
  });
});
