import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { AnalyzeError } from "../../src/errors.js";
import { CERTAIN, causeCode, NO_CONFIDENCE, TAIL_LOSS_PROBE, UNKNOWN } from "../../src/flows/causes/cause.js";
import type { DatabaseTables } from "../../src/store/database-tables.js";
import { DatabaseWriter, type DatabaseWriterOptions } from "../../src/store/database-writer.js";
import { type OpenDatabase, openDatabase } from "../../src/store/open-database.js";
import { ACK, SYN } from "../../src/tcp/flags.js";
import { captureRow, findingRow, flowRow, type SegmentSketch, segmentBatch } from "./sample-rows.js";
import { useScratchFolder } from "./scratch-folder.js";
import { integrityOf } from "./sqlite-file/empty-database.js";

const RULE = { id: "syn-ack-after-data", summary: "s", severity: "error", docs: "docs/rules/x.md" } as const;

describe("a database being written", () => {
  const folder = useScratchFolder();
  let opened: OpenDatabase | undefined;
  afterEach(() => opened?.close());

  function write(
    flowCount: number,
    sketches: readonly SegmentSketch[],
    options: DatabaseWriterOptions = {},
    fill: (tables: DatabaseTables) => void = () => {},
  ): OpenDatabase {
    const writer = new DatabaseWriter(folder.path("t.db"), options);
    const { batch, optionText } = segmentBatch(sketches);
    writer.appendSegments(batch, 1, optionText);
    for (let id = 1; id <= flowCount; id++) writer.appendFlow(flowRow({ id }));
    const tables = writer.finishTimelines();
    tables.insert("captures", captureRow());
    tables.insert("rules", RULE);
    fill(tables);
    expect(tables.commit()).to.equal(folder.path("t.db"));
    expect(integrityOf(folder.path("t.db"))).to.equal("ok");
    opened = openDatabase(folder.path("t.db"));
    expect(opened.selectAll("PRAGMA foreign_key_check")).to.deep.equal([]);
    return opened;
  }

  it("gives back every column of a segment", () => {
    const database = write(3, [
      {
        frame: 1,
        timeNs: -1,
        flags: SYN,
        seq: 0,
        options: "mss 1460,sackOK",
        ipId: 65535,
        ttl: 255,
        window: 65535,
      },
      {
        frame: 4294967295,
        flow: 3,
        timeNs: 2 ** 53 - 1,
        fromServer: true,
        flags: 0x1ff,
        seq: 2 ** 53 - 1,
        ack: -5,
        length: 4294967295,
        window: 0,
        timestamps: [4294967295, 0],
        isIpv6: true,
        ipId: 7,
        ttl: 0,
        isCopy: true,
        analysis: 0x7fff,
        duplicateAckNumber: 4294967295,
        ackRttNs: -(2 ** 53),
        bytesInFlight: 1_999_999_999,
        rtoNs: 2 ** 62,
        cause: causeCode(TAIL_LOSS_PROBE, CERTAIN),
      },
      { frame: 3, flags: ACK, seq: 1, ack: 1, ackRttNs: 7, bytesInFlight: 1, ipId: 1, ttl: 1 },
      { frame: 4, flags: ACK, seq: 1, ack: 1, analysis: 1, cause: causeCode(UNKNOWN, NO_CONFIDENCE), ttl: 1 },
    ]);
    expect(
      database.selectAll(
        "SELECT analysis, duplicate_ack_number, ack_rtt_ns, bytes_in_flight, rto_ns, cause, cause_confidence, ttl FROM segments WHERE id > 2",
      ),
    ).to.deep.equal([
      {
        analysis: 0,
        duplicate_ack_number: null,
        ack_rtt_ns: 7,
        bytes_in_flight: 1,
        rto_ns: null,
        cause: null,
        cause_confidence: null,
        ttl: 1,
      },
      {
        analysis: 1,
        duplicate_ack_number: null,
        ack_rtt_ns: null,
        bytes_in_flight: null,
        rto_ns: null,
        cause: "unknown",
        cause_confidence: null,
        ttl: 1,
      },
    ]);
    expect(database.selectAll("SELECT * FROM segments WHERE id <= 2")).to.deep.equal([
      {
        id: 1,
        flow_id: 1,
        capture_id: 1,
        frame: 1,
        time_ns: -1,
        sender: "client",
        flags: 2,
        seq: 0,
        ack: null,
        length: 0,
        window: 65535,
        tsval: null,
        tsecr: null,
        options: "mss 1460,sackOK",
        ip_id: 65535,
        ttl: 255,
        is_copy: 0,
        analysis: 0,
        duplicate_ack_number: null,
        ack_rtt_ns: null,
        bytes_in_flight: null,
        rto_ns: null,
        cause: null,
        cause_confidence: null,
      },
      {
        id: 2,
        flow_id: 3,
        capture_id: 1,
        frame: 4294967295,
        time_ns: 2 ** 53 - 1,
        sender: "server",
        flags: 511,
        seq: 2 ** 53 - 1,
        ack: -5,
        length: 4294967295,
        window: 0,
        tsval: 4294967295,
        tsecr: 0,
        options: null,
        ip_id: null,
        ttl: 0,
        is_copy: 1,
        analysis: 0x7fff,
        duplicate_ack_number: 4294967295,
        ack_rtt_ns: -(2 ** 53),
        bytes_in_flight: 1_999_999_999,
        rto_ns: 2 ** 62,
        cause: "tail-loss-probe",
        cause_confidence: "certain",
      },
    ]);
  });

  it("holds flow and capture ids of 32 bits, in the index too", () => {
    const id = 4294967295;
    const writer = new DatabaseWriter(folder.path("t.db"));
    const { batch, optionText } = segmentBatch(
      [2 ** 31 - 1, 2 ** 31, id].map((flow) => ({ flow, frame: 1, flags: ACK, seq: 1 })),
    );
    writer.appendSegments(batch, id, optionText);
    for (const flow of [2 ** 31 - 1, 2 ** 31, id])
      writer.appendFlow(flowRow({ id: flow, captureId: id, lastCaptureId: id }));
    const tables = writer.finishTimelines();
    tables.insert("captures", captureRow({ id }));
    tables.commit();
    expect(integrityOf(folder.path("t.db"))).to.equal("ok");
    opened = openDatabase(folder.path("t.db"));
    const rows = opened.selectAll(
      "SELECT id, capture_id FROM segments INDEXED BY segments_flow_id WHERE flow_id = :id",
      { id },
    );
    expect(rows).to.deep.equal([{ id: 3, capture_id: id }]);
  });

  it("keeps options of any length, also those that make the row's header longer", () => {
    const texts = [1, 40, 57, 58, 59, 120, 500].map((length) => "o".repeat(length));
    const database = write(
      1,
      texts.map((options, row) => ({ frame: row + 1, flags: ACK, seq: 1, ack: 1, options, ttl: 61 })),
    );
    const rows = database.selectAll("SELECT options, ip_id, ttl, analysis FROM segments ORDER BY id");
    expect(rows).to.deep.equal(texts.map((options) => ({ options, ip_id: 0, ttl: 61, analysis: 0 })));
  });

  it("gives back every column of a flow", () => {
    const database = write(2, []);
    const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const expected = Object.fromEntries(
      Object.entries(flowRow({ id: 2 })).map(([name, value]) => [snake(name), value]),
    );
    expect(database.selectAll("SELECT * FROM flows WHERE id = 2")).to.deep.equal([expected]);
  });

  it("is whole whatever the segments", () => {
    const sketch = fc.record({
      flow: fc.integer({ min: 1, max: 9 }),
      frame: fc.nat(),
      timeNs: fc.maxSafeInteger(),
      fromServer: fc.boolean(),
      flags: fc.constantFrom(SYN, ACK, SYN | ACK, 0),
      seq: fc.maxSafeInteger(),
      ack: fc.maxSafeInteger(),
      length: fc.nat(),
      options: fc.stringMatching(/^[a-z ]{1,80}$/),
    });
    fc.assert(
      fc.property(fc.array(sketch, { maxLength: 200 }), (sketches) => {
        const database = write(9, sketches);
        const rows = database.selectAll(
          "SELECT flow_id, frame, time_ns, sender, flags, seq, ack, length, options FROM segments ORDER BY id",
        );
        database.close();
        expect(rows).to.deep.equal(
          sketches.map(({ flow, fromServer, timeNs, ...rest }) => ({
            ...rest,
            flow_id: flow,
            time_ns: timeNs,
            sender: fromServer ? "server" : "client",
            ack: rest.flags & ACK ? rest.ack : null,
          })),
        );
      }),
      { numRuns: 20 },
    );
  });

  it("keeps a finding with its flows, each once, and its evidence", () => {
    const evidence = { role: "repeat", captureId: 1, frame: 2, flowId: 2, timeNs: 7, note: null };
    const database = write(3, [], {}, (tables) => {
      tables.insertFinding(findingRow({ flowIds: [2, 3, 2], evidence: [evidence] }));
    });
    expect(database.selectAll("SELECT flow_id, alternatives, data FROM findings")).to.deep.equal([
      { flow_id: 2, alternatives: '["a load balancer"]', data: '{"delayMs":1000}' },
    ]);
    expect(database.selectAll("SELECT finding_id, flow_id FROM finding_flows")).to.deep.equal([
      { finding_id: 1, flow_id: 2 },
      { finding_id: 1, flow_id: 3 },
    ]);
    expect(database.selectAll("SELECT * FROM evidence")).to.deep.equal([
      { finding_id: 1, role: "repeat", capture_id: 1, frame: 2, flow_id: 2, time_ns: 7, note: null },
    ]);
  });

  it("takes a row of every other table", () => {
    const database = write(1, [], {}, (tables) => {
      tables.insert("interfaces", {
        captureId: 1,
        position: 0,
        name: null,
        linkType: 1,
        snaplen: 0,
        dropped: 3,
      });
      tables.insert("decode_counts", { captureId: 1, name: "ip fragment", frames: 4 });
      tables.insert("encapsulations", { id: 1, name: "vlan 10" });
      tables.insert("icmp_errors", {
        id: 1,
        captureId: 1,
        frame: 3,
        timeNs: 5,
        flowId: null,
        type: 3,
        code: 4,
        name: "fragmentation needed",
        ipVersion: 4,
        reporterAddr: "10.0.0.9",
        mtu: 1400,
        quotedFrom: "10.0.0.1:80",
        quotedTo: "10.0.0.2:99",
        quotedSeq: 4294967295,
      });
      const when = { captureId: null, timeNs: 1, host: null };
      tables.insert("kernel_counters", {
        ...when,
        name: "TcpExtListenOverflows",
        value: 2n ** 62n,
        delta: null,
      });
      tables.insert("listeners", {
        ...when,
        addr: "::",
        port: 80,
        acceptQueue: 5,
        backlog: 4,
        process: null,
        drops: null,
      });
      tables.insert("route_events", {
        ...when,
        operation: "delete",
        prefix: "10.0.0.0/8",
        gatewayAddr: null,
        device: "eth0",
        routeType: null,
        routeTable: null,
        error: null,
      });
    });
    const tables = [
      "interfaces",
      "decode_counts",
      "encapsulations",
      "icmp_errors",
      "kernel_counters",
      "listeners",
      "route_events",
    ];
    for (const table of tables)
      expect(database.selectAll(`SELECT * FROM ${table}`), table).to.have.lengthOf(1);
    expect([...database.query("SELECT value FROM kernel_counters").rows]).to.deep.equal([[2n ** 62n]]);
  });

  it("answers rules before it is committed", () => {
    write(2, [{ frame: 1, flow: 2, flags: SYN, seq: 0 }], {}, (tables) => {
      expect(
        tables.selectAll("SELECT flow_id FROM segments WHERE flow_id = :flow", { flow: 2 }),
      ).to.deep.equal([{ flow_id: 2 }]);
    });
  });

  describe("with a part of the timelines", () => {
    const SEGMENTS: SegmentSketch[] = [
      { frame: 1, flow: 1, flags: SYN, seq: 0 },
      { frame: 2, flow: 2, flags: SYN, seq: 0 },
      { frame: 3, flow: 1, flags: ACK, seq: 1, ack: 1 },
      { frame: 4, flow: 2, flags: ACK, seq: 1, ack: 1 },
    ];

    it("flagged: rules see all segments, those of flows with a finding stay", () => {
      const database = write(2, SEGMENTS, { timeline: "flagged" }, (tables) => {
        expect(tables.selectAll("SELECT id FROM segments")).to.have.lengthOf(4);
        tables.insertFinding(findingRow({ flowIds: [2] }));
      });
      expect(database.selectAll("SELECT id, frame FROM segments")).to.deep.equal([
        { id: 2, frame: 2 },
        { id: 4, frame: 4 },
      ]);
      const counts =
        "SELECT (SELECT count(*) FROM flows) AS flows, (SELECT count(*) FROM findings) AS findings, (SELECT count(*) FROM tcp_flags) AS flag_sets";
      expect(database.selectAll(counts)).to.deep.equal([{ flows: 2, findings: 1, flag_sets: 512 }]);
      expect(readdirSync(folder.path("."))).to.deep.equal(["t.db"]);
    });

    it("none: flows stay, segments do not", () => {
      const database = write(2, SEGMENTS, { timeline: "none" });
      expect(database.selectAll("SELECT count(*) AS segments FROM segments")).to.deep.equal([
        { segments: 0 },
      ]);
      expect(database.selectAll("SELECT count(*) AS flows FROM flows")).to.deep.equal([{ flows: 2 }]);
    });
  });

  describe("in the place of an older one", () => {
    it("leaves that one as it was until commit, and nothing beside it afterwards", () => {
      write(1, []).close();
      const before = readFileSync(folder.path("t.db"));
      const writer = new DatabaseWriter(folder.path("t.db"));
      writer.appendFlow(flowRow());
      writer.appendFlow(flowRow({ id: 2 }));
      const tables = writer.finishTimelines();
      tables.insert("captures", captureRow());
      expect(readFileSync(folder.path("t.db")).equals(before)).to.equal(true);
      tables.commit();
      expect(readFileSync(folder.path("t.db")).equals(before)).to.equal(false);
      expect(readdirSync(folder.path("."))).to.deep.equal(["t.db"]);
    });

    it("does not inherit a write-ahead log that lies beside it", () => {
      writeFileSync(folder.path("t.db-wal"), "of the old one");
      write(1, []);
      expect(readdirSync(folder.path("."))).to.deep.equal(["t.db"]);
    });

    for (const phase of ["segments", "tables"]) {
      it(`leaves that one as it was, and nothing else, when closed while writing ${phase}`, () => {
        write(1, []).close();
        const before = readFileSync(folder.path("t.db"));
        const writer = new DatabaseWriter(folder.path("t.db"));
        if (phase === "tables") writer.finishTimelines();
        writer.close();
        writer.close();
        expect(readFileSync(folder.path("t.db")).equals(before)).to.equal(true);
        expect(readdirSync(folder.path("."))).to.deep.equal(["t.db"]);
      });
    }
  });

  it(":memory: is a database that close removes", () => {
    const writer = new DatabaseWriter(":memory:");
    writer.appendFlow(flowRow());
    const tables = writer.finishTimelines();
    tables.insert("captures", captureRow());
    const path = tables.commit();
    const database = openDatabase(path);
    expect(database.selectAll("SELECT id FROM flows")).to.deep.equal([{ id: 1 }]);
    database.close();
    writer.close();
    expect(() => openDatabase(path)).to.throw(AnalyzeError, "there is no database");
  });
});
