import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { type OpenDatabase, openDatabase } from "../../src/store/open-database.js";
import { useScratchFolder } from "../store/scratch-folder.js";
import { integrityOf } from "../store/sqlite-file/empty-database.js";
import { concatBytes } from "../support/capture-bytes.js";
import { Mounts, skipBecause } from "../support/mounts.js";
import { captureOf, HEALTHY, PCAP_HEADER_BYTES } from "../support/small-captures.js";

const captures = fileURLToPath(new URL("../../captures/", import.meta.url));
const PATHS = [
  "accept-queue-overflow.pcap",
  "mirrored.pcap",
  "healthy-many.pcap.gz",
  "loss-recovery.pcap",
  "failed-connects.pcap",
].map((name) => join(captures, name));

/** More repeated segments than stay in reach of a judgement and in a block of memory together. */
const MANY_REPEATS = captureOf(`
  repeat 2000 every 0.01 {
    +0    -> S  0:0(0) <mss 1460,sackOK>
    +.001 <- S. 0:0(0) ack 1 <mss 1460,sackOK>
    +.001 -> .  1:1(0) ack 1
    +0    -> P. 1:6(5) ack 1
    +.3   -> P. 1:6(5) ack 1
    +.6   -> P. 1:6(5) ack 1
    +1.2  -> P. 1:6(5) ack 1
    +2.4  -> P. 1:6(5) ack 1
    +.001 <- .  1:1(0) ack 6 <sack 1:6>
  }`);

type Built = typeof import("../../src/index.js");

/** The package as it is installed: a thread runs built code only. */
async function importBuilt(): Promise<Built> {
  const packageName = "tcptrace-analyze";
  return import(packageName);
}

describe("a thread that decodes and stores segments", () => {
  let built: Built;
  let opened: OpenDatabase | undefined;
  const mounts = new Mounts();
  before(async () => {
    built = await importBuilt();
  });
  // Before the folder is removed, so above it.
  afterEach(() => {
    opened?.close();
    opened = undefined;
    mounts.undo();
  });
  const folder = useScratchFolder();

  type Options = Omit<Parameters<Built["analyze"]>[0], "paths" | "database">;

  async function octets(paths: readonly string[], options: Options): Promise<Buffer> {
    const database = folder.path("run.db");
    await built.analyze({ paths, database, ...options });
    expect(integrityOf(database)).to.equal("ok");
    expect(readdirSync(folder.path(".")).filter((name) => name.startsWith("."))).to.deep.equal([]);
    return readFileSync(database);
  }

  function count(table: string): unknown {
    opened = openDatabase(folder.path("run.db"));
    return opened.selectAll(`SELECT count(*) AS rows FROM ${table}`)[0]?.["rows"];
  }

  for (const timeline of ["all", "flagged", "none"] as const) {
    it(`gives the same octets as the main thread alone, whatever the batch size (${timeline})`, async () => {
      const expected = await octets(PATHS, { timeline, thread: false });
      for (const batchFrames of [1, 100, 8192]) {
        const actual = await octets(PATHS, { timeline, thread: true, batchFrames });
        expect(actual.equals(expected), `batches of ${batchFrames}`).to.equal(true);
      }
      if (timeline === "none") expect(count("segments")).to.equal(0);
      else expect(count("segments")).to.be.greaterThan(0);
    });
  }

  it("lets thousands of repeated segments wait for their turn", async () => {
    writeFileSync(folder.path("repeats.pcap"), MANY_REPEATS);
    const paths = [folder.path("repeats.pcap"), ...PATHS];
    const expected = await octets(paths, { thread: false });
    expect((await octets(paths, { thread: true })).equals(expected)).to.equal(true);
    expect(count("repeated_segments")).to.be.greaterThan(8000);
  });

  /** The error with which the analysis fails, the folder of the database as it was. */
  async function failureOf(paths: readonly string[], database: string, options: Options): Promise<unknown> {
    const before = readdirSync(join(database, ".."));
    const failure = await built
      .analyze({ paths, database, thread: true, ...options })
      .catch((error) => error);
    expect(failure).to.be.instanceOf(built.AnalyzeError);
    expect(readdirSync(join(database, ".."))).to.deep.equal(before);
    return failure;
  }

  it("says what is wrong with a file", async () => {
    const text = folder.path("notes.txt");
    writeFileSync(text, "no capture at all");
    expect(await failureOf([text], folder.path("run.db"), {})).to.include({ code: "CAPTURE_UNRECOGNIZED" });
  });

  it("says that the disk is full, and leaves the earlier database as it was", async function () {
    const refused = mounts.mount(folder.path("disk"), "size=1536k");
    if (refused !== null) return skipBecause(this, refused);
    const database = folder.path("disk/run.db");
    writeFileSync(folder.path("healthy.pcap"), HEALTHY);
    await built.analyze({ paths: [folder.path("healthy.pcap")], database });
    const earlier = readFileSync(database);
    // The segments alone are more than fits; the flows' turn never comes.
    writeFileSync(
      folder.path("long.pcap"),
      concatBytes([HEALTHY, ...new Array<Uint8Array>(4000).fill(HEALTHY.subarray(PCAP_HEADER_BYTES))]),
    );
    expect(await failureOf([folder.path("long.pcap")], database, {})).to.include({
      code: "DATABASE_WRITE",
      message: `cannot write the database ${database}: the disk is full`,
    });
    expect(readFileSync(database).equals(earlier)).to.equal(true);
  });

  it("ends when the run is interrupted, without a trace", async () => {
    writeFileSync(folder.path("repeats.pcap"), MANY_REPEATS);
    mkdirSync(folder.path("databases"));
    const controller = new AbortController();
    const failure = await failureOf([folder.path("repeats.pcap")], folder.path("databases/run.db"), {
      batchFrames: 100,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    expect(failure).to.include({ code: "INTERRUPTED" });
  });
});
