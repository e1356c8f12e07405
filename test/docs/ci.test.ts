import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { parseBaseline } from "../../src/gate/baseline-file.js";
import { parseExpectations } from "../../src/gate/expectation-file.js";
import { rules } from "../../src/rules/index.js";
import { useScratchFolder } from "../store/scratch-folder.js";
import { HEALTHY, HUNG } from "../support/small-captures.js";

const run = promisify(execFile);
const root = new URL("../../", import.meta.url);
const page = readFileSync(new URL("docs/ci.md", root), "utf8");

/** The fenced blocks of a section, by language. */
function blocks(heading: string, language: string): string[] {
  const section = page.split(/^(?=#)/m).find((part) => part.startsWith(heading)) ?? "";
  const fence = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm");
  return [...section.matchAll(fence)].map(([, block]) => block!);
}

/** Shell lines of a job's definition; the package cannot be installed from where it is not yet. */
function shellOf(text: string, form: RegExp): string {
  const lines = [...text.matchAll(form)].map(([, line]) => line!).filter((line) => !/npm install/.test(line));
  expect(lines).to.have.length(1);
  return lines[0]!;
}

describe("docs/ci.md", () => {
  const folder = useScratchFolder();

  beforeEach(() => {
    mkdirSync(folder.path("captures"));
    writeFileSync(folder.path("captures/hung.pcap"), HUNG);
    writeFileSync(folder.path("captures/healthy.pcap"), HEALTHY);
    mkdirSync(folder.path("bin"));
    const program = `#!/bin/sh\nexec '${process.execPath}' '${fileURLToPath(new URL("dist/main.js", root))}' "$@"\n`;
    writeFileSync(folder.path("bin/tcptrace-analyze"), program);
    chmodSync(folder.path("bin/tcptrace-analyze"), 0o755);
  });

  const sh = async (script: string): Promise<{ code: number; stdout: string; stderr: string }> => {
    const path = `${folder.path("bin")}:${process.env["PATH"]}`;
    const env = { ...process.env, PATH: path, GITHUB_STEP_SUMMARY: folder.path("summary.md") };
    return run("sh", ["-e", "-c", script], { cwd: folder.path("."), env }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
  };
  /** Runs the commands of a section, each of which ends as the comment behind it says, or with 0. */
  const runSection = async (heading: string): Promise<void> => {
    for (const line of blocks(heading, "sh").join("").trim().split("\n")) {
      const expected = Number(/# exit code (\d)/.exec(line)?.[1] ?? 0);
      const { code, stderr } = await sh(line);
      expect(code, `${line}\n${stderr}`).to.equal(expected);
    }
  };

  it("has commands that do what it says", async () => {
    await runSection("# In CI");
    await runSection("## A baseline");
    await runSection("## Before and after");
  }).timeout(60_000);

  it("has jobs for GitHub Actions, GitLab and Jenkins whose shell lines pass and write their reports", async () => {
    await runSection("## A baseline");
    const [github = ""] = blocks("## GitHub Actions", "yaml");
    const [gitlab = ""] = blocks("## GitLab", "yaml");
    const [jenkins = ""] = blocks("## Jenkins", "groovy");
    const scripts = [
      shellOf(github, /- run: \|\n((?: {10}.*\n)+)/g),
      // YAML's >- joins the lines.
      shellOf(gitlab, /- >-\n((?: {6}.*\n)+)/g).replaceAll(/\n +(?=-)/g, " "),
      shellOf(jenkins, /sh '''\n([\s\S]*?)'''/g),
    ];
    for (const script of scripts) {
      const { code, stderr } = await sh(script);
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
    }
    for (const job of [github, gitlab, jenkins]) {
      const names = [...job.matchAll(/\btcptrace\.(?:db|sarif|xml|md)\b/g)].map(([name]) => name);
      expect(names).not.to.have.length(0);
      for (const name of names) expect(existsSync(folder.path(name)), name).to.equal(true);
    }
    expect(readFileSync(folder.path("summary.md"), "utf8")).to.contain("**Gate passed:");
  }).timeout(60_000);

  it("shows a baseline and expectations that are read", async () => {
    const [baseline = ""] = blocks("## A baseline", "json");
    expect(parseBaseline(baseline, "b.json")[0]!.subject).to.equal("192.0.2.2:80");
    const [expectations = ""] = blocks("## Expectations", "json");
    const ids = rules.map(({ id }) => id);
    expect(parseExpectations(expectations, "e.json", "e.pcap", ids).must).to.have.length(1);
    writeFileSync(folder.path("captures/hung.expect.json"), expectations);
    expect(await sh("tcptrace-analyze --fail-on warning captures/")).to.include({ code: 0, stderr: "" });
  }).timeout(60_000);
});
