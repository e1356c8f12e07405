import { CommanderError } from "commander";
import { formatDiagnostic } from "./cli/diagnostic.js";
import { EXIT_CLEAN, EXIT_COULD_NOT_RUN } from "./cli/exit-code.js";
import { Output, OutputError } from "./cli/output.js";
import { createProgram } from "./cli/program.js";
import { AnalyzeError } from "./errors.js";

/** Set to see the stack of an error that is no fault of the user's. */
const DEBUG_VARIABLE = "TCPTRACE_ANALYZE_DEBUG";

/** For what is still being written when an interrupted run ends. Milliseconds. */
const LAST_BREATH_MS = 100;

/** Runs the command line and returns the exit code (src/cli/exit-code.ts); never throws. */
export async function runCli(args: readonly string[]): Promise<number> {
  // A reader of diagnostics that has gone (2>&1 | head) is no reason to fail.
  process.stderr.on("error", () => {});
  let exitCode = EXIT_CLEAN;
  const printed: string[] = [];
  const program = createProgram(
    (code) => {
      exitCode = code;
    },
    (text) => {
      printed.push(text);
    },
  );
  if (args.length === 0) {
    program.outputHelp({ error: true });
    return EXIT_COULD_NOT_RUN;
  }
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    // Help and version end with an exception and code 0.
    if (error instanceof CommanderError && error.exitCode === 0) return await write(printed);
    return explain(error);
  }
}

async function write(printed: readonly string[]): Promise<number> {
  try {
    await new Output(process.stdout).write(printed);
    return EXIT_CLEAN;
  } catch (error) {
    return explain(error);
  }
}

/** One sentence on standard error for whatever went wrong. */
function explain(error: unknown): number {
  // Commander has said what was wrong.
  if (error instanceof CommanderError) return EXIT_COULD_NOT_RUN;
  if (error instanceof AnalyzeError || error instanceof OutputError) {
    say(error.message);
    // A read of a silent pipe cannot be called off and would keep the process alive.
    if (error instanceof AnalyzeError && error.code === "INTERRUPTED") {
      setTimeout(() => process.exit(EXIT_COULD_NOT_RUN), LAST_BREATH_MS).unref();
    }
    return EXIT_COULD_NOT_RUN;
  }
  say(`this is a bug of tcptrace-analyze: ${error instanceof Error ? error.message : error}`);
  if (process.env[DEBUG_VARIABLE] && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  else say(`set ${DEBUG_VARIABLE}=1 to see where`);
  return EXIT_COULD_NOT_RUN;
}

function say(sentence: string): void {
  process.stderr.write(formatDiagnostic(sentence));
}
