import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Lets `use` write a database in the system's folder for temporary files, and removes it. */
export async function withTemporaryDatabase<Result>(use: (path: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "tcptrace-analyze-"));
  try {
    return await use(join(folder, "tcptrace.db"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
