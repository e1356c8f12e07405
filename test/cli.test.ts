import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { parseScript } from "../src/tcp/notation.js";
import { useScratchFolder } from "./store/scratch-folder.js";
import { type CliOptions, MAIN, runCli, TSX } from "./support/run-cli.js";
import { HEALTHY, HUNG } from "./support/small-captures.js";

describe("the command line", () => {
  const folder = useScratchFolder();
  const run = (args: readonly string[], options: Partial<CliOptions> = {}) =>
    runCli(args, { folder: folder.path("."), ...options });

  it("explains itself without arguments, with exit code 2, and on request, with 0", async () => {
    const [bare, asked] = await Promise.all([run([]), run(["-h"])]);
    expect(bare).to.include({ stdout: "", exitCode: 2, stderr: asked.stdout });
    expect(asked).to.include({ stderr: "", exitCode: 0 });
    expect(asked.stdout)
      .to.match(/^Usage: tcptrace-analyze /)
      .and.contain("Exit codes:");
  });

  it("analyses a capture, and answers from the database it wrote", async () => {
    writeFileSync(folder.path("hung.pcap"), HUNG);
    const report = await run(["--fail-on", "warning", "hung.pcap"]);
    expect(report).to.include({ stderr: "", exitCode: 1 });
    expect(report.stdout).to.match(/^1 \w+ found: 1 TCP connection in 1 capture\.\n/);
    expect(report.stdout).to.contain("Timelines and findings are in tcptrace.db.");

    const [rows, csv, ladder, flow] = await Promise.all([
      run(["query", "--json", "SELECT rule_id, client, server FROM finding_flows"]),
      run(["query", "--csv", "SELECT frame, note FROM evidence ORDER BY frame"]),
      run(["show", "1"]),
      run(["show", "--json", "1"]),
    ]);
    expect(JSON.parse(rows.stdout)).to.deep.equal([
      { rule_id: "syn-ack-after-data", client: "192.0.2.1:40000", server: "192.0.2.2:80" },
    ]);
    expect(csv.stdout).to.equal("frame,note\r\n2,\r\n4,\r\n6,\r\n");
    const { lines } = parseScript(ladder.stdout);
    expect(lines.map(({ timeNs }) => timeNs / 1e6)).to.deep.equal([0, 1, 2, 2, 102, 1002, 2002, 2003]);
    expect(lines[5]!.comment).to.match(
      /^frame 6 +retransmission +cause syn-ack-timer +syn-ack-after-data\/repeat$/,
    );
    expect(JSON.parse(flow.stdout)).to.have.nested.property("rows[5].frame", 6);
    for (const result of [rows, csv, ladder, flow]) expect(result).to.include({ stderr: "", exitCode: 0 });
  });

  it("says in one sentence what is wrong with a question", async () => {
    writeFileSync(folder.path("healthy.pcap"), HEALTHY);
    const missing = await run(["query", "SELECT 1"]);
    await run(["healthy.pcap"]);
    const answers = await Promise.all([
      run(["query", "SELEC 1"]),
      run(["query", "DELETE FROM flows"]),
      run(["show", "2"]),
      run(["show", "first"]),
      run(["rules", "no-such-rule"]),
      run(["--db", "x", "query", "SELECT 1"]),
      run(["query", "--json", "--csv", "SELECT 1"]),
    ]);
    const sentences = [missing, ...answers].map(({ stderr }) => stderr);
    const expected = [
      /there is no database tcptrace\.db; analyse a capture first/,
      /near "SELEC": syntax error/,
      /only statements that read are allowed/,
      /There is no flow 2 in tcptrace\.db; it has flows 1 to 1\./,
      /A flow is named by its number, such as 17, not "first"\./,
      /There is no rule "no-such-rule"/,
      /--db stands in front of query/,
      /option '--csv' cannot be used with option '--json'/,
    ];
    for (const [index, sentence] of sentences.entries()) {
      expect(sentence)
        .to.match(/^tcptrace-analyze: [^\n]+\.\n$/)
        .and.match(expected[index]!);
    }
    for (const result of [missing, ...answers]) expect(result).to.include({ stdout: "", exitCode: 2 });
  }).timeout(60_000);

  it("reads standard input, and keeps no database when told so", async () => {
    const result = await run(["--db", ":memory:", "--format", "json", "-"], { input: HEALTHY });
    expect(result).to.include({ stderr: "", exitCode: 0 });
    expect(JSON.parse(result.stdout)).to.deep.include({
      flows: 1,
      segments: 7,
      database: null,
      findings: [],
    });
  });

  it("takes the configuration file's word, and the command line's over it", async () => {
    writeFileSync(folder.path("hung.pcap"), HUNG);
    writeFileSync(
      folder.path("tcptrace.config.json"),
      '{"failOn": "note", "db": "other.db", "rules": {"syn-ack-after-data": "off"}}',
    );
    const silent = await run(["hung.pcap"]);
    expect(silent.stdout)
      .to.match(/^Nothing found/)
      .and.contain("are in other.db");
    const loud = await run(["--rule", "syn-ack-after-data=note", "hung.pcap"]);
    expect(loud.exitCode).to.equal(1);
    const flows = await run(["query", "--csv", "SELECT count(*) AS flows FROM flows"]);
    expect(flows.stdout).to.equal("flows\r\n1\r\n");
  });

  it("ends quietly when its reader has enough", async () => {
    const sql = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n) SELECT * FROM n";
    writeFileSync(folder.path("healthy.pcap"), HEALTHY);
    await run(["healthy.pcap"]);
    const endless = await run(["query", "--csv", sql], {
      onStart: (child) => child.stdout?.once("data", () => child.stdout?.destroy()),
    });
    expect(endless).to.include({ stderr: "", exitCode: 0, signal: null });
  });

  it("gives its help to nobody, without a word, when its reader has gone before", async () => {
    const gone = await run(["live", "--help"], { onStart: (child) => child.stdout?.destroy() });
    expect(gone).to.include({ stderr: "", exitCode: 0, signal: null });
  });

  it("says in one sentence that its help cannot be written", async function () {
    if (!existsSync("/dev/full")) this.skip();
    const full = openSync("/dev/full", "w");
    const { stderr, status } = spawnSync(process.execPath, ["--import", TSX, MAIN, "live", "--help"], {
      stdio: ["ignore", full, "pipe"],
      encoding: "utf8",
    });
    closeSync(full);
    expect(stderr).to.equal("tcptrace-analyze: cannot write to standard output: the disk is full.\n");
    expect(status).to.equal(2);
  });
});
