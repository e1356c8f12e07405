import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { openCapture } from "../../src/capture/open-capture.js";
import { AnalyzeError } from "../../src/errors.js";
import { pcapFile } from "../support/capture-bytes.js";
import { hex, readAll, readBytes, withFolder } from "./read-capture.js";

const CAPTURE = pcapFile([{ timeNs: 0, bytes: hex("aabbcc") }]);

/** The error of a promise that must fail, and fail as the user can understand. */
async function errorOf(promise: Promise<unknown>): Promise<AnalyzeError> {
  const outcome = await promise.then(
    () => new Error("nothing was thrown"),
    (error: unknown) => error,
  );
  expect(outcome).to.be.instanceOf(AnalyzeError);
  if (!(outcome instanceof AnalyzeError)) throw outcome;
  expect(outcome.message).to.match(/^[^\n]+\.$/);
  return outcome;
}

describe("opening a capture", () => {
  it("says that a file does not exist", async () => {
    for (const path of ["/no/such/file.pcap", "/dev/null/file.pcap"]) {
      const error = await errorOf(openCapture(path));
      expect(error).to.include({ code: "CAPTURE_NOT_FOUND", message: `${path} does not exist.` });
    }
  });

  it("says that a name may be to blame in which octets are no text", async () => {
    const path = "/no/such/B\ufffdro.pcap";
    const message = `${path} does not exist, or its name is not UTF-8: rename it.`;
    expect(await errorOf(openCapture(path))).to.include({ code: "CAPTURE_NOT_FOUND", message });
  });

  it("says that a file may not be read", async function () {
    if (process.getuid?.() === 0) this.skip();
    await withFolder({ "a.pcap": CAPTURE }, async (folder) => {
      await chmod(join(folder, "a.pcap"), 0);
      const error = await errorOf(openCapture(join(folder, "a.pcap")));
      expect(error.code).to.equal("CAPTURE_UNREADABLE");
      expect(error.message).to.match(/permission denied/);
    });
  });

  it("says that a folder is none", async () => {
    await withFolder({}, async (folder) => {
      expect(await errorOf(openCapture(folder))).to.include({
        code: "CAPTURE_UNREADABLE",
        message: `${folder} is a folder, not a capture.`,
      });
    });
  });

  it("says that a file is empty, compressed or not, or holds no more than half a header", async () => {
    const files = { a: "", b: gzipSync(""), c: CAPTURE.subarray(0, 23) };
    await withFolder(files, async (folder) => {
      for (const name of ["a", "b"])
        expect(await errorOf(openCapture(join(folder, name)))).to.include({
          code: "CAPTURE_EMPTY",
          message: `${join(folder, name)} is empty.`,
        });
      expect((await errorOf(openCapture(join(folder, "c")))).code).to.equal("CAPTURE_EMPTY");
    });
  });

  it("says what a file is that is no capture", async () => {
    const examples: readonly (readonly [content: Uint8Array | string, description: string])[] = [
      ["12:00:00.000000 IP 10.0.0.1.1 > 10.0.0.2.80: Flags [S], seq 0\n", "a text file"],
      ["Grüße\n", "a text file"],
      ["GMBU\0\0\0\0", "a Microsoft Network Monitor capture"],
      ["SQLite format 3\0", "an SQLite database"],
      [hex("0a0d0d0a 1c000000 00000000 00000000"), "a pcapng file whose first block is damaged"],
      [gzipSync(gzipSync(CAPTURE)), "compressed more than once"],
      [hex("00ff00ff00ff"), "neither a pcap, pcapng, snoop nor ERF file"],
      [hex("d4c3"), "neither a pcap, pcapng, snoop nor ERF file"],
    ];
    for (const [content, description] of examples) {
      const error = await errorOf(readBytes(Buffer.from(content)));
      expect(error.code).to.equal("CAPTURE_UNRECOGNIZED");
      expect(error.message).to.match(new RegExp(`^Standard input is not a capture.*: it is ${description}`));
    }
  });

  it("says that compressed data is damaged before there is a capture in it", async () => {
    for (const bytes of [
      hex("1f8b0800 00000000 0003 ffff"),
      hex("28b52ffd ff"),
      hex("fd377a585a00 00ff12d941"),
      hex("04224d18 60"),
    ]) {
      const error = await errorOf(readBytes(bytes));
      expect(error.code).to.equal("CAPTURE_UNREADABLE");
      expect(error.message).to.match(/^Standard input .*(gzip|zstd|xz|lz4) data\.$/);
    }
  });

  it("needs a stream to read standard input from", async () => {
    expect((await errorOf(openCapture("-"))).code).to.equal("USAGE");
  });
});

describe("a capture that comes in through a pipe", () => {
  it("gives frames as soon as they are there", async () => {
    const input = new PassThrough();
    input.write(CAPTURE);
    const source = await openCapture("-", { input });
    expect(source.bytesTotal).to.equal(null);
    const batches = source.batches()[Symbol.asyncIterator]();
    expect((await batches.next()).value?.length).to.equal(1);
    const next = batches.next();
    input.write(CAPTURE.subarray(24, 30));
    input.write(CAPTURE.subarray(30));
    expect((await next).value?.frame[0]).to.equal(2);
    input.end();
    expect((await batches.next()).done).to.equal(true);
    expect(source).to.include({ damage: null, frames: 2, bytesRead: 2 * CAPTURE.length - 24 });
  });

  it("ends when it is closed while it waits, and is not called damaged", async () => {
    const input = new PassThrough();
    input.write(CAPTURE.subarray(0, -1));
    const source = await openCapture("-", { input });
    const reading = readAll(source);
    await source.close();
    await source.close();
    expect((await reading).frames).to.have.length(0);
    expect(source.damage).to.equal(null);
    expect(input.destroyed).to.equal(true);
  });

  it("says so when it breaks", async () => {
    const input = new PassThrough();
    input.write(CAPTURE);
    const source = await openCapture("-", { input });
    const reading = readAll(source);
    setImmediate(() => input.destroy(new Error("the other end is gone")));
    expect((await reading).frames).to.have.length(1);
    expect(source.damage).to.equal(
      "the file cannot be read any further (the other end is gone) after frame 1",
    );
  });
});
