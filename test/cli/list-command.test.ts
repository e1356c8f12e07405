import { expect } from "chai";
import { useScratchFolder } from "../store/scratch-folder.js";
import { skipBecause } from "../support/mounts.js";
import { runCli } from "../support/run-cli.js";

describe("live --list", () => {
  const folder = useScratchFolder();

  it("lists interfaces without a right to capture", async function () {
    if (process.platform !== "linux") skipBecause(this, "/sys is Linux's");
    const { stdout, exitCode } = await runCli(["live", "--list"], { folder: folder.path(".") });
    expect(stdout).to.match(/^lo +up +127\.0\.0\.1/m);
    expect(exitCode).to.equal(0);
  });

  it("gives programs a JSON object a line", async function () {
    if (process.platform !== "linux") skipBecause(this, "/sys is Linux's");
    const { stdout } = await runCli(["live", "--list", "--format", "jsonl"], { folder: folder.path(".") });
    const names: unknown[] = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).name);
    expect(names).to.include("lo");
  });

  it("is named when no interface is", async () => {
    const { stderr, exitCode } = await runCli(["live"], { folder: folder.path(".") });
    expect(stderr).to.contain("live --list");
    expect(exitCode).to.equal(2);
  });
});
