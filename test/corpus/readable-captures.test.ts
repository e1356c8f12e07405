import { expect } from "chai";
import { decodeSeries, type FileFacts } from "../../src/decode/decode-series.js";
import { AnalyzeError } from "../../src/errors.js";
import { type CorpusTable, corpusTables, describeCorpus } from "../support/corpus.js";

/** Frames that tshark 4.0 calls TCP and that give no segment; all of them are counted under one of these names. */
const WITHOUT_SEGMENT = ["tcp header cut", "tcp header invalid"];

/** Captures in which we find segments where tshark finds none, and why. */
const MORE_THAN_TSHARK: Record<string, string> = {
  "tcp/the-tcpdump-group__bigtcp-ipv6.pcap":
    "an IPv6 payload length of 0, which segmentation offload leaves: tshark takes it for an empty datagram",
};

/** Reads a capture to its end; the sentence when it is refused. */
async function read({ capturePath }: CorpusTable): Promise<FileFacts | string> {
  try {
    for await (const part of decodeSeries({ paths: [capturePath] }))
      if (part.kind === "file") return part.file;
    throw new Error("the series ended without a file");
  } catch (error) {
    if (error instanceof AnalyzeError) return error.message;
    throw error;
  }
}

describeCorpus("every capture", () => {
  it("is read or refused with one sentence, and no frame is lost without a name", async function () {
    this.timeout(300_000);
    let files = 0;
    for (const table of corpusTables(["tcp", "formats", "malformed"], ".tshark.tsv.gz")) {
      files++;
      const facts = await read(table);
      if (typeof facts === "string") {
        expect(facts, table.name).to.match(/^[^\n]+\.$/);
        expect(table.rows.length, table.name).to.equal(0);
        continue;
      }
      const counted = facts.counts.reduce((sum, { frames }) => sum + frames, 0);
      expect(facts.tcpFrames + facts.icmpErrors + counted, table.name).to.equal(facts.frames);
      const withoutSegment = facts.counts
        .filter(({ name }) => WITHOUT_SEGMENT.includes(name))
        .reduce((sum, { frames }) => sum + frames, 0);
      if (table.name in MORE_THAN_TSHARK) expect(facts.tcpFrames, table.name).to.be.above(table.rows.length);
      else
        expect(table.rows.length, table.name).to.be.within(facts.tcpFrames, facts.tcpFrames + withoutSegment);
    }
    expect(files).to.be.at.least(700);
  });
});
