import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { AnalyzeError } from "../src/errors.js";
import { makeFolder } from "../src/make-folder.js";
import { skipBecause } from "./support/mounts.js";

describe("a folder that is to be written into", () => {
  let scratch: string;
  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), "make-folder-test-"));
  });
  afterEach(() => rmSync(scratch, { recursive: true }));

  it("is made with those above it, or left as it is", () => {
    const folder = join(scratch, "a/b/c");
    makeFolder(folder);
    expect(existsSync(folder)).to.equal(true);
    makeFolder(`${folder}/`);
  });

  it("is refused with a sentence when it is a file, or below one", () => {
    writeFileSync(join(scratch, "file"), "");
    expect(() => makeFolder(join(scratch, "file"))).to.throw(AnalyzeError, "it is not a folder");
    expect(() => makeFolder(join(scratch, "file/below"))).to.throw(
      AnalyzeError,
      "part of the path is not a folder",
    );
  });

  it("is refused where nobody can make any", function () {
    if (!existsSync("/proc/self")) skipBecause(this, "there is no /proc");
    expect(() => makeFolder("/proc/nope/below")).to.throw(
      AnalyzeError,
      /^cannot make the folder \/proc\/nope\/below: /,
    );
  });
});
