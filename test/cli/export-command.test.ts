import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { analyze } from "../../src/analyze.js";
import { runExport } from "../../src/cli/export-command.js";
import { AnalyzeError } from "../../src/errors.js";
import { useScratchFolder } from "../store/scratch-folder.js";
import { HUNG } from "../support/small-captures.js";

describe("export pcapng", () => {
  const folder = useScratchFolder();

  beforeEach(async () => {
    writeFileSync(folder.path("hung.pcap"), HUNG);
    await analyze({ paths: [folder.path("hung.pcap")], database: folder.path("run.db") });
    symlinkSync("run.db", folder.path("link.db"));
  });

  const REFUSALS = [
    ["hung.pcap", "the capture itself"],
    ["run.db", "the database itself"],
    ["link.db", "the database itself"],
  ] as const;
  for (const [name, what] of REFUSALS) {
    it(`refuses to take the place of ${what}, named ${name}`, async () => {
      const out = folder.path(name);
      const before = readFileSync(out);
      const error: unknown = await runExport("pcapng", ["1"], { db: folder.path("run.db"), out }).catch(
        (thrown: unknown) => thrown,
      );
      expect(error)
        .to.be.instanceOf(AnalyzeError)
        .with.property("message", `${out} is ${what}; name another file with --out.`);
      expect(readFileSync(out).equals(before)).to.equal(true);
    });
  }
});
