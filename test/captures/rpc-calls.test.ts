import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { analyze } from "../../src/analyze.js";
import { openDatabase } from "../../src/store/open-database.js";
import { useScratchFolder } from "../store/scratch-folder.js";

const capture = fileURLToPath(new URL("../../captures/nfs-server.pcap", import.meta.url));

describe("the calls to a real NFS server", () => {
  const scratch = useScratchFolder();

  it("are those that tshark finds", async () => {
    const database = scratch.path("run.db");
    await analyze({ paths: [capture], database });
    const open = openDatabase(database);
    // tshark -d tcp.port==2049,rpc -d tcp.port==20048,rpc -Y 'rpc.msgtyp==0' -T fields
    //   -e rpc.program -e rpc.programversion -e nfs.minorversion -e rpc.procedure | sort | uniq -c
    const calls = open.selectAll(
      `SELECT program, version, minor_version, procedure, procedure_name, count(*) AS calls
       FROM rpc_calls GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`,
    );
    expect(calls.map((row) => Object.values(row).join(" "))).to.deep.equal([
      "100000 3  4 DUMP 1",
      "100003 3  0 NULL 2",
      "100003 3  1 GETATTR 4",
      "100003 3  2 SETATTR 1",
      "100003 3  3 LOOKUP 1",
      "100003 3  7 WRITE 1",
      "100003 3  8 CREATE 1",
      "100003 3  17 READDIRPLUS 1",
      "100003 3  19 FSINFO 2",
      "100003 3  21 COMMIT 1",
      "100003 4  0 NULL 3",
      "100003 4 0 1 COMPOUND 12",
      "100003 4 1 1 COMPOUND 8",
      "100005 3  0 NULL 2",
      "100005 3  1 MNT 2",
      "100005 3  5 EXPORT 2",
    ]);
    // tshark -Y 'nfs.procedure_v3 == 7' -T fields -e frame.number -e rpc.xid -e rpc.time
    expect(
      open.selectAll("SELECT xid, call_frame, reply_frame, latency_ns FROM rpc_calls WHERE procedure = 7"),
    ).to.deep.equal([{ xid: 0x542c3391, call_frame: 33, reply_frame: 35, latency_ns: 164_176 }]);
    expect(open.selectAll("SELECT call_frame FROM rpc_calls WHERE reply_frame IS NULL")).to.deep.equal([
      { call_frame: 145 },
    ]);
  });
});
