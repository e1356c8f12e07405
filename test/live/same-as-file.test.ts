import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { analyze } from "../../src/index.js";
import { openDatabase } from "../../src/store/open-database.js";
import { copyChecked } from "../store/copy-checked.js";
import { useScratchFolder } from "../store/scratch-folder.js";
import { replay } from "./replay.js";

const captures = fileURLToPath(new URL("../../captures/", import.meta.url));
const QUERY_RULES = ["loss-rate-high", "reordering", "rto-tail-loss", "spurious-retransmission"];
const STATISTICS = "SELECT * FROM flow_statistics ORDER BY flow_id, sender";
const FINDINGS = `
  SELECT rule_id, severity, message, confidence, alternatives, data, subject, server_flows, findings.start_ns,
    end_ns, fingerprint,
    (SELECT group_concat(flow_id) FROM finding_flow_links WHERE finding_id = findings.id) AS flow_ids,
    (SELECT group_concat(role || ' ' || frame || ' ' || flow_id) FROM evidence WHERE finding_id = findings.id) AS evidence
  FROM findings WHERE rule_id IN ('${QUERY_RULES.join("', '")}') ORDER BY fingerprint`;

describe("a live capture's database", function () {
  this.timeout(60_000);
  const folder = useScratchFolder();

  function select(database: string, sql: string): readonly Readonly<Record<string, unknown>>[] {
    const opened = openDatabase(folder.path(database));
    try {
      return opened.selectAll(sql);
    } finally {
      opened.close();
    }
  }

  /** The same capture as a file and live. */
  async function readTwice(capture: string): Promise<void> {
    await analyze({ paths: [capture], database: folder.path("file.db") });
    await replay(capture, folder.path("live.db"));
    expect(select("live.db", STATISTICS)).to.deep.equal(select("file.db", STATISTICS));
    expect(select("live.db", FINDINGS)).to.deep.equal(select("file.db", FINDINGS));
    expect(select("live.db", "PRAGMA foreign_key_check")).to.deep.equal([]);
    copyChecked(folder.path("live.db"));
    expect(select("live.db", "PRAGMA journal_mode")).to.deep.equal([{ journal_mode: "delete" }]);
  }

  function ruleIds(): unknown[] {
    return select("live.db", FINDINGS)
      .map((row) => row["rule_id"])
      .sort();
  }

  for (const [name, ...found] of [
    ["loss-recovery.pcap", "loss-rate-high", "rto-tail-loss"],
    ["reordering.pcap", "reordering"],
    ["needless-retransmissions.pcap", "spurious-retransmission"],
    ["connect-teardown-loop.pcap"],
  ] as const)
    it(`holds for ${name} what the file's does: statistics, and findings of queries`, async () => {
      await readTwice(`${captures}${name}`);
      expect(ruleIds()).to.deep.equal(found);
    });

  it("has findings of queries while the capture goes on", async () => {
    let isAnnounced = false;
    await replay(`${captures}loss-recovery.pcap`, folder.path("live.db"), {
      onFinding: ({ finding }) => {
        isAnnounced ||= finding.ruleId === "rto-tail-loss";
      },
      between: async (run, frames) => {
        // The last of its 425 frames lose nothing any more.
        for (let left = 1000; frames > 384 && !isAnnounced && left > 0; left--) {
          run.commit();
          await run.askSqlRules();
          run.lookOn();
          await setTimeout(1);
        }
      },
    });
    expect(isAnnounced).to.equal(true);
  });

  it("holds the statistics of flows that have left memory", async () => {
    const capture = `${captures}connect-teardown-loop.pcap`;
    const { status } = await replay(capture, folder.path("live.db"), { mostFlows: 10 });
    expect(status.evicted.closed).to.be.above(0);
    const without = "SELECT id FROM flows WHERE id NOT IN (SELECT flow_id FROM flow_statistics)";
    expect(select("live.db", without)).to.deep.equal([]);
  });

  it("does not say that calls went unanswered on connections that have left memory", async () => {
    const unanswered =
      "SELECT count(*) AS calls FROM rpc_calls WHERE reply_ns IS NULL AND may_have_reply = 0";
    const capture = `${captures}nfs-teardown-loop.pcap`;
    await replay(capture, folder.path("live.db"), { mostFlows: 2, batchFrames: 16 });
    expect(select("live.db", unanswered)).to.deep.equal([{ calls: 0 }]);
  });
});
