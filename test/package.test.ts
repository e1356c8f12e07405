import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { skipBecause } from "./support/mounts.js";

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

  it("can be read by the user that a live capture becomes", async function () {
    if (process.getuid?.() !== 0) skipBecause(this, "only root can become another user");
    await chmod(folder, 0o755);
    const args = [main(), "live", "lo", "--user", "nobody", "--db", "/nowhere/live.db", "--duration", "1s"];
    const failure = await run(process.execPath, args, { cwd: "/" }).then(
      () => expect.fail("there is no such folder"),
      (error: { stderr: string }) => error.stderr,
    );
    expect(failure).to.not.include("may not read this program's own files");
    expect(failure).to.include("/nowhere");
  });

  it("holds the library with its types and its threads", async () => {
    const script = `
      import { analyze } from "${join(folder, "package/dist/index.js")}";
      const { findings } = await analyze({ paths: [${JSON.stringify(capture)}], database: ":memory:", thread: true });
      console.log(findings.map((finding) => finding.ruleId).join());`;
    const file = join(folder, "example.mjs");
    await writeFile(file, script);
    const { stdout } = await run(process.execPath, [file]);
    expect(stdout).to.include("accept-queue-syn-drop");
    expect(existsSync(join(folder, "package/dist/index.d.ts"))).to.equal(true);
  });

  it("holds each module once: in the bundles", async () => {
    const scripts = (await readdir(join(folder, "package/dist"), { recursive: true })).filter((file) =>
      file.endsWith(".js"),
    );
    const threads = (await readdir(join(root, "src"), { recursive: true }))
      .filter((file) => file.endsWith("-worker.ts"))
      .map((file) => file.replace(/ts$/, "js"));
    expect(threads).to.include("segment-thread/segment-worker.js");
    const bundles = ["index.js", "main.js", "report/html/page.js", ...threads];
    const others = scripts.filter((script) => !/^chunk-\w+\.js$/.test(script));
    expect(others).to.have.members(bundles);
  });
});
