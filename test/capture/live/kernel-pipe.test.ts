import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, fstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { openKernelPipe } from "../../../src/capture/live/kernel-pipe.js";

/** With temporary files in that folder. */
function inFolder(folder: string, work: () => void): void {
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = folder;
  try {
    work();
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  }
}

describe("a kernel's pipe", () => {
  it("carries what a child writes, as far as its end", async () => {
    const { reader, writeDescriptor } = openKernelPipe()!;
    expect(fstatSync(writeDescriptor).isFIFO()).to.equal(true);
    const child = spawn("sh", ["-c", "echo one; sleep 0.1; echo two"], {
      stdio: ["ignore", writeDescriptor, "ignore"],
    });
    closeSync(writeDescriptor);
    expect(await text(reader)).to.equal("one\ntwo\n");
    if (child.exitCode === null) await once(child, "exit");
  });

  it("has no name that others could open", () => {
    const folder = mkdtempSync(join(tmpdir(), "pipes-"));
    inFolder(folder, () => {
      const { reader, writeDescriptor } = openKernelPipe()!;
      expect(readdirSync(folder)).to.deep.equal([]);
      reader.destroy();
      closeSync(writeDescriptor);
    });
    rmSync(folder, { recursive: true });
  });

  it("is none where there is no room for temporary files", () => {
    inFolder("/proc/nowhere", () => expect(openKernelPipe()).to.equal(null));
  });
});
