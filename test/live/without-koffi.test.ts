import { spawnSync } from "node:child_process";
import { expect } from "chai";
import { skipBecause } from "../support/mounts.js";
import { withoutKoffi } from "../support/without-koffi.js";
import { useLiveScene } from "./live-scene.js";

describe("live where koffi cannot be loaded", function () {
  this.timeout(60_000);
  const scene = useLiveScene();

  before(function () {
    for (const [program, version] of [
      ["tcpdump", "--version"],
      ["ss", "-V"],
    ] as const)
      if (spawnSync(program, [version]).error !== undefined) skipBecause(this, `${program} is not installed`);
  });

  it("captures by tcpdump, asks ss for listeners and sockets, and hears of routes from ip monitor", async () => {
    const server = await scene().serve(8080, 2);
    const capture = scene().liveBy(withoutKoffi);
    await capture.until("status");
    scene().network.ip("route", "add", "blackhole", "192.0.2.0/24");
    server.kill("SIGSTOP");
    scene().connectAndWait(8080, 10);
    const { finding } = await capture.until(
      "finding",
      ({ finding }) => finding.subject === "127.0.0.1:8080" && finding.confidence === "certain",
    );
    expect(finding.message).to.match(/TcpExtListenOverflows grew|accept queue of 127.0.0.1:8080/);
    const { elapsedMs } = await capture.until("status", ({ findings }) => findings > 0);
    await capture.until("status", (status) => status.elapsedMs > elapsedMs + 3000);
    expect(await capture.stop()).to.equal(1);

    expect(await capture.until("summary")).to.include({ backend: "tcpdump", damage: null });
    expect(
      scene().select(
        "SELECT max(accept_queue) AS queue, max(backlog) AS backlog FROM listeners WHERE port = 8080",
      ),
    ).to.deep.equal([{ queue: 3, backlog: 2 }]);
    expect(
      scene().select(
        "SELECT count(*) > 0 AS has_rows, min(rto_ns) >= 2e8 AS has_info FROM sockets WHERE peer_port = 8080",
      ),
    ).to.deep.equal([{ has_rows: 1, has_info: 1 }]);
    expect(scene().select("SELECT operation, route_type, prefix FROM route_events")).to.deep.equal([
      { operation: "add", route_type: "blackhole", prefix: "192.0.2.0/24" },
    ]);
  });
});
