import { writeFileSync } from "node:fs";
import { expect } from "chai";
import { FlowStore } from "../../src/flows/flow-store.js";
import { createStatisticsRecord, STATISTICS_LAYOUT } from "../../src/flows/statistics/statistics-record.js";
import { useScratchFolder } from "../store/scratch-folder.js";
import { HEALTHY } from "../support/small-captures.js";
import { compareWithTcptrace } from "./tcptrace.js";
import { printFixed } from "./tcptrace-columns.js";
import { explain } from "./tcptrace-explained.js";
import { parseTcptraceTable } from "./tcptrace-table.js";

describe("the comparison with tcptrace", () => {
  const folder = useScratchFolder();

  it("prints numbers as C does: what lies exactly between two goes to the even digit", () => {
    expect([0.25, 0.75, 0.05, 0.35].map((value) => printFixed(value, 1))).to.deep.equal([
      "0.2",
      "0.8",
      "0.1",
      "0.3",
    ]);
    expect([0.5, 1.5, 2.5].map((value) => printFixed(value, 0))).to.deep.equal(["0", "2", "2"]);
  });

  it("reads addresses, and seconds and microseconds as two numbers", () => {
    const [row] = parseTcptraceTable(
      "1 arg remaining\nconn_#,host_a,host_b,port_a,port_b,first_packet,last_packet,RTT full_sz_stdev_a2b,\n\n" +
        "1,fe80::0203:0001,:0001,80,1024,12.34 , 13.000001 , 0.5,\n",
    );
    expect(row).to.include({ addressA: "fe80::203:1", addressB: "::1", portA: 80, portB: 1024 });
    expect(row).to.include({ firstUs: 12_000_034n, lastUs: 13_000_001n });
    expect(row!.cells.get("RTT_full_sz_stdev_a2b")).to.equal("0.5");
  });

  it("knows what tcptrace counts as cut data when a snaplen cut the options, too", () => {
    const store = new FlowStore(1, STATISTICS_LAYOUT);
    const flow = createStatisticsRecord();
    store.create(flow);
    const ends = { sender: flow.client, receiver: flow.server };
    const context = { ...ends, elapsedNs: 0, idleNs: 0, hasNanoseconds: false, isUnsorted: false };
    const classOf = (theirs: string) =>
      explain({ column: "truncated_data_a2b", ours: "1428", theirs }, context);
    expect(classOf("1440")).to.equal(undefined);
    flow.client.truncatedSegments = 1;
    expect(classOf("1440")).to.equal("options that a snaplen cut count as data");
    expect([classOf("1416"), classOf("1472")]).to.deep.equal([undefined, undefined]);
    store.close();
  });

  it("tells the cells that differ, and connections that are no flow of ours", async () => {
    const path = folder.path("healthy.pcap");
    writeFileSync(path, HEALTHY);
    const header =
      "conn_#,host_a,host_b,port_a,port_b,first_packet,last_packet,total_packets_a2b,total_packets_b2a";
    const ends = "192.0.2.1,192.0.2.2,40000,80,1700000000.0,1700000000.5000";
    const agreement = await compareWithTcptrace(path, `${header}\n1,${ends},4,3\n2,${ends},9,9\n`);
    expect(agreement.connections).to.equal(2);
    expect(agreement.unmatched).to.deep.equal(["192.0.2.1:40000 -> 192.0.2.2:80"]);
    const [different] = agreement.differentFlows;
    // The table lacks this column.
    expect(different!.differences).to.deep.include({
      column: "SYN/FIN_pkts_sent_a2b",
      ours: "1/1",
      theirs: "",
    });
    expect(different!.differences.map(({ column }) => column)).to.not.include("total_packets_a2b");
  });
});
