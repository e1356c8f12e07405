import { expect } from "chai";
import { formatProgress } from "../../src/cli/progress-bar.js";

const at = (bytesRead: number, bytesTotal: number | null, elapsedMs: number): string =>
  formatProgress({ bytesRead, bytesTotal, frames: 1_200_000, source: "dump.pcap" }, elapsedMs);

describe("the progress line", () => {
  it("shows share, rates and the time left", () => {
    expect(at(25e6, 100e6, 2000)).to.equal(
      " 25 % [#####...............] 600,000 frames/s, 13 MB/s, 6 s left",
    );
    expect(at(1e6, 1000e6, 1000)).to.match(/, 1\.0 MB\/s, 16\.6 min left$/);
    expect(at(100e6, 100e6, 2000)).to.match(/^100 % \[#{20}\] .* 0 s left$/);
  });

  it("guesses nothing at the start", () => {
    expect(at(0, 100e6, 10)).to.equal("  0 % [....................] ");
  });

  it("stays within bounds when a file grows or is empty", () => {
    expect(at(200, 100, 2000)).to.match(/^100 % /);
    expect(at(0, 0, 2000)).to.match(/^100 % /);
  });

  it("counts what came through a pipe, whose end is unknown", () => {
    expect(at(25e6, null, 2000)).to.equal("1,200,000 frames, 25 MB, 600,000 frames/s, 13 MB/s");
  });
});
