import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { openDatabase } from "../../src/store/open-database.js";
import { analyzeScript } from "../support/analyze-script.js";

const SCRIPT = `
  0     -> S  0:0(0) <mss 1460,sackOK>
  +1    -> S  0:0(0) <mss 1460,sackOK> @syn
  +.01  <- S. 0:0(0) ack 1 <mss 1460,sackOK>
  +.01  -> .  1:1(0) ack 1
  +0    -> .  1:101(100) ack 1 @first
  +0    -> .  101:201(100) ack 1
  +0    -> .  201:301(100) ack 1
  +0    -> .  301:401(100) ack 1
  +.01  <- .  1:1(0) ack 1 <sack 101:201>
  +0    <- .  1:1(0) ack 1 <sack 101:301>
  +0    <- .  1:1(0) ack 1 <sack 101:401>
  +0    -> .  1:101(100) ack 1 @fast
  +.01  <- .  1:1(0) ack 401
  +.001 <- .  1:1(0) ack 401 <sack 1:101> @dsack
  +5    -> .  400:400(0) ack 1 @keepalive
  +.01  <- .  1:1(0) ack 401
`;

describe("repeated segments in the database", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tcptrace-analyze-test-"));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  for (const timeline of ["all", "none", "flagged"] as const) {
    it(`stand there with original and proof with --timeline ${timeline}`, async () => {
      const path = join(folder, "run.db");
      const { labels } = await analyzeScript(SCRIPT, { database: path, timeline });
      const database = openDatabase(path);
      const rows = database.selectAll("SELECT * FROM retransmissions ORDER BY frame");
      expect(rows.map((row) => [row["frame"], row["cause"], row["cause_confidence"]])).to.deep.equal([
        [labels.get("syn"), "syn-timer", "certain"],
        [labels.get("fast"), "fast", "certain"],
      ]);
      expect(rows[1]).to.include({
        sender: "client",
        seq: 1,
        length: 100,
        bytes_behind: 300,
        transmission: 2,
        original_frame: labels.get("first"),
        since_original_ns: 10_000_000,
        since_previous_ns: 10_000_000,
        proof: "dsack",
        proof_frame: labels.get("dsack"),
        labels: "retransmission fast_retransmission",
      });
      const counts = database.selectAll("SELECT * FROM retransmission_counts ORDER BY cause");
      expect(counts).to.deep.equal([
        { flow_id: 1, sender: "client", cause: "fast", segments: 1, bytes: 100, spurious: 1 },
        { flow_id: 1, sender: "client", cause: "keepalive", segments: 1, bytes: 0, spurious: 0 },
        { flow_id: 1, sender: "client", cause: "syn-timer", segments: 1, bytes: 0, spurious: 0 },
      ]);
      expect(database.selectAll("PRAGMA integrity_check")[0]).to.deep.equal({ integrity_check: "ok" });
      database.close();
    });
  }
});
