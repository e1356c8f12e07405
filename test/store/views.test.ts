import { expect } from "chai";
import { DatabaseWriter } from "../../src/store/database-writer.js";
import type { FlowRow } from "../../src/store/flow-rows.js";
import { type OpenDatabase, openDatabase } from "../../src/store/open-database.js";
import type { FindingRow } from "../../src/store/table-rows.js";
import { ACK, PSH, RST, SYN } from "../../src/tcp/flags.js";
import { captureRow, findingRow, flowRow, type SegmentSketch, segmentBatch } from "./sample-rows.js";
import { useScratchFolder } from "./scratch-folder.js";

describe("the view", () => {
  const folder = useScratchFolder();
  let database: OpenDatabase;
  afterEach(() => database.close());

  function store(
    flows: readonly Partial<FlowRow>[],
    segments: readonly SegmentSketch[],
    findings: readonly Partial<FindingRow>[] = [],
  ): void {
    const writer = new DatabaseWriter(folder.path("t.db"));
    const { batch, optionText } = segmentBatch(segments);
    writer.appendSegments(batch, 1, optionText);
    for (const [index, flow] of flows.entries()) writer.appendFlow(flowRow({ id: index + 1, ...flow }));
    const tables = writer.finishTimelines();
    tables.insert("captures", captureRow());
    for (const id of ["syn-ack-after-data", "connect-teardown-loop"]) {
      tables.insert("rules", { id, summary: "s", severity: "error", docs: "d" });
    }
    for (const [index, finding] of findings.entries())
      tables.insertFinding(findingRow({ id: index + 1, ...finding }));
    tables.commit();
    database = openDatabase(folder.path("t.db"));
  }

  describe("timeline", () => {
    it("is the packet notation, with the findings a packet proves beside it", () => {
      const evidence = { captureId: 1, flowId: 1, timeNs: 0, note: null };
      store(
        [{ startNs: 5_000_000_000 }],
        [
          {
            frame: 1,
            timeNs: 5_000_000_000,
            flags: SYN,
            seq: 0,
            window: 64240,
            options: "mss 1460,sackOK",
            timestamps: [100, 0],
          },
          {
            frame: 2,
            timeNs: 5_000_000_001,
            fromServer: true,
            flags: SYN | ACK,
            seq: 0,
            ack: 1,
            options: "mss 1460",
          },
          {
            frame: 3,
            timeNs: 16_250_000_000,
            flags: PSH | ACK,
            seq: 1,
            ack: 1,
            length: 5,
            timestamps: [4294967295, 7],
          },
          {
            frame: 4,
            timeNs: 4_999_999_999,
            fromServer: true,
            flags: RST,
            seq: 2 ** 40,
            window: 0,
            isCopy: true,
          },
        ],
        [
          {
            evidence: [
              { ...evidence, role: "synack", frame: 2 },
              { ...evidence, role: "repeat", frame: 2 },
            ],
          },
          { ruleId: "connect-teardown-loop", evidence: [{ ...evidence, role: "first", frame: 4 }] },
        ],
      );
      const rows = database.query(
        "SELECT frame, time, direction, packet, findings, is_copy FROM timeline WHERE flow_id = 1",
      ).rows;
      expect([...rows]).to.deep.equal([
        [1, "0.000000000", "->", "S 0:0(0) win 64240 <mss 1460,sackOK,TS val 100 ecr 0>", null, 0],
        [
          2,
          "0.000000001",
          "<-",
          "S. 0:0(0) ack 1 win 512 <mss 1460>",
          "syn-ack-after-data/synack syn-ack-after-data/repeat",
          0,
        ],
        [3, "11.250000000", "->", "P. 1:6(5) ack 1 win 512 <TS val 4294967295 ecr 7>", null, 0],
        [4, "-0.000000001", "<-", "R 1099511627776:1099511627776(0) win 0", "connect-teardown-loop/first", 1],
      ]);
    });

    it("reaches one flow's rows through the index alone, in capture order", () => {
      store([{}], [{ frame: 1, flags: SYN, seq: 0 }]);
      const plan = database.selectAll(
        "EXPLAIN QUERY PLAN SELECT * FROM timeline WHERE flow_id = 17 ORDER BY segment_id",
      );
      const steps = plan.map((row) => String(row["detail"]));
      expect(steps).to.include("SEARCH segments USING INDEX segments_flow_id (flow_id=?)");
      // `labels` has as many rows as there are labels.
      expect(
        steps.filter((step) => /^SCAN (?!labels)/.test(step) || step.includes("TEMP B-TREE")),
      ).to.deep.equal([]);
    });
  });

  it("segment_labels names each label of each segment as tshark does", () => {
    store(
      [{}, {}],
      [
        { frame: 1, flags: ACK, seq: 1 },
        { frame: 2, flow: 2, flags: ACK, seq: 1, analysis: 0x0001 | 0x4000 },
        { frame: 3, flags: ACK, seq: 1, analysis: 0x0010 },
      ],
    );
    expect(database.selectAll("SELECT * FROM segment_labels ORDER BY frame, label")).to.deep.equal([
      { capture_id: 1, frame: 2, flow_id: 2, label: "retransmission" },
      { capture_id: 1, frame: 2, flow_id: 2, label: "spurious_retransmission" },
      { capture_id: 1, frame: 3, flow_id: 1, label: "duplicate_ack" },
    ]);
    expect(database.selectAll("SELECT labels FROM timeline ORDER BY frame")).to.deep.equal([
      { labels: null },
      { labels: "retransmission spurious_retransmission" },
      { labels: "duplicate_ack" },
    ]);
  });

  it("flow_endpoints writes IPv6 addresses in brackets", () => {
    store([{}, { clientAddr: "2001:db8::1", serverAddr: "::1", serverPort: 443 }], []);
    expect(database.selectAll("SELECT * FROM flow_endpoints")).to.deep.equal([
      { flow_id: 1, client: "10.0.0.1:40000", server: "10.0.0.2:80" },
      { flow_id: 2, client: "[2001:db8::1]:40000", server: "[::1]:443" },
    ]);
  });

  it("finding_flows lists every flow of every finding", () => {
    store(
      [{}, { clientPort: 40001 }],
      [],
      [{ flowIds: [1, 2] }, { flowIds: [] }, { flowIds: [2], severity: "note", confidence: "weak" }],
    );
    expect([...database.query("SELECT * FROM finding_flows").rows]).to.deep.equal([
      [1, "syn-ack-after-data", "error", "strong", 1, "10.0.0.1:40000", "10.0.0.2:80"],
      [1, "syn-ack-after-data", "error", "strong", 2, "10.0.0.1:40001", "10.0.0.2:80"],
      [3, "syn-ack-after-data", "note", "weak", 2, "10.0.0.1:40001", "10.0.0.2:80"],
    ]);
  });

  it("finding_counts counts a flow once for each rule", () => {
    const loop = { ruleId: "connect-teardown-loop", severity: "warning" } as const;
    store(
      [{}, {}],
      [],
      [{ flowIds: [1, 2] }, { flowIds: [2], startNs: -7, endNs: 99 }, { ...loop, flowIds: [1] }],
    );
    expect([...database.query("SELECT * FROM finding_counts ORDER BY rule_id").rows]).to.deep.equal([
      ["connect-teardown-loop", "warning", 1, 1, 0, 1000],
      ["syn-ack-after-data", "error", 2, 2, -7, 1000],
    ]);
  });

  it("server_summary tells what became of the connections to each server port", () => {
    const refused = { state: "REJ", closedBy: "server", closeKind: "rst" } as const;
    store(
      [
        { clientRetransmits: 2, serverSyns: 3 },
        {
          clientAddr: "10.0.0.9",
          state: "S0",
          clientSyns: 4,
          closedBy: null,
          closeKind: null,
          serverBytes: 0,
        },
        { serverPort: 81, ...refused },
      ],
      [],
      [{ flowIds: [1] }],
    );
    const rows = database.selectAll("SELECT * FROM server_summary ORDER BY server");
    expect(rows[0]).to.deep.equal({
      server: "10.0.0.2:80",
      flows: 2,
      mean_initial_rtt_ns: 2000,
      stalled_flows: 2,
      longest_stall_ns: 2_000_000_000,
      clients: 2,
      unanswered: 1,
      closed: 1,
      refused: 0,
      resets: 0,
      repeated_syns: 1,
      repeated_syn_acks: 1,
      client_retransmits: 2,
      server_retransmits: 0,
      client_bytes: 200,
      server_bytes: 2 ** 40,
      flagged_flows: 1,
    });
    expect(rows[1]).to.include({ server: "10.0.0.2:81", flows: 1, refused: 1, resets: 1, flagged_flows: 0 });
  });

  for (const view of [
    "timeline",
    "retransmissions",
    "finding_flows",
    "server_summary",
    "finding_counts",
    "flow_endpoints",
  ]) {
    it(`${view} of an empty database is empty`, () => {
      store([], []);
      expect(database.selectAll(`SELECT * FROM ${view}`)).to.deep.equal([]);
    });
  }
});
