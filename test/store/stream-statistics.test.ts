import { expect } from "chai";
import type { FileFacts } from "../../src/decode/decode-series.js";
import { FlowTable } from "../../src/flows/flow-table.js";
import type { StatisticsRow } from "../../src/store/statistics-rows.js";
import { StreamStatistics } from "../../src/store/stream-statistics.js";
import { segmentsOf } from "../support/script-segments.js";

const SECOND = 1_000_000_000;
const ASKED_AND_ANSWERED = `
  0    -> S  0:0(0)
  +.01 <- S. 0:0(0) ack 1`;

/** A file of which nothing matters but when its frames were captured, in seconds. */
function fileFacts(start: number, duration: number): FileFacts {
  return {
    path: "dump.pcap",
    format: "pcap",
    compression: null,
    interfaces: [],
    originNs: 0n,
    bytesRead: 0,
    frames: 0,
    tcpFrames: 0,
    icmpErrors: 0,
    truncatedFrames: 0,
    startNs: start * SECOND,
    endNs: (start + duration) * SECOND,
    durationNs: duration * SECOND,
    damage: null,
    notes: [],
    counts: [],
  };
}

describe("the statistics of a run's streams", () => {
  let rows: StatisticsRow[];
  let statistics: StreamStatistics;
  beforeEach(() => {
    rows = [];
    statistics = new StreamStatistics((row) => rows.push({ ...row }));
  });
  afterEach(() => statistics.close());

  /** One stream of one connection each. */
  function readStream(script: string, firstFlow: number, files: readonly FileFacts[]): void {
    const batch = segmentsOf(script);
    const table = new FlowTable(firstFlow);
    table.track(batch, 1, 0, () => {});
    table.close();
    statistics.noteBatch(batch);
    for (const file of files) statistics.noteFile(file);
    statistics.endStream();
  }

  it("come in the order of ids that go on from stream to stream, the client's before the server's", () => {
    readStream(ASKED_AND_ANSWERED, 1, []);
    readStream("0 -> S 0:0(0)", 2, []);
    statistics.endStream();
    readStream(ASKED_AND_ANSWERED, 3, []);
    expect(rows.map(({ flowId, sender }) => `${flowId} ${sender}`)).to.deep.equal([
      "1 client",
      "1 server",
      "2 client",
      "3 client",
      "3 server",
    ]);
    expect(rows.map(({ segments }) => segments)).to.deep.equal([1, 1, 1, 1, 1]);
  });

  it("take silence to last until the latest frame of the stream's files", () => {
    readStream("0 -> S 0:0(0)", 1, [fileFacts(1, 8), fileFacts(2, 3)]);
    readStream("0 -> S 0:0(0)", 2, [fileFacts(2, 3)]);
    expect(rows.map(({ idleMaxNs }) => idleMaxNs)).to.deep.equal([9 * SECOND, 5 * SECOND]);
  });
});
