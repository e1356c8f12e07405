import { mkdir, symlink, writeFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { expandInputs } from "../../src/capture/expand-inputs.js";
import { AnalyzeError } from "../../src/errors.js";
import { pcapFile } from "../support/capture-bytes.js";
import { withFolder } from "./read-capture.js";

const SECOND_NS = 1e9;

/** A capture with a frame at each of these seconds. */
function captureAt(seconds: readonly number[], linkType = 1): Uint8Array {
  const frames = seconds.map((second) => ({ timeNs: second * SECOND_NS, bytes: Uint8Array.of(1, 2, 3) }));
  return pcapFile(frames, { linkType });
}

/** Expands a folder with these files; base names, a list per stream. */
async function streamsOf(files: Readonly<Record<string, Uint8Array | string>>): Promise<string[][]> {
  let names: string[][] = [];
  await withFolder(files, async (folder) => {
    const streams = await expandInputs([folder]);
    names = streams.map(({ paths }) => paths.map((path) => basename(path)));
  });
  return names;
}

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (error: unknown) => error,
  );
}

describe("the inputs a user names", () => {
  it("may be files, standard input and folders, each file once, in the order named", async () => {
    await withFolder({ "b.pcap": captureAt([0]), "a.pcap": captureAt([0]) }, async (folder) => {
      await symlink("b.pcap", join(folder, "link"));
      const b = join(folder, "b.pcap");
      const streams = await expandInputs([
        b,
        "-",
        folder,
        join(folder, ".", "b.pcap"),
        "-",
        join(folder, "link"),
      ]);
      expect(streams.map(({ paths }) => paths)).to.deep.equal([[b], ["-"], [join(folder, "a.pcap")]]);
    });
  });

  it("of a folder are the captures in it and below, told by content, in the order a person sorts", async () => {
    const files = {
      "b10.x": captureAt([0]),
      "b9.x": captureAt([0]),
      "notes.pcap": "no capture",
      "empty.pcap": "",
    };
    await withFolder(files, async (folder) => {
      await mkdir(join(folder, "a"));
      await writeFile(join(folder, "a", "z.gz"), gzipSync(captureAt([0])));
      await symlink("..", join(folder, "a", "up"));
      const streams = await expandInputs([folder]);
      const names = streams.map(({ paths }) => paths.map((path) => relative(folder, path)));
      expect(names).to.deep.equal([["a/z.gz"], ["b9.x"], ["b10.x"]]);
    });
  });

  it("are an error when a folder holds no captures or a file does not exist", async () => {
    await withFolder({ "notes.txt": "no capture" }, async (folder) => {
      expect(await errorOf(expandInputs([folder]))).to.include({
        code: "CAPTURE_EMPTY",
        message: `${folder} holds no captures.`,
      });
      const error = await errorOf(expandInputs([join(folder, "missing")]));
      expect(error).to.be.instanceOf(AnalyzeError);
      expect(error).to.include({ code: "CAPTURE_NOT_FOUND" });
    });
  });
});

describe("a rotated series becomes one stream", () => {
  it("in the order of tcpdump -C, whose first file has no number", async () => {
    const files = {
      "d.pcap10": captureAt([10]),
      "d.pcap": captureAt([0, 1]),
      "d.pcap2": captureAt([5]),
      "d.pcap1": captureAt([2]),
    };
    expect(await streamsOf(files)).to.deep.equal([["d.pcap", "d.pcap1", "d.pcap2", "d.pcap10"]]);
  });

  it("in the order of time when a ring has wrapped or the numbers count backwards", async () => {
    const ring = { "d.pcap0": captureAt([30]), "d.pcap1": captureAt([10]), "d.pcap2": captureAt([20]) };
    expect(await streamsOf(ring)).to.deep.equal([["d.pcap1", "d.pcap2", "d.pcap0"]]);
    const logrotate = {
      "x.pcap": captureAt([30]),
      "x.pcap.1": captureAt([20]),
      "x.pcap.2.gz": gzipSync(captureAt([10])),
    };
    expect(await streamsOf(logrotate)).to.deep.equal([["x.pcap.2.gz", "x.pcap.1", "x.pcap"]]);
  });

  it("even if its files overlap a little, as frames of different queues are written", async () => {
    const files = { "d.pcap": captureAt([0, 10]), "d.pcap1": captureAt([9.91, 20]) };
    expect(await streamsOf(files)).to.have.length(1);
  });

  it("across quiet hours if a rotating tool named it, across a minute if it is merely numbered", async () => {
    const hours = [captureAt([0, 10]), captureAt([7200])] as const;
    const dated = { "d-20240101120000.pcap": hours[0], "d-20240101130000.pcap": hours[1] };
    expect(await streamsOf(dated)).to.have.length(1);
    expect(await streamsOf({ "d-1.pcap": hours[0], "d-2.pcap": hours[1] })).to.have.length(2);
    expect(await streamsOf({ "d-1.pcap": hours[0], "d-2.pcap": captureAt([69]) })).to.have.length(1);
  });
});

describe("captures stay apart", () => {
  const early = captureAt([0, 10]);
  it("that were taken at the same time", async () => {
    expect(await streamsOf({ "host1.pcap": early, "host2.pcap": captureAt([5, 15]) })).to.have.length(2);
    expect(await streamsOf({ "d.pcap": early, "d.pcap1": captureAt([5, 15]) })).to.have.length(2);
    const short = captureAt([0, 0.04]);
    expect(await streamsOf({ "host1.pcap": short, "host2.pcap": captureAt([0.04, 0.05]) })).to.have.length(2);
    expect(await streamsOf({ "d.pcap": short, "d.pcap1": captureAt([0.01, 0.05]) })).to.have.length(2);
  });

  it("that lie more than a day apart", async () => {
    expect(await streamsOf({ "d.pcap": early, "d.pcap1": captureAt([86_411]) })).to.have.length(2);
  });

  it("that differ in link type", async () => {
    expect(await streamsOf({ "d.pcap": early, "d.pcap1": captureAt([11], 101) })).to.have.length(2);
  });

  it("that have other names or lie in other folders", async () => {
    expect(await streamsOf({ "a.pcap": early, "b.pcap": captureAt([11]) })).to.have.length(2);
    await withFolder({ "d.pcap": early }, async (folder) => {
      await mkdir(join(folder, "other"));
      await writeFile(join(folder, "other", "d.pcap1"), captureAt([11]));
      expect(await expandInputs([folder])).to.have.length(2);
    });
  });

  it("that hold no frames, while the series goes on around them", async () => {
    const files = { "d.pcap": early, "d.pcap1": captureAt([]), "d.pcap2": captureAt([11]) };
    expect(await streamsOf(files)).to.deep.equal([["d.pcap", "d.pcap2"], ["d.pcap1"]]);
  });
});
