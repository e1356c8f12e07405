import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { expect } from "chai";
import { parseRoutes, type RouteChange } from "../../../src/kernel/routes.js";
import { skipBecause } from "../../support/mounts.js";
import { NetworkNamespace } from "../../support/network-namespace.js";

const CHANGES = [
  ["route", "add", "10.20.0.0/16", "via", "10.9.0.7"],
  ["route", "delete", "10.20.0.0/16"],
  ["route", "add", "unreachable", "10.30.0.0/16"],
  ["route", "add", "blackhole", "10.31.0.0/16", "table", "100"],
  ["route", "add", "10.40.0.7", "nexthop", "via", "10.9.0.7", "nexthop", "via", "10.9.0.8"],
  ["-6", "route", "add", "2001:db8::/48", "via", "fd09::7"],
  ["route", "add", "default", "via", "10.9.0.9"],
];

/** Without the routes that the kernel adds by itself while the device comes up. */
function ours(changes: readonly RouteChange[]): RouteChange[] {
  return changes.filter(({ prefix, routeTable }) => routeTable !== "local" && !/^f[ef]/.test(prefix));
}

describe("the watcher of routes", () => {
  let network: NetworkNamespace;

  before(function () {
    const reason = NetworkNamespace.whyNot();
    if (reason !== null) skipBecause(this, reason);
    network = NetworkNamespace.create();
    network.ip("link", "add", "d0", "type", "veth", "peer", "name", "d1");
    network.ip("address", "add", "10.9.0.1/24", "dev", "d0");
    network.ip("address", "add", "fd09::1/64", "dev", "d0", "nodad");
    network.ip("link", "set", "d0", "up");
    network.ip("link", "set", "d1", "up");
  });
  after(() => network?.remove());

  it("tells what ip monitor route prints of the same changes", async () => {
    const monitor = spawn("ip", ["-n", network.name, "monitor", "route"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    let printed = "";
    monitor.stdout.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
    });
    await setTimeout(300);
    const told = await network.runScript(new URL("./watch-routes.ts", import.meta.url), CHANGES);
    monitor.kill();
    await once(monitor, "close");
    const changes = ours(parseRoutes(printed)!.samples.flatMap(({ rows }) => rows));
    expect(changes).to.have.lengthOf(CHANGES.length);
    // What the script prints.
    expect(ours(told as RouteChange[])).to.deep.equal(changes);
  });
});
