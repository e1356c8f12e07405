import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";

const root = fileURLToPath(new URL("../../", import.meta.url));
const run = promisify(execFile);

/** The fenced blocks of a page, by language. */
function blocks(page: string, language: string): string[] {
  const text = readFileSync(join(root, page), "utf8");
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(
    (match) => match[1]!,
  );
}

describe("examples in the documentation", () => {
  it("library.md shows the rule that stands in docs/examples, and what it prints", async () => {
    const example = readFileSync(join(root, "docs/examples/own-rule.mjs"), "utf8");
    expect(blocks("docs/library.md", "js")).to.deep.equal([example]);
    const { stdout } = await run(process.execPath, ["docs/examples/own-rule.mjs"], { cwd: root });
    expect(blocks("docs/library.md", "text")).to.deep.equal([stdout]);
  });

  it("README.md's library example runs and finds the hung connection", async () => {
    const [example] = blocks("README.md", "js");
    // Inside the package, so that it resolves itself by name; not in the root, where it would leave its database.
    const folder = await mkdtemp(join(root, "test/docs/run-"));
    try {
      const script = join(folder, "example.mjs");
      await writeFile(script, example!.replaceAll("run.db", join(folder, "run.db")));
      const { stdout } = await run(process.execPath, [script], { cwd: root });
      expect(stdout).to.match(/^syn-ack-after-data 1 of 2 connections to 127\.0\.0\.1:8080 hung/);
      expect(stdout).to.include("client: '127.0.0.1:49186', server: '127.0.0.1:8080'");
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("README.md shows what its first command prints", async () => {
    const command = blocks("README.md", "sh")[0]!.trim().split(" && ").at(-1)!;
    const [program, ...args] = command.split(" ");
    expect(program).to.equal("node");
    const folder = await mkdtemp(join(root, "test/docs/run-"));
    try {
      const failure = await run(process.execPath, [...args, "--db", join(folder, "run.db")], {
        cwd: root,
      }).then(
        () => expect.fail("it exits with 1"),
        (error: { code: number; stdout: string }) => error,
      );
      expect(failure.code).to.equal(1);
      const shown = blocks("README.md", "text")[0]!.split("…")[0]!.trimEnd();
      expect(failure.stdout).to.include(shown);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("kernel-inputs.md shows what its commands print", async () => {
    const folder = await mkdtemp(join(root, "test/docs/run-"));
    try {
      const commands = blocks("docs/kernel-inputs.md", "sh").map((block) => block.trim());
      const print = async (command: string): Promise<string> => {
        // No shell: the one quoted argument is the SQL.
        const [plain = "", sql] = command.split(' "');
        const args = [...plain.split(" ").slice(1), "--db", join(folder, "run.db")];
        if (sql !== undefined) args.push(sql.slice(0, -1));
        const result = await run(process.execPath, ["dist/main.js", ...args], { cwd: root }).catch(
          (error: { stdout: string }) => error,
        );
        return result.stdout;
      };
      const outputs: string[] = [];
      for (const command of commands) outputs.push(await print(command));
      const [report = "", counters] = blocks("docs/kernel-inputs.md", "text");
      for (const part of report.split("\n…\n")) expect(outputs[0]).to.contain(part.trimEnd());
      expect(outputs[1]).to.match(/ 5 +4/);
      expect(outputs[2]).to.equal(counters);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
