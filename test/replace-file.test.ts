import { spawnSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { expect } from "chai";
import { AnalyzeError } from "../src/errors.js";
import { replaceFile } from "../src/replace-file.js";
import { useScratchFolder } from "./store/scratch-folder.js";

describe("a file that is there whole or not at all", () => {
  const folder = useScratchFolder();
  const write = (path: string, pieces: Iterable<string>) =>
    replaceFile(path, pieces, "the note", "REPORT_WRITE");

  it("takes the place of the one before, and leaves nothing beside it", () => {
    const path = folder.path("note.txt");
    writeFileSync(path, "before");
    write(path, ["a".repeat(100_000), "é"]);
    expect(readFileSync(path, "utf8")).to.equal(`${"a".repeat(100_000)}é`);
    expect(readdirSync(folder.path("."))).to.deep.equal(["note.txt"]);
  });

  it("leaves the one before untouched when the text fails in mid-course", () => {
    const path = folder.path("note.txt");
    writeFileSync(path, "before");
    const failing = function* () {
      yield "a".repeat(100_000);
      throw new Error("no more");
    };
    expect(() => write(path, failing())).to.throw("no more");
    expect(readFileSync(path, "utf8")).to.equal("before");
    expect(readdirSync(folder.path("."))).to.deep.equal(["note.txt"]);
  });

  it("leaves nothing beside it while the text is being made", () => {
    const path = folder.path("note.txt");
    const beside: string[][] = [];
    const slow = function* () {
      beside.push(readdirSync(folder.path(".")));
      yield "late";
      beside.push(readdirSync(folder.path(".")));
    };
    write(path, slow());
    expect(beside).to.deep.equal([[], []]);
    expect(readFileSync(path, "utf8")).to.equal("late");
  });

  it("is there, though empty, when there is no text", () => {
    write(folder.path("note.txt"), []);
    expect(readFileSync(folder.path("note.txt"), "utf8")).to.equal("");
  });

  it("is written where a symbolic link points, and the link stays", () => {
    symlinkSync("target.txt", folder.path("link.txt"));
    writeFileSync(folder.path("target.txt"), "before");
    write(folder.path("link.txt"), ["after"]);
    expect(readFileSync(folder.path("target.txt"), "utf8")).to.equal("after");
    expect(lstatSync(folder.path("link.txt")).isSymbolicLink()).to.equal(true);
  });

  it("writes to a device instead of replacing it", () => {
    write("/dev/null", ["gone"]);
    expect(lstatSync("/dev/null").isCharacterDevice()).to.equal(true);
  });

  it("writes into a pipe that a shell hands over", () => {
    const program = [
      `import { replaceFile } from ${JSON.stringify(new URL("../src/replace-file.ts", import.meta.url).href)};`,
      'replaceFile(process.argv[1], ["through the pipe"], "the note", "REPORT_WRITE");',
    ].join("\n");
    const args = ["--import", "tsx", "--input-type=module", "-e", program, "/dev/stdout"];
    // Node's own pipes are sockets, which have no path to open.
    const shell = ["-c", '"$0" "$@" | cat', process.execPath, ...args];
    const { stdout, status } = spawnSync("sh", shell, { encoding: "utf8" });
    expect(stdout).to.equal("through the pipe");
    expect(status).to.equal(0);
  });

  it("says in one sentence why it cannot be written", () => {
    mkdirSync(folder.path("folder"));
    chmodSync(folder.path("folder"), 0o755);
    const refusals = [
      [folder.path("missing/note.txt"), "the folder does not exist"],
      [folder.path("folder"), "it is a folder"],
      ["/dev/full", "the disk is full"],
    ] as const;
    for (const [path, reason] of refusals) {
      expect(() => write(path, ["text"]))
        .to.throw(AnalyzeError, `cannot write the note ${path}: ${reason}`)
        .with.property("code", "REPORT_WRITE");
    }
  });
});
