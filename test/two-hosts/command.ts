import { whyNot } from "./requirements.js";
import { Undo } from "./undo.js";

const COULD_NOT_RUN = 2;

/**
 * Runs what is started by hand, with its exit code, or says in a sentence why it could not; undoes all that it made. `read`
 * reads its options before anything else is asked.
 */
export async function runCommand<Options>(
  read: (args: readonly string[]) => Options,
  run: (undo: Undo, options: Options) => Promise<number>,
): Promise<void> {
  // Whoever reads only the first lines (| head) has seen enough.
  process.stdout.on("error", () => process.exit());
  const undo = new Undo();
  try {
    const options = read(process.argv.slice(2));
    const reason = whyNot();
    if (reason !== null) throw new Error(reason);
    process.exitCode = await run(undo, options);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = COULD_NOT_RUN;
  } finally {
    undo.run();
  }
}
