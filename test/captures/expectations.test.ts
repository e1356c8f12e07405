import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { expectationPath } from "../../src/gate/expectation-file.js";
import { useScratchFolder } from "../store/scratch-folder.js";
import { runCli } from "../support/run-cli.js";

const folder = fileURLToPath(new URL("../../captures/", import.meta.url));
const names = readdirSync(folder);
const captures = names
  .filter((name) => /\.pcap(?:\.gz)?$/.test(name) && names.includes(expectationPath(name)))
  .map((name) => folder + name);

/** What all files of expectations ask for, in patterns. */
function countPatterns(): number {
  const files = names.filter((name) => name.endsWith(".expect.json"));
  const patterns = files.flatMap((name) => {
    const { must = [], mustNot = [] } = JSON.parse(readFileSync(folder + name, "utf8"));
    return [...must, ...mustNot];
  });
  return patterns.length;
}

describe("captures with expectations beside them", () => {
  const scratch = useScratchFolder();
  const gate = (...args: readonly string[]) =>
    runCli(["--db", ":memory:", "--fail-on", "warning", ...args, ...captures], { folder: scratch.path(".") });

  it("hold what their pages say, and pass the gate", async () => {
    const { stdout, stderr, exitCode } = await gate();
    expect(stdout).to.match(new RegExp(`^Gate passed: ${countPatterns()} expectations are met\\.$`, "m"));
    expect({ stderr, exitCode }).to.deep.equal({ stderr: "", exitCode: 0 });
  }).timeout(60_000);

  it("fail it when the rule that must speak is silent", async () => {
    const { stdout, exitCode } = await gate("--rule", "connect-teardown-loop=off");
    expect(stdout.replaceAll(/\s+/g, " ")).to.contain("must be there; the rule is off.");
    expect(exitCode).to.equal(1);
  }).timeout(60_000);
});
