import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { analyze } from "../src/analyze.js";
import { openDatabase } from "../src/store/open-database.js";

const captures = fileURLToPath(new URL("../captures/", import.meta.url));
const overflow = join(captures, "accept-queue-overflow.pcap");
const PCAP_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;

/** The capture in two files, the second beginning behind frame `frames`, as `tcpdump -C` rotates. */
function rotate(folder: string, path: string, frames: number): string[] {
  const bytes = readFileSync(path);
  let at = PCAP_HEADER_BYTES;
  for (let frame = 0; frame < frames; frame++) at += RECORD_HEADER_BYTES + bytes.readUInt32LE(at + 8);
  const paths = [join(folder, "dump.pcap"), join(folder, "dump.pcap1")];
  writeFileSync(paths[0]!, bytes.subarray(0, at));
  writeFileSync(paths[1]!, Buffer.concat([bytes.subarray(0, PCAP_HEADER_BYTES), bytes.subarray(at)]));
  return paths;
}

/** The package as it is installed: a thread runs built code only. */
async function importBuilt(): Promise<typeof import("../src/index.js")> {
  const packageName = "tcptrace-analyze";
  return import(packageName);
}

describe("analyze", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tcptrace-analyze-test-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const select = (name: string, sql: string): Record<string, unknown>[] => {
    const database = openDatabase(join(folder, name));
    try {
      return database.selectAll(sql);
    } finally {
      database.close();
    }
  };

  it("goes on with a flow across the files of a rotated series, frames keeping their own file's numbers", async () => {
    const cut = 50;
    await analyze({ paths: [overflow], database: join(folder, "whole.db") });
    await analyze({ paths: rotate(folder, overflow, cut), database: join(folder, "rotated.db") });

    const flows =
      "SELECT id, client_addr, client_port, state, history, start_ns, duration_ns, client_bytes FROM flows";
    expect(select("rotated.db", flows)).to.deep.equal(select("whole.db", flows));
    const segments =
      "SELECT flow_id, time_ns, seq, ack, frame + iif(capture_id = 2, 50, 0) AS frame FROM segments";
    expect(select("rotated.db", segments)).to.deep.equal(select("whole.db", segments));
    const evidence =
      "SELECT role, time_ns, frame + iif(capture_id = 2, 50, 0) AS frame FROM evidence ORDER BY time_ns";
    expect(select("rotated.db", evidence)).to.deep.equal(select("whole.db", evidence));
    // The repeat comes a second after the SYN-ACK, so evidence lies on both sides of the cut.
    expect(select("rotated.db", "SELECT DISTINCT capture_id FROM evidence ORDER BY 1")).to.deep.equal([
      { capture_id: 1 },
      { capture_id: 2 },
    ]);
  });

  it("keeps captures that were not taken together apart, though their tuples are equal", async () => {
    const copy = join(folder, "copy.pcap");
    writeFileSync(copy, readFileSync(overflow));
    const one = await analyze({ paths: [overflow], database: ":memory:" });
    const two = await analyze({ paths: [overflow, copy], database: join(folder, "two.db") });
    expect(two.flows).to.equal(2 * one.flows);
    expect(two.findings.map(({ ruleId, flowIds }) => [ruleId, flowIds.length])).to.deep.equal(
      [...one.findings, ...one.findings].map(({ ruleId, flowIds }) => [ruleId, flowIds.length]),
    );
    const [flows] = select("two.db", "SELECT max(id) AS last, count(*) AS number FROM flows");
    expect(flows).to.deep.equal({ last: 2 * one.flows, number: 2 * one.flows });
  });

  it("finds the same whatever the batch size", async () => {
    const findings = async (batchFrames: number) => {
      const report = await analyze({ paths: [overflow], database: ":memory:", batchFrames });
      return report.findings.map(({ message, flowIds, evidence }) => ({ message, flowIds, evidence }));
    };
    const expected = await findings(4096);
    expect(expected).to.have.length(1);
    for (const batchFrames of [1, 2, 3, 64]) expect(await findings(batchFrames)).to.deep.equal(expected);
  });

  it("gives the same database with a thread for decoding as without", async () => {
    const paths = [
      ...rotate(folder, overflow, 50),
      join(captures, "mirrored.pcap"),
      join(captures, "healthy-many.pcap.gz"),
    ];
    const tables = [
      "captures",
      "interfaces",
      "decode_counts",
      "flows",
      "segments",
      "findings",
      "finding_flow_links",
      "evidence",
    ];
    const built = await importBuilt();
    const contents = async (thread: boolean) => {
      const name = `${thread}.db`;
      await built.analyze({ paths, database: join(folder, name), thread, batchFrames: 100 });
      return tables.map((table) => select(name, `SELECT * FROM ${table} ORDER BY 1, 2`));
    };
    expect(await contents(true)).to.deep.equal(await contents(false));
  });

  it("says what is wrong with a file that the decoding thread reads", async () => {
    const text = join(folder, "notes.txt");
    writeFileSync(text, "no capture at all");
    const built = await importBuilt();
    const options = { paths: [text], database: ":memory:", thread: true };
    const failure = await built.analyze(options).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(built.AnalyzeError).and.include({ code: "CAPTURE_UNRECOGNIZED" });
  });

  it("stores the segments of all flows, of flagged flows, or of none; flows and findings always", async () => {
    const count = async (timeline: "all" | "flagged" | "none") => {
      await analyze({ paths: [overflow], database: join(folder, `${timeline}.db`), timeline });
      return select(
        `${timeline}.db`,
        `SELECT (SELECT count(*) FROM segments) AS segments, (SELECT count(DISTINCT flow_id) FROM segments) AS timelines,
          (SELECT count(*) FROM flows) AS flows, (SELECT count(*) FROM finding_flows) AS flagged`,
      )[0]!;
    };
    const all = await count("all");
    const flagged = await count("flagged");
    expect(all["timelines"]).to.equal(all["flows"]);
    expect(flagged).to.include({ flows: all["flows"], flagged: all["flagged"], timelines: all["flagged"] });
    expect(flagged["segments"]).to.be.within(1, Number(all["segments"]) - 1);
    expect(await count("none")).to.include({ flows: all["flows"], flagged: all["flagged"], segments: 0 });
  });

  it("leaves no file behind with :memory:, and none but the database otherwise", async () => {
    const before = process.cwd();
    process.chdir(folder);
    try {
      await analyze({ paths: [overflow], database: ":memory:" });
      await analyze({ paths: [overflow], database: "run.db" });
    } finally {
      process.chdir(before);
    }
    expect(readdirSync(folder)).to.deep.equal(["run.db"]);
  });
});
