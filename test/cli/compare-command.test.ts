import { chmodSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { useScratchFolder } from "../store/scratch-folder.js";
import { runCli } from "../support/run-cli.js";
import { HEALTHY } from "../support/small-captures.js";

/** The first columns of what tshark prints. */
const HEADER =
  "frame.number\ttcp.stream\ttcp.srcport\ttcp.dstport\ttcp.seq_raw\ttcp.ack_raw\ttcp.len\ttcp.flags";

describe("the command compare", () => {
  const folder = useScratchFolder();
  const path = process.env["PATH"];

  beforeEach(() => {
    writeFileSync(folder.path("healthy.pcap"), HEALTHY);
    process.env["PATH"] = folder.path(".");
  });

  afterEach(() => {
    process.env["PATH"] = path;
  });

  /** A program that takes tshark's place: `version`, then `rows` and `exitCode` for whatever it is to read. */
  function installTshark(version: string, rows: readonly string[], exitCode = 0, complaint = ""): void {
    const program = [
      "#!/bin/sh",
      `if [ "$1" = --version ]; then echo "TShark (Wireshark) ${version} (Git)."; exit 0; fi`,
      ...rows.map((row) => `printf '%s\\n' '${row}'`),
      `printf '%s\\n' '${complaint}' >&2`,
      `exit ${exitCode}`,
    ];
    writeFileSync(folder.path("tshark"), `${program.join("\n")}\n`);
    chmodSync(folder.path("tshark"), 0o755);
  }

  const run = (...args: readonly string[]) => runCli(["compare", ...args], { folder: folder.path(".") });

  it("names the package when there is no tshark", async () => {
    const result = await run("healthy.pcap");
    expect(result).to.include({ exitCode: 2, stdout: "" });
    expect(result.stderr).to.equal(
      "tcptrace-analyze: There is no tshark to compare with: install the package tshark (on macOS wireshark).\n",
    );
  });

  it("shows the first differing frames with both answers, and exits with 1", async () => {
    installTshark("4.0.17", [HEADER, "3\t0\t1\t2\t3\t4\t5\t0x0010"]);
    const result = await run("--limit", "2", "healthy.pcap");
    expect(result).to.include({ exitCode: 1, stderr: "" });
    expect(result.stdout).to.match(/^healthy\.pcap, compared with tshark 4\.0\.17:\n/);
    expect(result.stdout).to.contain("7 frames differ, here the first 2:\n");
    expect(result.stdout).to.contain("only ours: tshark has no TCP segment in this frame");
    expect(result.stdout).not.to.contain("frame 3 ");
  });

  it("gives the same as JSON", async () => {
    installTshark("4.0.17", [HEADER, "3\t0\t1\t2\t3\t4\t5\t0x0010"]);
    const { stdout, exitCode } = await run("--json", "healthy.pcap");
    const parsed = JSON.parse(stdout);
    expect(exitCode).to.equal(1);
    expect(parsed.tshark).to.equal("4.0.17");
    const [capture] = parsed.captures;
    expect(capture.path).to.equal("healthy.pcap");
    expect(capture.agreement.frames).to.include({ both: 1, onlyOurs: 6, onlyTheirs: 0 });
    expect(capture.differing).to.have.length(7);
    expect(capture.differing[0]).to.deep.equal({ frame: 1, only: "ours" });
    expect(capture.differing[2].differences).to.deep.include({ name: "tcp.len", ours: "-", tshark: "5" });
  });

  it("warns of a tshark whose labels may mean something else", async () => {
    installTshark("4.4.2", [HEADER]);
    const { stderr } = await run("healthy.pcap");
    expect(stderr).to.equal(
      "tcptrace-analyze: this is tshark 4.4.2; the labels are those of tshark 4.0, " +
        "and some changed since: docs/differences.md.\n",
    );
  });

  it("says in one sentence why tshark cannot read a capture, harmless on a terminal", async () => {
    installTshark("4.0.17", [], 2, "tshark: this is \u001b[31mno capture");
    const result = await run("healthy.pcap");
    expect(result).to.include({ exitCode: 2, stdout: "" });
    expect(result.stderr).to.equal(
      "tcptrace-analyze: tshark cannot read healthy.pcap: tshark: this is ?[31mno capture.\n",
    );
  });

  it("takes what tshark could read of a damaged capture", async () => {
    installTshark("4.0.17", [HEADER, "1\t0\t1\t2\t3\t4\t5\t0x0010"], 2, "tshark: it is cut short");
    expect(await run("healthy.pcap")).to.include({ exitCode: 1, stderr: "" });
  });

  for (const [args, sentence] of [
    [["-"], /Standard input cannot be read twice/],
    [["--limit", "many", "healthy.pcap"], /--limit takes a number of frames/],
    [["no-such.pcap"], /no-such\.pcap does not exist\./],
    [[], /missing required argument/],
  ] as const) {
    it(`refuses ${JSON.stringify(args)}`, async () => {
      installTshark("4.0.17", [HEADER]);
      const result = await run(...args);
      expect(result).to.include({ exitCode: 2, stdout: "" });
      expect(result.stderr)
        .to.match(/^tcptrace-analyze: [^\n]+\.\n$/)
        .and.match(sentence);
    });
  }
});
