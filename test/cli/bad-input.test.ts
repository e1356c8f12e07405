import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect } from "chai";
import { analyze } from "../../src/analyze.js";
import { openDatabase } from "../../src/store/open-database.js";
import { useScratchFolder } from "../store/scratch-folder.js";
import { concatBytes, pcapFile } from "../support/capture-bytes.js";
import { Mounts, skipBecause } from "../support/mounts.js";
import { type CliOptions, type CliResult, runCli } from "../support/run-cli.js";
import { HEALTHY, HUNG, PCAP_HEADER_BYTES, RECORD_HEADER_BYTES } from "../support/small-captures.js";

/** LINKTYPE_USB_LINUX: never holds IP. https://www.tcpdump.org/linktypes.html */
const LINKTYPE_USB_LINUX = 189;
/** Place of the snaplen in a pcap header, and of the captured length in a record's. draft-ietf-opsawg-pcap, section 4. */
const SNAPLEN_AT = 16;
const CAPTURED_LENGTH_AT = 8;

/** The file with the 32-bit number at `at` replaced. */
function withNumber(file: Uint8Array, at: number, value: number): Uint8Array {
  const changed = file.slice();
  new DataView(changed.buffer).setUint32(at, value, true);
  return changed;
}

describe("input that cannot be analysed", () => {
  const folder = useScratchFolder();
  const run = (args: readonly string[], options: Partial<CliOptions> = {}): Promise<CliResult> =>
    runCli(args, { folder: folder.path("."), ...options });

  beforeEach(async () => {
    writeFileSync(folder.path("earlier.pcap"), HEALTHY);
    await analyze({ paths: [folder.path("earlier.pcap")], database: folder.path("tcptrace.db") });
  });

  /** Exit code 2, nothing on stdout, one sentence on stderr, no file more than before, and the database as it was. */
  async function expectRefusal(args: readonly string[], sentence: RegExp, options: Partial<CliOptions> = {}) {
    const files = readdirSync(folder.path("."));
    const database = readFileSync(folder.path("tcptrace.db"));
    const result = await run(args, options);
    expect(result).to.include({ stdout: "", exitCode: 2, signal: null });
    expect(result.stderr)
      .to.match(/^tcptrace-analyze: [^\n]+\.\n$/)
      .and.match(sentence);
    expect(readdirSync(folder.path("."))).to.deep.equal(files);
    expect(readFileSync(folder.path("tcptrace.db")).equals(database)).to.equal(true);
  }

  it("is refused when it does not exist", async () => {
    await expectRefusal(["no-such\u001b[2J.pcap"], /no-such\?\[2J\.pcap does not exist\./);
  });

  it("is refused when it is a folder without captures", async () => {
    mkdirSync(folder.path("captures"));
    writeFileSync(folder.path("captures/README"), "no capture");
    await expectRefusal(["captures"], /captures holds no captures\./);
  });

  it("is refused when it is something else", async () => {
    writeFileSync(folder.path("page.pcap"), "<!doctype html><p>404 Not Found</p>");
    await expectRefusal(["page.pcap"], /page\.pcap is not a capture/);
  });

  it("is refused when it is empty", async () => {
    writeFileSync(folder.path("empty.pcap"), "");
    await expectRefusal(["empty.pcap"], /empty\.pcap is empty\./);
  });

  it("is refused when its link type is none that can be decoded", async () => {
    const frame = { timeNs: 0, bytes: new Uint8Array(64) };
    writeFileSync(folder.path("usb.pcap"), pcapFile([frame], { linkType: LINKTYPE_USB_LINUX }));
    await expectRefusal(["usb.pcap"], /usb\.pcap has the link type .*\(189\)/);
  });

  it("is refused when an option, rule or configuration is wrong, before anything is read", async () => {
    await expectRefusal(["--rule", "no-such-rule=off", "earlier.pcap"], /no rule "no-such-rule"/);
    await expectRefusal(["--timeline", "some", "earlier.pcap"], /Allowed choices are all, flagged, none/);
    writeFileSync(folder.path("tcptrace.config.json"), '{\n"failOn": error}');
    await expectRefusal(["earlier.pcap"], /tcptrace\.config\.json is invalid: line 2 is not JSON/);
  });
});

describe("a damaged capture", () => {
  const folder = useScratchFolder();
  const FIRST_RECORD = PCAP_HEADER_BYTES;

  /** Analysed as far as it goes: the damage is told, what was before it counts, and is no error. */
  async function expectDamage(capture: Uint8Array, frames: number, damage: RegExp): Promise<void> {
    writeFileSync(folder.path("damaged.pcap"), capture);
    const result = await runCli(["--format", "json", "damaged.pcap"], { folder: folder.path(".") });
    expect(result.stderr).to.equal("");
    const report: unknown = JSON.parse(result.stdout);
    expect(report).to.have.nested.property("captures[0].frames", frames);
    expect(report).to.have.nested.property("captures[0].damage").that.matches(damage);
    expect(result.exitCode).to.equal(0);
    const database = openDatabase(folder.path("tcptrace.db"));
    const stored = database.selectAll("SELECT count(*) AS segments FROM segments");
    database.close();
    expect(stored).to.deep.equal([{ segments: frames }]);
  }

  it("is analysed up to the cut when it ends in mid-record", async () => {
    await expectDamage(HUNG.subarray(0, HUNG.length - 3), 7, /ends in the middle of frame 8/);
  });

  it("is analysed up to a record that is longer than the file", async () => {
    const extra = withNumber(
      HUNG.slice(FIRST_RECORD, FIRST_RECORD + RECORD_HEADER_BYTES),
      CAPTURED_LENGTH_AT,
      2e9,
    );
    await expectDamage(concatBytes([HUNG, extra]), 8, /frame 9/);
  });
});

describe("a snaplen of 4 GB in a header", () => {
  const folder = useScratchFolder();

  it("is not believed: the capture is analysed like any other", async () => {
    writeFileSync(folder.path("large.pcap"), withNumber(HUNG, SNAPLEN_AT, 0xffff_ffff));
    const result = await runCli(["--fail-on", "warning", "large.pcap"], { folder: folder.path(".") });
    expect(result.stdout).to.contain("syn-ack-after-data");
    expect(result).to.include({ stderr: "", exitCode: 1 });
  });
});

describe("a database that cannot be written", () => {
  const mounts = new Mounts();
  // Before the folder is removed, so above it.
  afterEach(() => mounts.undo());
  const folder = useScratchFolder();
  const DISK = "disk";
  beforeEach(() => writeFileSync(folder.path("hung.pcap"), HUNG));

  /** Exit code 2, one sentence, and the file at `path` as it was. */
  async function expectRefusal(path: string, sentence: RegExp): Promise<void> {
    const before = readFileSync(folder.path(path));
    const neighbours = readdirSync(join(folder.path(path), ".."));
    const result = await runCli(["--db", path, "hung.pcap"], { folder: folder.path(".") });
    expect(result).to.include({ stdout: "", exitCode: 2, signal: null });
    expect(result.stderr)
      .to.match(/^tcptrace-analyze: [^\n]+\.\n$/)
      .and.match(sentence);
    expect(readFileSync(folder.path(path)).equals(before)).to.equal(true);
    expect(readdirSync(join(folder.path(path), ".."))).to.deep.equal(neighbours);
  }

  it("since the path is somebody else's file", async () => {
    writeFileSync(folder.path("notes.txt"), "precious");
    await expectRefusal("notes.txt", /notes\.txt is not a tcptrace-analyze database; it was left untouched/);
  });

  it("since a newer version wrote it", async () => {
    await analyze({ paths: [folder.path("hung.pcap")], database: folder.path("newer.db") });
    const database = new Database(folder.path("newer.db"));
    database.pragma("user_version = 99");
    database.close();
    await expectRefusal("newer.db", /newer\.db was written by a newer tcptrace-analyze/);
  });

  it("since the folder is read-only", async function () {
    const refused = mounts.mount(folder.path(DISK), "size=4m");
    if (refused !== null) return skipBecause(this, refused);
    await analyze({ paths: [folder.path("hung.pcap")], database: folder.path("disk/run.db") });
    mounts.makeReadOnly(folder.path(DISK));
    await expectRefusal(
      "disk/run.db",
      /cannot write the database disk\/run\.db: the file system is read-only/,
    );
  });

  it("since the disk is full", async function () {
    await analyze({ paths: [folder.path("hung.pcap")], database: folder.path("run.db") });
    const earlier = readFileSync(folder.path("run.db"));
    const refused = mounts.mount(folder.path(DISK), `size=${earlier.length + 64 * 1024}`);
    if (refused !== null) return skipBecause(this, refused);
    writeFileSync(folder.path("disk/run.db"), earlier);
    await expectRefusal("disk/run.db", /cannot write the database disk\/run\.db: the disk is full/);
  });
});

describe("Ctrl-C, or a terminal that is closed", () => {
  const folder = useScratchFolder();

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    it(`ends an analysis with one sentence, the database as it was (${signal})`, async () => {
      writeFileSync(folder.path("earlier.pcap"), HEALTHY);
      await analyze({ paths: [folder.path("earlier.pcap")], database: folder.path("tcptrace.db") });
      const before = readFileSync(folder.path("tcptrace.db"));
      const records = HUNG.subarray(PCAP_HEADER_BYTES);
      // More than a pipe holds: once it is written, the program is reading. It never ends.
      const beginning = concatBytes([HUNG, ...new Array<Uint8Array>(1000).fill(records)]);
      const result = await runCli(["-"], {
        folder: folder.path("."),
        onStart: (child) => child.stdin?.write(beginning, () => child.kill(signal)),
      });
      expect(result.stderr).to.equal("tcptrace-analyze: Interrupted; tcptrace.db was left as it was.\n");
      expect(result).to.include({ stdout: "", exitCode: 2, signal: null });
      expect(readFileSync(folder.path("tcptrace.db")).equals(before)).to.equal(true);
      expect(readdirSync(folder.path("."))).to.have.members(["earlier.pcap", "tcptrace.db"]);
    });
  }
});
