import { expect } from "chai";
import { parseSampleTime, parseTimeLine, timeInName } from "../../src/kernel/sample-time.js";

/** 2026-11-21T05:21:08Z, as `date -d … +%s` gives it. */
const EPOCH_NS = 1_795_238_468_000_000_000n;

describe("the time of a sample", () => {
  const exact: readonly [string, string, bigint][] = [
    ["date --iso-8601=ns", "2026-11-21T05:21:08,857087386+00:00", EPOCH_NS + 857_087_386n],
    ["date --rfc-3339=ns", "2026-11-21 05:21:08.034410510+00:00", EPOCH_NS + 34_410_510n],
    ["date -u +%FT%TZ", "2026-11-21T05:21:08Z", EPOCH_NS],
    ["another zone", "2026-11-21T07:51:08+02:30", EPOCH_NS],
    ["a zone in the west", "2026-11-20T21:21:08-0800", EPOCH_NS],
    ["date", "Sat Nov 21 05:21:08 UTC 2026", EPOCH_NS],
    ["date, of twelve hours", "Sat Nov 21 05:21:08 AM UTC 2026", EPOCH_NS],
    ["date, in the afternoon", "Sat Nov 21 05:21:08 PM UTC 2026", EPOCH_NS + 43_200_000_000_000n],
    ["date -R", "Sat, 21 Nov 2026 05:21:08 +0000", EPOCH_NS],
    ["date +%s.%N", "1795238468.036135129", EPOCH_NS + 36_135_129n],
    ["date +@%s", "@1795238468", EPOCH_NS],
  ];
  for (const [name, text, epochNs] of exact) {
    it(`is read from ${name}`, () => {
      expect(parseSampleTime(text)).to.deep.equal({ epochNs, hasZone: true, hasDate: true });
    });
  }

  it("has no zone where letters could mean several, or where there is none", () => {
    for (const text of [
      "Sat Nov 21 05:21:08 CET 2026",
      "2026-11-21T05:21:08.000000",
      "Sat Nov 21 05:21:08 2026",
    ])
      expect(parseSampleTime(text), text).to.deep.equal({ epochNs: EPOCH_NS, hasZone: false, hasDate: true });
  });

  it("has no date where only the clock was printed", () => {
    expect(parseSampleTime("22:30:00.447894")).to.deep.equal({
      epochNs: 81_000_447_894_000n,
      hasZone: false,
      hasDate: false,
    });
  });

  it("is none where no calendar or clock shows it", () => {
    for (const text of [
      "2026-02-30T00:00:00Z",
      "2026-13-01T00:00:00Z",
      "24:00:00",
      "05:60:00",
      "9999-01-01T00:00:00Z",
      "99999999999",
      "12",
      "Chapter 12",
      "x".repeat(1e6),
    ])
      expect(parseSampleTime(text), text.slice(0, 30)).to.equal(null);
  });

  it("may stand in a line with marks around it, and with nothing else", () => {
    for (const line of [
      "# 2026-11-21T05:21:08Z",
      "=== 2026-11-21T05:21:08Z ===",
      "--- 2026-11-21T05:21:08Z",
      "[2026-11-21T05:21:08Z]",
    ])
      expect(parseTimeLine(line)?.epochNs, line).to.equal(EPOCH_NS);
    expect(parseTimeLine("2026-11-21T05:21:08Z TcpExtListenDrops 1")).to.equal(null);
  });

  it("may stand in a file's name", () => {
    for (const name of ["ss-2026-11-21T05:21:08Z.txt", "ss.1795238468"])
      expect(timeInName(name), name).to.deep.equal({ epochNs: EPOCH_NS, hasZone: true, hasDate: true });
    for (const name of ["nstat-20261121-052108.txt", "nstat_2026-11-21_05-21-08", "20261121052108.ss"])
      expect(timeInName(name), name).to.deep.equal({ epochNs: EPOCH_NS, hasZone: false, hasDate: true });
    for (const name of ["nstat.txt", "port8080.txt", "run-12345678901234567890"])
      expect(timeInName(name), name).to.equal(null);
  });
});
