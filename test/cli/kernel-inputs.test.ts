import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { useScratchFolder } from "../store/scratch-folder.js";
import { type CliResult, runCli } from "../support/run-cli.js";

const watched = fileURLToPath(new URL("../../captures/accept-queue-watched", import.meta.url));

/** Without line breaks, which fall where the width wants them. */
function inOneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}

describe("--counters, --sockets and --routes", () => {
  const folder = useScratchFolder();
  const run = (...args: string[]): Promise<CliResult> =>
    runCli([...args, "--db", ":memory:", `${watched}.pcap`], { folder: folder.path(".") });

  it("are told in the report, which says what the kernel confirms", async () => {
    const { stdout, exitCode } = await run(
      ...["--counters", `${watched}.counters.txt`, "--sockets", `${watched}.sockets.txt`],
      ...["--routes", `${watched}.routes.txt`],
    );
    expect(exitCode).to.equal(1);
    expect(stdout)
      .to.match(/syn-ack-after-data {2}\(certain/)
      .and.match(/^Kernel$/m);
    expect(inOneLine(stdout))
      .to.match(
        /Full: the accept queue of 10\.77\.0\.2:8080 \(listener\[\d+\]\) in \d+ of \d+ samples, 5 waiting at most, backlog 4/,
      )
      .and.contain("(ip monitor) 5 route changes from 2026-");
  });

  const refusals: readonly [string, string[], RegExp][] = [
    ["text that holds no counters", ["--counters", "prose.txt"], /prose\.txt holds no counters/],
    ["text that holds no sockets", ["--sockets", "prose.txt"], /prose\.txt holds no TCP sockets/],
    ["text that holds no routes", ["--routes", "prose.txt"], /prose\.txt holds no route changes/],
    ["what does not exist", ["--counters", "no-such.txt"], /no-such\.txt does not exist/],
    ["a folder", ["--counters", "."], /cannot be read/],
    ["an offset that is no number", ["--clock-offset", "soon"], /takes a number of seconds/],
    ["an offset of no clock", ["--clock-offset", "1e12"], /A clock offset is a number of seconds/],
  ];
  for (const [what, args, sentence] of refusals) {
    it(`refuse in one sentence ${what}`, async () => {
      writeFileSync(folder.path("prose.txt"), "Chapter 12\nIt was a dark and stormy night.\n");
      const result = await run(...args);
      expect(result).to.include({ stdout: "", exitCode: 2 });
      expect(result.stderr)
        .to.match(/^tcptrace-analyze: [^\n]+\.\n$/)
        .and.match(sentence);
    });
  }

  it("take a file without times for one of the capture's time, and say so", async () => {
    writeFileSync(folder.path("ss.txt"), "LISTEN 5 4 10.77.0.2:8080 0.0.0.0:*\n");
    const { stdout } = await run("--sockets", "ss.txt");
    expect(stdout).to.match(/syn-ack-after-data {2}\(certain/);
    expect(inOneLine(stdout)).to.contain(
      "Clock: it has no times and is taken to have been made during the capture",
    );
  });

  it("take the time from the name of a file that is one sample", async () => {
    writeFileSync(folder.path("ss-2001-01-01T00:00:00Z.txt"), "LISTEN 5 4 10.77.0.2:8080 0.0.0.0:*\n");
    const { stdout } = await run("--sockets", "ss-2001-01-01T00:00:00Z.txt");
    expect(stdout).to.match(/syn-ack-after-data {2}\(strong/);
    expect(inOneLine(stdout)).to.contain("Clock: it lies outside the capture's time");
  });
});
