import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";

const root = fileURLToPath(new URL("../../", import.meta.url));
const run = promisify(execFile);

const blocks = (page: string, language: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map((match) => match[1]!);

for (const name of ["second-syn-ack", "syn-cookies", "unreachable-host", "nfs-teardown-loop"]) {
  describe(`docs/cases/${name}.md`, () => {
    it("shows what its commands print", async () => {
      const page = await readFile(join(root, `docs/cases/${name}.md`), "utf8");
      const commands = blocks(page, "sh");
      const answers = blocks(page, "text");
      expect(answers.length).to.equal(commands.length);
      const folder = await mkdtemp(join(tmpdir(), "case-"));
      try {
        for (const [index, command] of commands.entries()) {
          const args = [
            "dist/main.js",
            ...command.trim().split(" ").slice(1),
            "--db",
            join(folder, "case.db"),
          ];
          const failure = await run(process.execPath, args, { cwd: root }).then(
            () => expect.fail("it exits with 1"),
            (error: { code: number; stdout: string }) => error,
          );
          expect(failure.code).to.equal(1);
          expect(failure.stdout).to.include(answers[index]!);
        }
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  });
}
