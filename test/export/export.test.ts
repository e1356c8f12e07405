import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { analyze } from "../../src/analyze.js";
import { openCapture } from "../../src/capture/open-capture.js";
import { AnalyzeError } from "../../src/errors.js";
import { chooseFlows } from "../../src/export/choose-flows.js";
import { exportParquet } from "../../src/export/export-parquet.js";
import { exportPcapng } from "../../src/export/export-pcapng.js";
import { exportXplot } from "../../src/export/export-xplot.js";
import { type OpenDatabase, openDatabase } from "../../src/store/open-database.js";
import { parseScript } from "../../src/tcp/notation.js";
import { compileScript } from "../support/compile-script.js";

const SCRIPT = `
  connection 1
  0     -> S  0:0(0) <mss 1460,sackOK,wscale 7>
  +.001 <- S. 0:0(0) ack 1 <mss 1460,sackOK,wscale 7>
  +.001 -> .  1:1(0) ack 1
  connection 2
  +.001 -> S  0:0(0)
  connection 1
  +.001 -> P. 1:6(5) ack 1
  +.001 <- .  1:1(0) ack 6 win 10
  connection 3
  +.001 -> S  0:0(0)
  connection 2
  +.001 <- R. 0:0(0) ack 1`;

/** What is thrown as an AnalyzeError: its code and sentence. */
async function refusal(act: () => unknown): Promise<string> {
  try {
    await act();
  } catch (error) {
    if (error instanceof AnalyzeError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "nothing was refused";
}

describe("an export", () => {
  let folder: string;
  let capture: string;
  let database: OpenDatabase;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "export-"));
    capture = join(folder, "dump.pcap");
    const isns = { clientIsn: 1_000_000, serverIsn: 2_500_000_000, ipVersion: 4 } as const;
    writeFileSync(capture, compileScript(parseScript(SCRIPT), isns).pcap);
    await analyze({ paths: [capture], database: join(folder, "a.db") });
    database = openDatabase(join(folder, "a.db"));
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true });
  });

  it("takes flows by number, range and finding, each once", () => {
    expect(chooseFlows(database, ["3", "1-2", "2"])).to.deep.equal([1, 2, 3]);
  });

  it("refuses flows that are not there, and words that are none", async () => {
    expect(await refusal(() => chooseFlows(database, ["4"]))).to.match(
      /^FLOW_UNKNOWN: .*it has flows 1 to 3/,
    );
    expect(await refusal(() => chooseFlows(database, ["0"]))).to.match(/^FLOW_UNKNOWN/);
    expect(await refusal(() => chooseFlows(database, ["1;DROP"]))).to.match(/^USAGE/);
    expect(await refusal(() => chooseFlows(database, ["1-99999999"]))).to.match(/^USAGE: At most/);
    expect(await refusal(() => chooseFlows(database, [], ["7"]))).to.match(
      /^FLOW_UNKNOWN: There is no finding 7/,
    );
  });

  it("as pcapng has the flows' frames as they were, and no others", async () => {
    const blocks: Uint8Array[] = [];
    expect(await exportPcapng(database, [2], (bytes) => blocks.push(bytes))).to.equal(2);
    const path = join(folder, "flows.pcapng");
    writeFileSync(path, Buffer.concat(blocks));
    const [original, exported] = [await framesOf(capture), await framesOf(path)];
    expect(exported).to.deep.equal([original[3], original[7]]);
  });

  it("as pcapng is refused when the capture is another one by now", async () => {
    writeFileSync(capture, readFileSync(capture).subarray(0, 100));
    expect(await refusal(() => exportPcapng(database, [2], () => {}))).to.match(
      /^EXPORT_SOURCE: .*dump\.pcap is not the file that was analysed/,
    );
  });

  it("as xplot draws each end that sent data, with its peer's window scaled", () => {
    const files = exportXplot(database, [1, 2], join(folder, "graphs"));
    expect(files.map((path) => path.slice(folder.length))).to.deep.equal(["/graphs/flow-1-client.xpl"]);
    const text = readFileSync(files[0]!, "utf8");
    expect(text).to.match(/^timeval unsigned\ntitle\nflow 1: .* ==> .*\n/);
    // The server's last window is 10, shifted by 7, above its acknowledgment of 6.
    expect(text).to.match(/\n1286\n|\s1286\n/);
  });

  it("as Parquet has every row and column of flows, segments and findings", async () => {
    const files = exportParquet(database, null, folder);
    expect(files.map((path) => path.slice(folder.length + 1))).to.deep.equal([
      "flows.parquet",
      "segments.parquet",
      "findings.parquet",
    ]);
    for (const [index, table] of ["flows", "segments", "findings"].entries()) {
      const rows = await parquetReadObjects({ file: await asyncBufferFromFile(files[index]!) });
      const expected = database.selectAll(`SELECT * FROM ${table} ORDER BY id`);
      expect(rows.map(asNumbers)).to.deep.equal(expected);
    }
    expect(readdirSync(folder).filter((name) => name.startsWith("."))).to.deep.equal([]);
  });

  it("as Parquet may be of some flows only", async () => {
    const [flows = "", segments = ""] = exportParquet(database, [2], folder);
    const ids = await parquetReadObjects({ file: await asyncBufferFromFile(flows), columns: ["id"] });
    expect(ids.map(asNumbers)).to.deep.equal([{ id: 2 }]);
    expect((await parquetReadObjects({ file: await asyncBufferFromFile(segments) })).length).to.equal(2);
  });

  it("of packets that were not kept says so", async () => {
    const path = join(folder, "none.db");
    await analyze({ paths: [capture], database: path, timeline: "none" });
    const none = openDatabase(path);
    try {
      expect(await refusal(() => exportPcapng(none, [1], () => {}))).to.match(/^EXPORT_EMPTY: .*not kept/);
      expect(await refusal(() => exportXplot(none, [1], folder))).to.match(/^EXPORT_EMPTY: .*not kept/);
    } finally {
      none.close();
    }
  });

  it("into a folder that cannot be made is refused with a sentence", async () => {
    expect(await refusal(() => exportXplot(database, [1], join(capture, "below")))).to.match(
      /^EXPORT_WRITE: /,
    );
  });
});

function asNumbers(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === "bigint" ? Number(value) : value]),
  );
}

/** Time and octets of each frame. */
async function framesOf(path: string): Promise<[bigint, string][]> {
  const source = await openCapture(path);
  const frames: [bigint, string][] = [];
  for await (const batch of source.batches()) {
    for (let row = 0; row < batch.length; row++) {
      const at = batch.at[row]!;
      const bytes = batch.bytes.subarray(at, at + batch.capturedLength[row]!);
      frames.push([source.originNs! + BigInt(batch.timeNs[row]!), Buffer.from(bytes).toString("hex")]);
    }
  }
  await source.close();
  return frames;
}
