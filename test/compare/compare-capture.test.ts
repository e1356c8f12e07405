import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { compareCapture } from "../../src/compare/compare-capture.js";
import { tsharkVersion } from "../../src/compare/tshark-process.js";
import { AnalyzeError } from "../../src/errors.js";

const folder = fileURLToPath(new URL("../../captures/", import.meta.url));

/** Frames in which we differ from tshark 4.0, each with what differs; docs/differences.md says why it is meant. */
const MEANT: Readonly<Record<string, readonly string[]>> = {
  // A snaplen cut them within the TCP options, where tshark gives up before it shows what it has found.
  "healthy-many.pcap.gz": [1279, 1477, 2952].map((frame) => `${frame} tcp.analysis.ack_rtt`),
};

const version = /(\d+\.\d+)\.\d+/.exec(spawnSync("tshark", ["--version"], { encoding: "utf8" }).stdout ?? "");
const isComparable = version?.[1] === "4.0";
const title = "captures/, beside what the installed tshark says";

(isComparable ? describe : describe.skip)(isComparable ? title : `${title} (there is no tshark 4.0)`, () => {
  for (const name of readdirSync(folder).filter((each) => /\.pcap(ng)?(\.gz)?$/.test(each))) {
    it(`${name} has the same labels, streams, times and counts in every frame`, async () => {
      const { agreement, differing } = await compareCapture(folder + name, 100);
      expect(agreement.frames.both).to.be.above(0);
      expect(agreement).to.deep.include({ differentStreams: 0 });
      const differences = differing.map(({ frame, differences: names }) => `${frame} ${names.join(" ")}`);
      expect(differences).to.deep.equal(MEANT[name] ?? []);
    });
  }

  it("tells its version", async () => {
    expect(await tsharkVersion()).to.match(/^4\.0\.\d+$/);
  });

  it("refuses a file that it cannot read, with what tshark says", async () => {
    const failure = await compareCapture(`${folder}README.md`, 1).then(
      () => null,
      (error: unknown) => error,
    );
    expect(failure).to.be.instanceOf(AnalyzeError);
  });
});
