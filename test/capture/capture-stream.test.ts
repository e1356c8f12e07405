import { join } from "node:path";
import { expect } from "chai";
import { readSeries } from "../../src/capture/capture-stream.js";
import { pcapFile } from "../support/capture-bytes.js";
import { hex, readAll, withFolder } from "./read-capture.js";

describe("a series of captures", () => {
  it("counts time from the first frame of all, and frames within each file", async () => {
    const files = {
      a: pcapFile([]),
      b: pcapFile([{ timeNs: 5, bytes: hex("aa") }]),
      c: pcapFile(
        [7, 9].map((timeNs) => ({ timeNs, bytes: hex("bb") })),
        { bigEndian: true },
      ),
    };
    await withFolder(files, async (folder) => {
      const paths = ["a", "b", "c"].map((name) => join(folder, name));
      const read: [number, number][][] = [];
      for await (const source of readSeries({ paths }))
        read.push((await readAll(source)).frames.map(({ frame, timeNs }) => [frame, timeNs]));
      expect(read).to.deep.equal([
        [],
        [[1, 0]],
        [
          [1, 2],
          [2, 4],
        ],
      ]);
    });
  });
});
