import { expect } from "chai";
import { parseRoutes, type RouteChange } from "../../src/kernel/routes.js";

function changesOf(text: string): Partial<RouteChange>[] {
  return parseRoutes(text)!.samples.map(({ rows }) => {
    const told = Object.entries(rows[0]!).filter(([, value]) => value !== null);
    return Object.fromEntries(told);
  });
}

describe("route changes", () => {
  it("are read from ip -ts monitor route (iproute2 6.1.0)", () => {
    const text = `[2026-11-21T05:25:01.751968] 10.20.0.0/16 via 10.9.0.7 dev d0 
[2026-11-21T05:25:01.761775] Deleted 10.20.0.0/16 via 10.9.0.8 dev d0 
[2026-11-21T05:25:01.766202] unreachable 10.30.0.0/16 
[2026-11-21T05:25:01.770407] blackhole 10.31.0.0/16 table 100 
[2026-11-21T05:25:01.797641] 10.40.0.0/16 
	nexthop via 10.9.0.7 dev d0 weight 1 
	nexthop via 10.9.0.8 dev d1 weight 2 
[2026-11-21T05:25:01.801763] 2001:db9::/48 metric 1024 pref medium
	nexthop via fd09::7 dev d0 weight 1 
[2026-11-21T05:25:01.811075] 10.60.0.0/16 via inet6 fd09::7 dev d0 
[2026-11-21T05:25:01.815534] Deleted default via 10.9.0.9 dev d0 proto static metric 50 
`;
    expect(changesOf(text)).to.deep.equal([
      { operation: "add", prefix: "10.20.0.0/16", gatewayAddr: "10.9.0.7", device: "d0" },
      { operation: "delete", prefix: "10.20.0.0/16", gatewayAddr: "10.9.0.8", device: "d0" },
      { operation: "add", prefix: "10.30.0.0/16", routeType: "unreachable" },
      { operation: "add", prefix: "10.31.0.0/16", routeType: "blackhole", routeTable: "100" },
      { operation: "add", prefix: "10.40.0.0/16", gatewayAddr: "10.9.0.7", device: "d0" },
      { operation: "add", prefix: "2001:db9::/48", gatewayAddr: "fd09::7", device: "d0" },
      { operation: "add", prefix: "10.60.0.0/16", gatewayAddr: "fd09::7", device: "d0" },
      { operation: "delete", prefix: "default", gatewayAddr: "10.9.0.9", device: "d0" },
    ]);
    expect(parseRoutes(text)!.samples[0]!.at).to.deep.equal({
      epochNs: 1_795_238_701_751_968_000n,
      hasZone: false,
      hasDate: true,
    });
  });

  it("are picked out of ip -t monitor all, with labels and times in lines of their own", () => {
    const text = `Timestamp: Sat Nov 21 05:25:01 2026 732029 usec
[LINK]1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default 
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
Timestamp: Sat Nov 21 05:25:01 2026 732156 usec
[ROUTE]local 127.0.0.1 dev lo table local proto kernel scope host src 127.0.0.1 
`;
    expect(changesOf(text)).to.deep.equal([
      { operation: "add", prefix: "127.0.0.1", device: "lo", routeType: "local", routeTable: "local" },
    ]);
    expect(parseRoutes(text)!.samples[0]!.at?.epochNs).to.equal(1_795_238_701_732_156_000n);
    expect(parseRoutes(text)!.unknownLines).to.equal(0);
  });

  it("are told from neighbours, addresses, links and rules where there are no labels", () => {
    const text = `3: d0    inet 10.9.0.1/24 scope global d0
       valid_lft forever preferred_lft forever
10.9.0.5 dev d0 lladdr 02:00:00:00:00:05 PERMANENT 
10.9.0.5 dev d0 FAILED 
Deleted 10.9.0.5 dev d0 FAILED 
Deleted 3: d0    inet6 fd09::1/64 scope global nodad 
32765:	from 10.1.0.0/16 lookup 100
10.70.0.0/16 nhid 7 via 10.9.0.7 dev d0 
`;
    expect(changesOf(text)).to.deep.equal([
      { operation: "add", prefix: "10.70.0.0/16", gatewayAddr: "10.9.0.7", device: "d0" },
    ]);
    expect(parseRoutes(text)!.unknownLines).to.equal(0);
  });

  it("are read from a monitor that shows cached routes by RTCAH, with + and -", () => {
    const text = `(3) [22:32:32.532757] [ROUTE]+ 2001:67c:1254:e:10::/80 via fe80::a8b6:97ff:fe99:8ca8 dev re6stnet8 proto babel src 2001:67c:1254:e:63::1 metric 1024
(4) [22:32:32.532758] [RTCAH]+ unreachable 2001:67c:1254:e:10::1 dev lo metric 0 \\ cache error -101 users 1
... a lot but neither 2001:67c:1254:e:10::/80 nor 'unreachable 2001:67c:1254:e:10::1' are changed
2001:67c:1254:e:10::1, somehow an entry is born
(5) [22:35:27.441827] [RTCAH]- unreachable 2001:67c:1254:e:10::1 dev lo metric 0 \\ cache error -101 used 281 age 2sec
`;
    const cached = {
      prefix: "2001:67c:1254:e:10::1",
      device: "lo",
      routeType: "unreachable",
      routeTable: "cache",
      error: "ENETUNREACH",
    };
    expect(changesOf(text)).to.deep.equal([
      {
        operation: "add",
        prefix: "2001:67c:1254:e:10::/80",
        gatewayAddr: "fe80::a8b6:97ff:fe99:8ca8",
        device: "re6stnet8",
      },
      { operation: "add", ...cached },
      { operation: "delete", ...cached },
    ]);
    expect(parseRoutes(text)!.unknownLines).to.equal(2);
  });

  it("are not taken from other text", () => {
    for (const text of ["TcpExtListenDrops 1\n", "State Recv-Q Send-Q\n", `${"9.".repeat(1e5)}\n`, "\0\n"])
      expect(parseRoutes(text), text.slice(0, 20)).to.equal(null);
  });
});
