import { expect } from "chai";
import { TSHARK_FIELDS, TsharkTable } from "../../src/compare/tshark-table.js";
import { DUPLICATE_ACK, RETRANSMISSION, SPURIOUS_RETRANSMISSION } from "../../src/flows/labels/label.js";

/** A table of one row, as tshark prints it. */
function readRow(cells: Readonly<Record<string, string>>) {
  return new TsharkTable(Object.keys(cells).join("\t")).row(Object.values(cells).join("\t"));
}

describe("a table of tshark", () => {
  it("is read by the names of its columns", () => {
    const answer = readRow({
      "tcp.len": "149",
      "frame.number": "14",
      "ip.src": "10.0.0.1",
      "tcp.stream": "3",
      "tcp.srcport": "52470",
      "tcp.dstport": "8554",
      "tcp.seq_raw": "4294967295",
      "tcp.ack_raw": "1627877314",
      "tcp.completeness": "31",
      "tcp.analysis.bytes_in_flight": "2896",
      "tcp.analysis.duplicate_ack_num": "2",
    });
    expect(answer).to.deep.equal({
      frame: 14,
      stream: 3,
      sourcePort: 52470,
      destinationPort: 8554,
      seq: 4294967295,
      ack: 1627877314,
      payloadLength: 149,
      flags: 0,
      labels: 0,
      completeness: 31,
      initialRttNs: 0,
      ackRttNs: 0,
      bytesInFlight: 2896,
      duplicateAckNumber: 2,
      rtoNs: 0,
    });
  });

  it("has a label where the label's own column has any text", () => {
    const { labels } = readRow({
      "tcp.analysis.retransmission": "1",
      "tcp.analysis.lost_segment": "",
      "tcp.analysis.duplicate_ack": "1",
    });
    expect(labels).to.equal(RETRANSMISSION | DUPLICATE_ACK);
  });

  it("has the labels that a column names in a list, but none that are unknown", () => {
    const { labels } = readRow({ labels: "retransmission,spurious_retransmission,partial_ack" });
    expect(labels).to.equal(RETRANSMISSION | SPURIOUS_RETRANSMISSION);
  });

  for (const [text, ns] of [
    ["0.000012000", 12_000],
    ["1.000000001", 1_000_000_001],
    ["-0.000257000", -257_000],
    // More than a multiplication of floating-point numbers would get right.
    ["8388607.999999999", 8_388_607_999_999_999],
    ["12.5", 12_500_000_000],
    ["3", 3_000_000_000],
  ] as const) {
    it(`reads ${text} s as ${ns} ns`, () => {
      expect(readRow({ "tcp.analysis.ack_rtt": text }).ackRttNs).to.equal(ns);
    });
  }

  it("keeps the nine control bits and leaves the reserved ones", () => {
    expect(readRow({ "tcp.flags": "0x0f18" }).flags).to.equal(0x118);
  });

  it("takes cells that are missing, empty or no number for 0", () => {
    const table = new TsharkTable("frame.number\ttcp.seq_raw\ttcp.analysis.rto\ttcp.len");
    expect(table.row("7\tnonsense\t1e9")).to.include({ frame: 7, seq: 0, rtoNs: 0, payloadLength: 0 });
  });

  it("is asked of tshark with a column for every label", () => {
    expect(TSHARK_FIELDS).to.include.members(["frame.number", "tcp.stream", "tcp.analysis.reused_ports"]);
    expect(new Set(TSHARK_FIELDS).size).to.equal(TSHARK_FIELDS.length);
  });
});
