import { expect } from "chai";
import { type CounterFile, parseCounters } from "../../src/kernel/counters.js";

/** Literal lines of nstat (iproute2 6.1.0) on Linux 6.18. */
const NSTAT = `#kernel
IpInReceives                    12                 0.0
TcpExtListenOverflows           1                  0.0
TcpExtListenDrops               0                  0.0
`;

function valuesOf(file: CounterFile | null): (readonly [string, number])[][] {
  return file!.samples.map(({ rows }) => rows.map(({ name, value }) => [name, value]));
}

describe("counters", () => {
  it("are read from nstat -az in a loop with date", () => {
    const file = parseCounters(
      `2026-11-21T05:21:08,857087386+00:00\n${NSTAT}2026-11-21T05:21:09,857087386+00:00\n${NSTAT.replace(" 1 ", " 7 ")}`,
    );
    expect(file).to.include({ unknownLines: 0, isIncrements: false, omitsZeros: false });
    expect(file!.formats).to.deep.equal(["nstat"]);
    expect(file!.samples.map(({ at }) => at?.epochNs)).to.deep.equal([
      1_795_238_468_857_087_386n,
      1_795_238_469_857_087_386n,
    ]);
    expect(valuesOf(file)[1]).to.deep.equal([
      ["IpInReceives", 12],
      ["TcpExtListenOverflows", 7],
      ["TcpExtListenDrops", 0],
    ]);
  });

  it("begin a sample at each heading where there are no times", () => {
    expect(valuesOf(parseCounters(NSTAT + NSTAT)).map((rows) => rows.length)).to.deep.equal([3, 3]);
  });

  it("are read from nstat -j, also where it lists none", () => {
    const json = '{"kernel":{"IpInReceives":12,"TcpExtListenOverflows":3}}\n';
    const file = parseCounters(`1795238468\n{"kernel":{}}\n1795238469\n${json}`);
    expect(valuesOf(file)).to.deep.equal([
      [],
      [
        ["IpInReceives", 12],
        ["TcpExtListenOverflows", 3],
      ],
    ]);
    expect(file!.omitsZeros).to.equal(true);
  });

  it("are read from /proc/net/netstat, snmp and snmp6, and named as nstat names them", () => {
    const file = parseCounters(
      `TcpExt: SyncookiesSent ListenOverflows ListenDrops
TcpExt: 17 24 25
Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens
Tcp: 1 200 120000 -1 22
Ip6InReceives                   \t7
`,
    );
    expect(file!.formats).to.deep.equal(["/proc/net", "snmp6"]);
    expect(valuesOf(file)).to.deep.equal([
      [
        ["TcpExtSyncookiesSent", 17],
        ["TcpExtListenOverflows", 24],
        ["TcpExtListenDrops", 25],
        ["TcpRtoAlgorithm", 1],
        ["TcpRtoMin", 200],
        ["TcpRtoMax", 120_000],
        ["TcpMaxConn", -1],
        ["TcpActiveOpens", 22],
        ["Ip6InReceives", 7],
      ],
    ]);
  });

  it("that fall again and again are what plain nstat adds up since it was last called", () => {
    const times = [5, 3, 9, 2].map((value) => `#kernel\nTcpExtListenOverflows ${value} 0.0\n`);
    expect(parseCounters(times.join(""))).to.include({ isIncrements: true });
  });

  it("that fall once in many samples belong to a host that began anew", () => {
    const times = [5, 6, 7, 0, 1].map((value) => `#kernel\nTcpExtListenOverflows ${value} 0.0\n`);
    expect(parseCounters(times.join(""))).to.include({ isIncrements: false });
  });

  it("are not taken from other text, whose lines are counted", () => {
    for (const text of ["", "Chapter 12\n", "State Recv-Q Send-Q\n", "#!/bin/sh\necho 1\n", "1795238468\n"])
      expect(parseCounters(text), text).to.equal(null);
    expect(parseCounters(`${NSTAT}bash: nstat: command not found\n`)!.unknownLines).to.equal(1);
  });

  it("survive hostile text", () => {
    const hostile = [
      "TcpExt: a b c\nTcpExt: 1\n",
      "TcpExt: 1 2 3\n",
      '{"kernel":{"TcpExtX":1e400,"__proto__":{"a":1},"TcpExtY":"1"}}\n',
      '{"kernel":\n',
      `TcpExt${"A".repeat(1e5)} 1\n`,
      `TcpExtA ${"9".repeat(30)}\n`,
      `${"x".repeat(3e6)}\n`,
      "\0\ud800\r\n",
    ].join("");
    expect(valuesOf(parseCounters(NSTAT + hostile))[0]).to.deep.include(["TcpExtListenOverflows", 1]);
  });
});
