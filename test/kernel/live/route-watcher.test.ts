import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { expect } from "chai";
import { parseRoutes, type RouteChange } from "../../../src/kernel/routes.js";
import { skipBecause } from "../../support/mounts.js";
import { NetworkNamespace } from "../../support/network-namespace.js";
import type { WatchOptions, WatchResult } from "./watch-routes.js";

const CHANGES = [
  ["route", "add", "10.20.0.0/16", "via", "10.9.0.7"],
  ["route", "delete", "10.20.0.0/16"],
  ["route", "add", "unreachable", "10.30.0.0/16"],
  ["route", "add", "blackhole", "10.31.0.0/16", "table", "100"],
  ["route", "add", "10.40.0.7", "nexthop", "via", "10.9.0.7", "nexthop", "via", "10.9.0.8"],
  ["-6", "route", "add", "2001:db8::/48", "via", "fd09::7"],
  ["-6", "route", "replace", "2001:db8::/48", "via", "fd09::8"],
  ["-6", "route", "delete", "2001:db8::/48"],
  ["-6", "route", "add", "unreachable", "2001:db8:1::/48"],
  ["-6", "route", "add", "2001:db8:2::7", "dev", "d0", "table", "100"],
  ["route", "add", "10.50.0.0/16", "via", "inet6", "fd09::7", "dev", "d0"],
  ["route", "replace", "10.50.0.0/16", "via", "10.9.0.7", "mtu", "1400"],
  ["route", "add", "default", "via", "10.9.0.9"],
];

/** Without the routes that the kernel adds by itself while the device comes up. */
function ours(changes: readonly RouteChange[]): RouteChange[] {
  return changes.filter(({ prefix, routeTable }) => routeTable !== "local" && !/^f[ef]/.test(prefix));
}

function changesOf({ news }: WatchResult): RouteChange[] {
  // A change is what RouteNews says.
  return news.flatMap(({ change }) => (change === undefined ? [] : [change as RouteChange]));
}

/** ip before version 6.12 prints a route that replaces another like a new one. */
function plain(change: RouteChange): RouteChange {
  return change.operation === "replace" ? { ...change, operation: "add" } : change;
}

describe("the watcher of routes", () => {
  let network: NetworkNamespace;

  before(function () {
    const reason = NetworkNamespace.whyNot();
    if (reason !== null) skipBecause(this, reason);
  });
  beforeEach(() => {
    network = NetworkNamespace.create();
    network.ip("link", "add", "d0", "type", "veth", "peer", "name", "d1");
    network.ip("address", "add", "10.9.0.1/24", "dev", "d0");
    network.ip("address", "add", "fd09::1/64", "dev", "d0", "nodad");
    network.ip("link", "set", "d0", "up");
    network.ip("link", "set", "d1", "up");
  });
  afterEach(() => network.remove());

  async function watch(options: WatchOptions): Promise<WatchResult> {
    // The script prints what its own type says.
    return (await network.runScript(new URL("./watch-routes.ts", import.meta.url), options)) as WatchResult;
  }

  for (const way of ["netlink", "ip"] as const)
    it(`tells by ${way} what ip monitor prints of the same changes, with the times at which they were made`, async () => {
      const monitor = spawn("ip", ["-n", network.name, "monitor", "route"], {
        stdio: ["ignore", "pipe", "ignore"],
      });
      let printed = "";
      monitor.stdout.on("data", (chunk: Buffer) => {
        printed += chunk.toString();
      });
      await setTimeout(300);
      const result = await watch({ way, changes: CHANGES }).finally(() => monitor.kill());
      await once(monitor, "close");
      const changes = ours(parseRoutes(printed)!.samples.flatMap(({ rows }) => rows));
      expect(changes).to.have.lengthOf(CHANGES.length);
      expect(result).to.include({ way, doubt: null });
      // A busy machine may read one late; times of the thread that was blocked meanwhile would all be.
      expect(result.untimely).to.be.below(CHANGES.length / 2);
      expect(ours(changesOf(result)).map(plain)).to.deep.equal(changes.map(plain));
      if (way === "netlink")
        expect(ours(changesOf(result)).map(({ operation }) => operation)).to.include("replace");
    });

  it("says so when changes came faster than they were read", async () => {
    const { news } = await watch({ way: "unread", changes: [], routes: 20_000 });
    expect(news.map(({ kind }) => kind)).to.include("lost");
    expect(news.filter(({ kind }) => kind === "change")).to.have.lengthOf.within(1, 19_999);
  });
});
