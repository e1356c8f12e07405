import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { useScratchFolder } from "../store/scratch-folder.js";
import { runCli } from "../support/run-cli.js";
import { HUNG } from "../support/small-captures.js";

describe("--report FORMAT=FILE", () => {
  const folder = useScratchFolder();
  const run = (...args: readonly string[]) => runCli(args, { folder: folder.path(".") });
  const read = (name: string) => readFileSync(folder.path(name), "utf8");

  beforeEach(() => writeFileSync(folder.path("hung.pcap"), HUNG));

  it("writes any number of reports in one run, beside the text on standard output", async () => {
    const result = await run(
      ...["--report", "json=run.json", "--report", "text=run.txt", "--report", "jsonl=run.jsonl"],
      ...["--fail-on", "warning", "hung.pcap"],
    );
    expect(result).to.include({ stderr: "", exitCode: 1 });
    expect(result.stdout).to.equal(read("run.txt"));
    expect(JSON.parse(read("run.json")).findings).to.have.length(1);
    expect(read("run.jsonl").split("\n")[0]).to.contain('"type":"run"');
    expect(readdirSync(folder.path(".")).sort()).to.deep.equal(
      ["hung.pcap", "run.json", "run.jsonl", "run.txt", "tcptrace.db"].sort(),
    );
  });

  it("writes to standard output for -, in place of the text", async () => {
    const { stdout } = await run("--report", "json=-", "--db", ":memory:", "hung.pcap");
    expect(JSON.parse(stdout)).to.deep.include({ flows: 1, database: null });
  });

  it("says what it could not write, with exit code 2; the database and the other reports are there", async () => {
    const result = await run(
      ...["--report", "json=no/run.json", "--report", "text=.", "--report", "jsonl=run.jsonl"],
      ...["--fail-on", "note", "hung.pcap"],
    );
    expect(result.exitCode).to.equal(2);
    expect(result.stderr).to.equal(
      "tcptrace-analyze: cannot write the json report no/run.json: the folder does not exist; " +
        "cannot write the text report .: it is a folder.\n",
    );
    expect(existsSync(folder.path("tcptrace.db"))).to.equal(true);
    expect(read("run.jsonl")).to.contain('"type":"finding"');
  });

  it("appends the Markdown report to the step summary of GitHub Actions", async () => {
    writeFileSync(folder.path("summary.md"), "before\n");
    process.env["GITHUB_STEP_SUMMARY"] = folder.path("summary.md");
    try {
      const { stdout, stderr } = await run("--report", "text=-", "--report", "github=-", "hung.pcap");
      expect(stderr).to.equal("");
      expect(stdout).to.match(/^::stop-commands::([-0-9a-f]{36})\n.*\n::\1::\n::\w+ file=hung\.pcap,/s);
      expect(read("summary.md")).to.match(/^before\n## 1 \w+ found/);
      process.env["GITHUB_STEP_SUMMARY"] = folder.path("no/summary.md");
      const refused = await run("--report", "github=run.txt", "hung.pcap");
      expect(refused.exitCode).to.equal(2);
      expect(refused.stderr).to.contain("no/summary.md: the folder does not exist.");
      expect(read("run.txt")).to.match(/^::/);
    } finally {
      delete process.env["GITHUB_STEP_SUMMARY"];
    }
  });

  it("takes the reports of the configuration, and the command line's instead of them", async () => {
    writeFileSync(folder.path("tcptrace.config.json"), '{"report": ["json=configured.json"]}');
    await run("hung.pcap");
    expect(JSON.parse(read("configured.json")).flows).to.equal(1);
    await run("--report", "json=asked.json", "--config", "tcptrace.config.json", "hung.pcap");
    expect(existsSync(folder.path("asked.json"))).to.equal(true);
  });

  const REFUSALS: readonly (readonly [args: readonly string[], sentence: RegExp])[] = [
    [["--report", "json", "hung.pcap"], /--report takes FORMAT=FILE with one of the formats text, json, /],
    [["--report", "xml=a", "hung.pcap"], /formats .*, not "xml=a"\./],
    [["--report", "json=", "hung.pcap"], /, not "json="\./],
    [["--report", "json=a", "--report", "text=./a", "hung.pcap"], /--report names \S+\/a twice/],
    [["--report", "json=./hung.pcap", "hung.pcap"], /hung\.pcap would overwrite a file that this run needs/],
    [["--report", "json=hung.pcap", "."], /hung\.pcap would overwrite a file that this run needs/],
    [["--report", "json=tcptrace.db", "hung.pcap"], /tcptrace\.db would overwrite a file/],
    [["--report", "json=hung.expect.json", "hung.pcap"], /hung\.expect\.json would overwrite a file/],
    [["--report", "json=hung.expect.json", "."], /hung\.expect\.json would overwrite a file/],
    [["--report", "json=tcptrace.config.json", "hung.pcap"], /tcptrace\.config\.json would overwrite a file/],
    [["--report", "json=own.json", "--config", "own.json", "hung.pcap"], /own\.json would overwrite a file/],
  ];
  for (const [args, sentence] of REFUSALS) {
    it(`refuses ${args.join(" ")}`, async () => {
      writeFileSync(folder.path("own.json"), "{}");
      const result = await run(...args);
      expect(result).to.include({ stdout: "", exitCode: 2 });
      expect(result.stderr)
        .to.match(/^tcptrace-analyze: [^\n]+\.\n$/)
        .and.match(sentence);
      expect(Buffer.compare(readFileSync(folder.path("hung.pcap")), HUNG)).to.equal(0);
    });
  }
});
