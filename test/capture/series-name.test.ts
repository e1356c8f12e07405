import { expect } from "chai";
import { baseSeriesKey, readSeriesName } from "../../src/capture/series-name.js";

function expectOneSeries(names: readonly string[], isRotation: boolean): void {
  const read = names.map((name) => readSeriesName(name));
  for (const name of read) expect(name).to.deep.equal({ key: read[0]!.key, isRotation });
}

describe("file names of one series", () => {
  it("are those of tcpdump -C, whose first file has no number", () => {
    expectOneSeries(["eth0.pcap1", "eth0.pcap2", "eth0.pcap10"], true);
    expect(baseSeriesKey("eth0.pcap")).to.equal(readSeriesName("eth0.pcap1")?.key);
  });

  it("are those of tcpdump -C -W, zero-padded", () => {
    expectOneSeries(["dump.pcap00", "dump.pcap01", "dump.pcap10"], true);
  });

  it("are those of tcpdump -G, in the formats of strftime", () => {
    expectOneSeries(["dump-20240101120000.pcap", "dump-20240101130000.pcap"], true);
    expectOneSeries(["dump_2024-01-01_12:00:00.pcap", "dump_2024-12-31_13:30:59.pcap"], true);
    expectOneSeries(["dump-2024-01-01T12.pcap", "dump-2024-01-02T00.pcap"], true);
    expectOneSeries(["dump-20240101.pcap", "dump-20240102.pcap"], true);
    expectOneSeries(["dump.1704110400", "dump.1704114000"], true);
  });

  it("are those of dumpcap's ring buffer", () => {
    expectOneSeries(["a_00001_20240101120000.pcapng", "a_00002_20240101130000.pcapng"], true);
  });

  it("are those of logrotate, compressed or not", () => {
    expectOneSeries(["x.pcap.1", "x.pcap.2.gz", "x.pcap.3.zst"], true);
    expect(baseSeriesKey("x.pcap.gz")).to.equal(readSeriesName("x.pcap.1")?.key);
  });

  it("may be those with any number, which is no more than a guess", () => {
    expectOneSeries(["foo-01.pcap", "foo-02.pcap"], false);
  });
});

describe("file names of different series", () => {
  for (const [a, b] of [
    ["web1-20240101.pcap", "web2-20240101.pcap"],
    ["a_00001_20240101120000.pcapng", "b_00002_20240101130000.pcapng"],
    ["eth0.pcap1", "eth1.pcap2"],
    ["foo-1.pcap", "foo-2.pcapng"],
    ["a1b1.pcap", "a2b2.pcap"],
  ] as const) {
    it(`are ${a} and ${b}`, () => {
      expect(readSeriesName(a)?.key).to.not.equal(readSeriesName(b)?.key);
    });
  }

  it("are those in which nothing counts", () => {
    expect(readSeriesName("client.pcap")).to.equal(null);
  });
});
