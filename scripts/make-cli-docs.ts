import { writeFileSync } from "node:fs";
import { createProgram } from "../src/cli/program.js";

/** Where the page lies; `tsx scripts/make-cli-docs.ts` writes it again. */
export const CLI_DOCS = new URL("../docs/cli.md", import.meta.url);

/** docs/cli.md: the help of every command, as printed. */
export function cliDocs(): string {
  const program = createProgram(
    () => {},
    () => {},
  );
  const sections = [program, ...program.commands].map((command) => {
    const name = command === program ? program.name() : `${program.name()} ${command.name()}`;
    let help = "";
    command.configureOutput({ writeOut: (text) => (help += text), getOutHasColors: () => false });
    command.outputHelp();
    return `## ${name}\n\n\`\`\`text\n${help.trimEnd()}\n\`\`\`\n`;
  });
  const head =
    "# Command line\n\nThe help of every command. Written by `scripts/make-cli-docs.ts`; change the help, not this page.\n" +
    "The configuration file is described in [config.md](config.md).\n";
  return [head, ...sections].join("\n");
}

if (process.argv[1] === new URL(import.meta.url).pathname) writeFileSync(CLI_DOCS, cliDocs());
