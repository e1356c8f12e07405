import { expect } from "chai";
import { parseRoutes } from "../../../src/kernel/routes.js";
import { type RouteOutage, routeOutages } from "../../../src/signs/outages/route-states.js";

const HOST = "2001:67c:1254:e:10::1";

/** Outages of HOST by a log whose lines are as many seconds apart as their order says, from 0. */
function outagesOf(...lines: string[]): string[] {
  const file = parseRoutes(lines.join("\n"));
  const events = (file?.samples ?? []).flatMap(({ rows }, index) =>
    rows.map((row) => ({ ...row, timeNs: index * 1e9, isTimed: true })),
  );
  return routeOutages(events, HOST).map(describeOutage);
}

function describeOutage({ startNs, endNs, kind, route, hiddenRoute, isCached }: RouteOutage): string {
  const hidden = hiddenRoute === null ? "" : `, hides ${hiddenRoute}`;
  return `${startNs / 1e9} to ${endNs === null ? "?" : endNs / 1e9}: ${kind} ${route}${hidden}${isCached ? ", cached" : ""}`;
}

describe("what a log of routes tells of an address", () => {
  it("is nothing where it names other prefixes", () => {
    expect(outagesOf("Deleted 2001:67c:1254:e:11::/80 via fe80::1 dev eth0")).to.deep.equal([]);
  });

  it("is an outage from the deletion of its route until it is added again", () => {
    expect(
      outagesOf(
        "Deleted 2001:67c:1254:e:10::/80 via fe80::1 dev eth0",
        "2001:67c:1254:e:10::/80 via fe80::2 dev eth1",
      ),
    ).to.deep.equal(["0 to 1: deleted 2001:67c:1254:e:10::/80 via fe80::1"]);
  });

  it("is none when a longer or shorter usable route is known to be left", () => {
    expect(
      outagesOf(
        "2001:67c:1254::/48 via fe80::9 dev eth0",
        "2001:67c:1254:e:10::1 via fe80::1 dev eth0",
        "Deleted 2001:67c:1254:e:10::1 via fe80::1 dev eth0",
      ),
    ).to.deep.equal([]);
  });

  it("is an outage when the longest match refuses, whatever shorter one is usable", () => {
    expect(
      outagesOf(
        "2001:67c:1254:e:10::/80 via fe80::1 dev eth0",
        "unreachable 2001:67c:1254:e:10::1 dev lo metric 1024",
        "Deleted unreachable 2001:67c:1254:e:10::1 dev lo metric 1024",
      ),
    ).to.deep.equal([
      "1 to 2: unusable unreachable 2001:67c:1254:e:10::1, hides 2001:67c:1254:e:10::/80 via fe80::1",
    ]);
  });

  it("is the deletion, not the refusing route for more addresses that it uncovers", () => {
    expect(
      outagesOf(
        "unreachable 2001:67c:1254::/48 dev lo metric 4096",
        "2001:67c:1254:e:10::/80 via fe80::1 dev eth0",
        "Deleted 2001:67c:1254:e:10::/80 via fe80::1 dev eth0",
        "2001:67c:1254:e:10::/80 via fe80::1 dev eth0",
      ).at(-1),
    ).to.equal("2 to 3: deleted 2001:67c:1254:e:10::/80 via fe80::1");
  });

  it("takes a refusing route as long as a usable one for its fallback", () => {
    expect(
      outagesOf(
        "2001:67c:1254:e:10::/80 via fe80::1 dev eth0 metric 1024",
        "unreachable 2001:67c:1254:e:10::/80 dev lo metric 4096",
      ),
    ).to.deep.equal([]);
  });

  it("reads the log of the report of 2016: the refusing clone of one address hides the route of its prefix", () => {
    expect(
      outagesOf(
        "(1) [22:32:32.532745] [RTCAH]- 2001:67c:1254:e:10::1 via fe80::f485:c1ff:feb4:f32a dev re6stnet-tcp metric 0 \\ cache users 3 used 2372",
        "(2) [22:32:32.532755] [ROUTE]- 2001:67c:1254:e:10::/80 via fe80::f485:c1ff:feb4:f32a dev re6stnet-tcp proto babel metric 1024",
        "(3) [22:32:32.532757] [ROUTE]+ 2001:67c:1254:e:10::/80 via fe80::a8b6:97ff:fe99:8ca8 dev re6stnet8 proto babel metric 1024",
        "(4) [22:32:32.532758] [RTCAH]+ unreachable 2001:67c:1254:e:10::1 dev lo metric 0 \\ cache error -101 users 1",
        "(5) [22:35:27.441827] [RTCAH]- unreachable 2001:67c:1254:e:10::1 dev lo metric 0 \\ cache error -101 used 281 age 2sec",
        "(6) [22:35:27.441834] [ROUTE]- 2001:67c:1254:e:10::/80 via fe80::a8b6:97ff:fe99:8ca8 dev re6stnet8 proto babel metric 1024",
        "(7) [22:35:27.441835] [ROUTE]+ 2001:67c:1254:e:10::/80 via fe80::f485:c1ff:feb4:f32a dev re6stnet-tcp proto babel metric 1024",
      ),
    ).to.deep.equal([
      "1 to 2: deleted 2001:67c:1254:e:10::/80 via fe80::f485:c1ff:feb4:f32a",
      "3 to 4: unusable unreachable 2001:67c:1254:e:10::1 cache error ENETUNREACH, hides 2001:67c:1254:e:10::/80 via fe80::a8b6:97ff:fe99:8ca8, cached",
      "5 to 6: deleted 2001:67c:1254:e:10::/80 via fe80::a8b6:97ff:fe99:8ca8",
    ]);
  });
});
