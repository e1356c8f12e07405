/**
 * Writes captures/<name>.expected.txt anew. Read the difference before you commit it: each verdict must agree with the
 * capture's page and with what tshark shows. `npm run goldens`
 */
import { readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { summarizeCapture } from "../test/support/summarize-capture.js";

const folder = fileURLToPath(new URL("../captures/", import.meta.url));
for (const name of readdirSync(folder)) {
  const base = /^(.+?)\.pcap(?:ng)?(?:\.gz)?$/.exec(name)?.[1];
  if (base !== undefined)
    writeFileSync(`${folder}${base}.expected.txt`, await summarizeCapture(folder + name));
}
