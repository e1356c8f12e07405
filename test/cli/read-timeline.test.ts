import { writeFileSync } from "node:fs";
import { expect } from "chai";
import { analyze } from "../../src/analyze.js";
import { readTimeline } from "../../src/cli/read-timeline.js";
import { AnalyzeError } from "../../src/errors.js";
import { type OpenDatabase, openDatabase } from "../../src/store/open-database.js";
import { block, interfaceDescription, numbers, sectionHeader } from "../capture/pcapng-bytes.js";
import { useScratchFolder } from "../store/scratch-folder.js";
import { concatBytes } from "../support/capture-bytes.js";
import { captureOf, PCAP_HEADER_BYTES, RECORD_HEADER_BYTES } from "../support/small-captures.js";

describe("a flow's timeline", () => {
  const folder = useScratchFolder();
  let database: OpenDatabase;
  beforeEach(async () => {
    const capture = captureOf(`
      0  -> S  0:0(0)
      connection 2
      5  -> S  0:0(0) <mss 1460,wscale 7>
      +1 <- S. 0:0(0) ack 1 <mss 1400>
      +2 -> .  1:1(0) ack 1
      +0 -> R. 1:1(0) ack 1`);
    writeFileSync(folder.path("two.pcap"), capture);
    await analyze({ paths: [folder.path("two.pcap")], database: folder.path("two.db") });
    database = openDatabase(folder.path("two.db"));
  });
  afterEach(() => database.close());

  it("counts time from the flow's first segment", () => {
    const { flow, rows } = readTimeline(database, 2);
    expect([...rows].map(({ frame, timeNs, direction }) => [frame, timeNs / 1e9, direction])).to.deep.equal([
      [2, 0, "->"],
      [3, 1, "<-"],
      [4, 3, "->"],
      [5, 3, "->"],
    ]);
    expect(flow.startedAtNs).to.equal(1_700_000_005_000_000_000n);
    expect(flow).to.deep.include({ synAckAfterNs: 1e9, handshakeAckAfterNs: 2e9, closedAfterNs: 3e9 });
    expect(flow).to.include({ closedBy: "client", closeKind: "rst", client: "192.0.2.1:40001" });
    expect(flow.ends.client).to.include({ segments: 3, mss: 1460, windowScale: 7 });
    expect(flow.ends.server).to.include({ segments: 1, mss: 1400, windowScale: null });
  });

  it("begins in 1970 where no frame of the capture has a time", async () => {
    const frame = captureOf("0 -> S 0:0(0)").subarray(PCAP_HEADER_BYTES + RECORD_HEADER_BYTES);
    const simplePacket = block(3, concatBytes([numbers([[32, frame.length]]), frame]));
    const capture = concatBytes([sectionHeader(), interfaceDescription(), simplePacket]);
    writeFileSync(folder.path("timeless.pcapng"), capture);
    await analyze({ paths: [folder.path("timeless.pcapng")], database: folder.path("timeless.db") });
    const timeless = openDatabase(folder.path("timeless.db"));
    expect(readTimeline(timeless, 1).flow.startedAtNs).to.equal(0n);
    timeless.close();
  });

  it("is refused for a flow that does not exist", () => {
    expect(() => readTimeline(database, 3)).to.throw(AnalyzeError, "There is no flow 3 in");
  });
});
