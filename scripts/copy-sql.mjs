/** The build's second part: the compiler leaves .sql files where they are, and the store reads them beside itself. */
import { copyFileSync, mkdirSync, readdirSync } from "node:fs";

const source = new URL("../src/store/", import.meta.url);
const target = new URL("../dist/store/", import.meta.url);

mkdirSync(target, { recursive: true });
for (const name of readdirSync(source)) {
  if (name.endsWith(".sql")) copyFileSync(new URL(name, source), new URL(name, target));
}
