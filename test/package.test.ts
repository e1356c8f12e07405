import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";

const root = fileURLToPath(new URL("../", import.meta.url));
const capture = join(root, "captures/accept-queue-overflow.pcap");
const run = promisify(execFile);

describe("the npm package", function () {
  this.timeout(60_000);
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tcptrace-package-"));
    await run("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], { cwd: root });
    const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
    await run("tar", ["-xf", join(folder, `tcptrace-analyze-${version}.tgz`), "-C", folder]);
    await symlink(join(root, "node_modules"), join(folder, "package/node_modules"));
  });

  after(() => rm(folder, { recursive: true }));

  const main = () => join(folder, "package/dist/main.js");

  it("holds all that the command needs to analyze, to report and to explain", async () => {
    const page = join(folder, "report.html");
    const args = [main(), "--fail-on", "never", "--report", `html=${page}`, capture];
    const { stdout } = await run(process.execPath, args, { cwd: folder });
    expect(stdout).to.include("accept-queue-syn-drop").and.to.include("tcptrace.db");
    expect(await readFile(page, "utf8")).to.include("<script");
    const query = [main(), "query", "--csv", "SELECT count(*) FROM segments"];
    expect((await run(process.execPath, query, { cwd: folder })).stdout).to.match(/^count\(\*\)\r?\n[1-9]/);
    const rule = await run(process.execPath, [main(), "rules", "accept-queue-syn-drop"]);
    expect(rule.stdout).to.include("net.core.somaxconn");
  });

  it("holds the library with its types", async () => {
    const script = `
      import { analyze } from "${join(folder, "package/dist/index.js")}";
      const { findings } = await analyze({ paths: [${JSON.stringify(capture)}], database: ":memory:" });
      console.log(findings.map((finding) => finding.ruleId).join());`;
    const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", script]);
    expect(stdout).to.include("accept-queue-syn-drop");
    expect(existsSync(join(folder, "package/dist/index.d.ts"))).to.equal(true);
  });

  it("holds each module once: in the bundles", async () => {
    const { stdout } = await run("find", ["dist", "-name", "*.js"], { cwd: join(folder, "package") });
    const scripts = stdout.trim().split("\n");
    const allowed = /^dist\/(main|index|chunk-\w+|[\w/-]+-worker|report\/html\/page)\.js$/;
    expect(scripts.filter((script) => !allowed.test(script))).to.deep.equal([]);
    expect(scripts).to.include("dist/segment-thread/segment-worker.js");
  });
});
