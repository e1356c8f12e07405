import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { analyze } from "../src/analyze.js";
import { AnalyzeError } from "../src/errors.js";
import { openDatabase } from "../src/store/open-database.js";
import { parseScript } from "../src/tcp/notation.js";
import { compileScript } from "./support/compile-script.js";

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

/** Frame of evidence: the cut right behind it makes the next file's first frame seem to come before. */
const LAST_DATA_FRAME = 46;

/** The capture of 2003 with a VLAN tag on every frame. */
function writeTagged(folder: string): string {
  const bytes = readFileSync(join(captures, "loopback-2003.pcap"));
  const tag = Buffer.from([0x81, 0x00, 0x00, 20]);
  const parts: Buffer[] = [bytes.subarray(0, PCAP_HEADER_BYTES)];
  for (let at = PCAP_HEADER_BYTES; at < bytes.length; ) {
    const length = bytes.readUInt32LE(at + 8);
    const header = Buffer.from(bytes.subarray(at, at + RECORD_HEADER_BYTES));
    header.writeUInt32LE(length + tag.length, 8);
    header.writeUInt32LE(bytes.readUInt32LE(at + 12) + tag.length, 12);
    const frame = bytes.subarray(at + RECORD_HEADER_BYTES, at + RECORD_HEADER_BYTES + length);
    parts.push(header, frame.subarray(0, 12), tag, frame.subarray(12));
    at += RECORD_HEADER_BYTES + length;
  }
  const path = join(folder, "tagged.pcap");
  writeFileSync(path, Buffer.concat(parts));
  return path;
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

  it("ends a flow in the file of its last packet, though the next begins with a copy of that", async () => {
    const script = parseScript(`
      0         -> P. 1:6(5) ack 1 {id 7}
      +1        -> P. 6:9(3) ack 1 {id 8}
      +0.000003 -> P. 6:9(3) ack 1 {copy}
    `);
    const whole = join(folder, "copied.pcap");
    writeFileSync(whole, compileScript(script, { clientIsn: 1, serverIsn: 1, ipVersion: 4 }).pcap);
    await analyze({ paths: rotate(folder, whole, 2), database: join(folder, "copied.db") });
    expect(
      select("copied.db", "SELECT last_capture_id, last_frame, client_segments, client_copies FROM flows"),
    ).to.deep.equal([{ last_capture_id: 1, last_frame: 2, client_segments: 2, client_copies: 1 }]);
  });

  it("keeps captures that were not taken together apart, though their tuples are equal", async () => {
    const copy = join(folder, "copy.pcap");
    writeFileSync(copy, readFileSync(overflow));
    const one = await analyze({ paths: [overflow], database: ":memory:" });
    const two = await analyze({ paths: [overflow, copy], database: join(folder, "two.db") });
    expect(two.flows).to.equal(2 * one.flows);
    expect(two.findings.map(({ ruleId, flowIds }) => [ruleId, flowIds.length])).to.deep.equal(
      one.findings
        .flatMap((finding) => [finding, finding])
        .map(({ ruleId, flowIds }) => [ruleId, flowIds.length]),
    );
    const [flows] = select("two.db", "SELECT max(id) AS last, count(*) AS number FROM flows");
    expect(flows).to.deep.equal({ last: 2 * one.flows, number: 2 * one.flows });
  });

  it("asks rules that are queries about each capture alone", async () => {
    const found = async (...paths: string[]) =>
      (await analyze({ paths, database: ":memory:" })).findings.map(
        ({ ruleId, message, data }) => `${ruleId}: ${message} ${data["hitFlows"]}`,
      );
    const [one, other] = [join(captures, "reordering.pcap"), join(captures, "loss-recovery.pcap")];
    const apart = [...(await found(one)), ...(await found(other))];
    expect(apart.filter((text) => /^(reordering|loss-rate-high|spurious-retransmission):/.test(text))).to.not
      .be.empty;
    expect(await found(one, other)).to.have.members(apart);
    expect(await found(other, one)).to.have.members(apart);
  });

  it("finds the same whatever the batch size", async () => {
    const findings = async (batchFrames: number) => {
      const report = await analyze({ paths: [overflow], database: ":memory:", batchFrames });
      return report.findings.map(({ message, flowIds, evidence }) => ({ message, flowIds, evidence }));
    };
    const expected = await findings(4096);
    expect(expected).to.have.length(2);
    for (const batchFrames of [1, 2, 3, 64]) expect(await findings(batchFrames)).to.deep.equal(expected);
  });

  it("places evidence in the file that holds its frame, also when files overlap in time", async () => {
    // As if the first frame of the second file had been written late, by another queue: 50 ms before the cut.
    const [, second] = rotate(folder, overflow, LAST_DATA_FRAME);
    const bytes = readFileSync(second!);
    const earlier =
      BigInt(bytes.readUInt32LE(PCAP_HEADER_BYTES)) * 1_000_000_000n +
      BigInt(bytes.readUInt32LE(PCAP_HEADER_BYTES + 4)) -
      50_000_000n;
    bytes.writeUInt32LE(Number(earlier / 1_000_000_000n), PCAP_HEADER_BYTES);
    bytes.writeUInt32LE(Number(earlier % 1_000_000_000n), PCAP_HEADER_BYTES + 4);
    writeFileSync(second!, bytes);
    const report = await analyze({ paths: [folder], database: join(folder, "run.db") });
    expect(report.captures).to.have.length(2);
    for (const { packet, role } of report.findings.flatMap(({ evidence }) => evidence))
      expect(packet, role).not.to.equal(null);
    // Three of the hang, two of the dropped SYNs; and the late frame itself, which capture-clock names.
    expect(select("run.db", "SELECT count(*) AS rows FROM evidence NATURAL JOIN segments")).to.deep.equal([
      { rows: 6 },
    ]);
  });

  it("ends at once when it is interrupted, though the input is silent", async () => {
    const controller = new AbortController();
    const input = new Readable({ read() {} });
    const running = analyze({
      paths: ["-"],
      input,
      database: join(folder, "run.db"),
      signal: controller.signal,
    });
    setTimeout(() => controller.abort(), 20);
    const failure = await running.catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(AnalyzeError).and.include({ code: "INTERRUPTED" });
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it("has nothing to say without captures, and leaves the database alone", async () => {
    const failure = await analyze({ paths: [], database: join(folder, "run.db") }).catch(
      (error: unknown) => error,
    );
    expect(failure).to.be.instanceOf(AnalyzeError).and.include({ code: "USAGE" });
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it("names the server behind an encapsulation as in every other run, and counts its flagged flows", async () => {
    const report = await analyze({ paths: [writeTagged(folder)], database: ":memory:" });
    const [finding] = report.findings;
    expect(finding).to.include({ ruleId: "syn-ack-after-data", subject: "127.0.0.1:8080 (vlan 20)" });
    expect(report.servers[0]).to.include({ server: "127.0.0.1:8080 (vlan 20)", flaggedFlows: 1 });
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
    const temporary = process.env["TMPDIR"];
    process.chdir(folder);
    process.env["TMPDIR"] = folder;
    try {
      await analyze({ paths: [overflow], database: ":memory:" });
      await analyze({ paths: [overflow], database: "run.db" });
    } finally {
      process.chdir(before);
      if (temporary === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = temporary;
    }
    expect(readdirSync(folder)).to.deep.equal(["run.db"]);
  });
});
