import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { useScratchFolder } from "../../store/scratch-folder.js";
import { runCli } from "../../support/run-cli.js";

describe("docs/tcpdump-text.md", () => {
  const folder = useScratchFolder();

  it("shows a text and what is printed for it", async () => {
    const page = readFileSync(
      fileURLToPath(new URL("../../../docs/tcpdump-text.md", import.meta.url)),
      "utf8",
    );
    const [text, report] = [...page.matchAll(/^```text\n([\s\S]*?)^```$/gm)].map((match) => match[1]!);
    writeFileSync(folder.path("saved.txt"), text!);
    for (const [args, input] of [
      [["saved.txt"], undefined],
      [["-"], Buffer.from(text!)],
    ] as const) {
      const result = await runCli(args, { folder: folder.path("."), ...(input && { input }) });
      expect(result).to.include({ stderr: "", exitCode: 1 });
      expect(result.stdout).to.satisfy((stdout: string) => stdout.startsWith(report!.trimEnd()));
    }
  });
});
