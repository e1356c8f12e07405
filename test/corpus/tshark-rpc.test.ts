import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { analyze } from "../../src/analyze.js";
import { openDatabase } from "../../src/store/open-database.js";
import { corpusCapture, describeCorpus } from "../support/corpus.js";

/** The captures of the corpus in which tshark finds ONC RPC over TCP. */
const CAPTURES = [
  "tcp/idaholab__CVE-2022-26937--CVE-2022-26937-exploited.pcap",
  "malformed/zeek__nfs_fsinfo_bad_status.pcap",
  "malformed/zeek__nfs_getattr_bad_ftype.pcap",
  "malformed/zeek__nfs_setattr_bad_set_it.pcap",
];
const FIELDS = ["frame.number", "rpc.xid", "rpc.program", "rpc.procedure", "rpc.msgtyp", "rpc.time"];

/** A line for each message: frame, XID, program, procedure, call (0) or reply (1), time since the call in ns. */
function tsharkMessages(path: string): string[] {
  const columns = FIELDS.flatMap((field) => ["-e", field]);
  const args = [
    "-n",
    "-r",
    path,
    "-Y",
    "rpc && tcp && rpc.xid",
    "-T",
    "fields",
    "-E",
    "occurrence=a",
    ...columns,
  ];
  const rows = execFileSync("tshark", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  return rows
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [frame, xid, program, procedure, type, time] = line.split("\t");
      const latency = time === "" ? "" : Math.round(Number(time) * 1e9);
      return [frame, Number(xid), program, procedure, type, latency].join(" ");
    });
}

async function ownMessages(path: string): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "tcptrace-analyze-test-"));
  try {
    const database = join(folder, "run.db");
    await analyze({ paths: [path], database, timeline: "none" });
    const open = openDatabase(database);
    const rows = open.selectAll(
      `SELECT call_frame AS frame, xid, program, procedure, 0 AS type, '' AS latency FROM rpc_calls
       UNION ALL
       SELECT reply_frame, xid, program, procedure, 1, latency_ns FROM rpc_calls WHERE reply_frame IS NOT NULL
       ORDER BY frame`,
    );
    open.close();
    return rows.map((row) => Object.values(row).join(" "));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describeCorpus("rpc_calls and tshark", () => {
  before(function () {
    if (spawnSync("tshark", ["-v"]).error !== undefined) this.skip();
  });

  for (const name of CAPTURES) {
    it(`agree call by call on ${name}`, async () => {
      const path = corpusCapture(name);
      const messages = tsharkMessages(path);
      expect(messages).not.to.be.empty;
      expect(await ownMessages(path)).to.deep.equal(messages);
    });
  }
});
