import { expect } from "chai";
import { useLiveScene } from "./live-scene.js";

const FETCH = "fetch(process.argv[1]).then((answer) => answer.text()).then(console.log)";

describe("live", function () {
  this.timeout(60_000);
  const scene = useLiveScene();

  it("reports an accept queue that overflows while it does, its listener named and certain", async () => {
    const server = await scene().serve(8080, 2);
    const capture = scene().live();
    await capture.until("status");
    // A stopped process accepts nothing; the kernel goes on for it until the queue is full.
    server.kill("SIGSTOP");
    scene().connectAndWait(8080, 10);

    const { finding } = await capture.until("finding", ({ finding }) => finding.confidence === "certain");
    expect(finding.subject).to.equal("127.0.0.1:8080");
    expect(finding.message).to.match(/TcpExtListenOverflows grew|accept queue of 127.0.0.1:8080/);
    expect(await capture.stop()).to.equal(1);
    const rows = scene().select("SELECT subject FROM findings WHERE confidence = 'certain'");
    expect(rows).to.deep.include({ subject: "127.0.0.1:8080" });
  });

  it("reports a loop of connects while it goes on", async () => {
    await scene().serve(8081);
    const capture = scene().live();
    await capture.until("status");
    scene().connectInALoop(8081, 200);

    const { finding } = await capture.until(
      "finding",
      ({ finding }) => finding.ruleId === "connect-teardown-loop",
    );
    expect(finding.subject).to.equal("127.0.0.1 -> 127.0.0.1:8081");
    await capture.stop();
  });

  it("looks at the sockets of a finding's connections", async () => {
    const server = await scene().serve(8085, 2);
    const capture = scene().live();
    await capture.until("status");
    server.kill("SIGSTOP");
    scene().connectAndWait(8085, 10);
    const { elapsedMs } = await capture.until("status", ({ findings }) => findings > 0);
    await capture.until("status", (status) => status.elapsedMs > elapsedMs + 3000);
    await capture.stop();

    const [row] = scene().select(
      "SELECT count(*) > 0 AS has_rows, min(rto_ns) >= 2e8 AS has_info FROM sockets WHERE peer_port = 8085",
    );
    expect(row).to.deep.equal({ has_rows: 1, has_info: 1 });
  });

  it("stores the changes of routes, each at its time", async () => {
    const capture = scene().live();
    await capture.until("status");
    const beganMs = Date.now();
    scene().network.ip("route", "add", "blackhole", "192.0.2.0/24");
    scene().network.ip("route", "delete", "192.0.2.0/24");
    const endedMs = Date.now();
    await capture.stop();

    const rows = scene().select(
      `SELECT operation, route_type, prefix,
         route_events.time_ns + origin_ns BETWEEN ${beganMs - 5}e6 AND ${endedMs + 500}e6 AS is_timely
       FROM route_events, captures ORDER BY route_events.id`,
    );
    const route = { route_type: "blackhole", prefix: "192.0.2.0/24", is_timely: 1 };
    expect(rows).to.deep.equal([
      { operation: "add", ...route },
      { operation: "delete", ...route },
    ]);
  });

  it("gives Prometheus its figures, on loopback", async () => {
    const capture = scene().live("--metrics", ":9464");
    await capture.until("status");
    const text = await scene().network.run(process.execPath, "-e", FETCH, "http://127.0.0.1:9464/metrics");
    expect(text).to.match(/^tcptrace_frames_total \d+$/m);
    expect(text).to.match(/^tcptrace_dropped_frames_total 0$/m);
    await capture.stop();
  });

  it("can be read while it writes", async () => {
    await scene().serve(8082);
    const capture = scene().live();
    await capture.until("status");
    scene().connectInALoop(8082, 5);
    await capture.until("status", ({ segments }) => segments > 10);
    await capture.until("status", ({ elapsedMs, segments }) => segments > 10 && elapsedMs > 3500);

    const [count] = scene().select("SELECT count(*) AS flows FROM flows WHERE server_port = 8082");
    expect(count).to.deep.equal({ flows: 5 });
    expect(scene().select("PRAGMA foreign_key_check")).to.deep.equal([]);
    expect(await capture.stop()).to.equal(0);
  });

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    it(`ends with a whole database of one file on ${signal}`, async () => {
      await scene().serve(8083);
      const capture = scene().live();
      await capture.until("status");
      scene().connectInALoop(8083, 3);
      await capture.until("status", ({ flows }) => flows === 3);
      expect(await capture.stop(signal)).to.equal(0);

      const { status } = await capture.until("summary");
      const [row] = scene().select("SELECT kind, frames FROM captures");
      expect(row).to.deep.equal({ kind: "live", frames: status.frames });
      expect(scene().select("PRAGMA integrity_check")).to.deep.equal([{ integrity_check: "ok" }]);
      expect(scene().select("PRAGMA journal_mode")).to.deep.equal([{ journal_mode: "delete" }]);
    });

  it("leaves a database that opens when it is killed", async () => {
    await scene().serve(8084);
    const capture = scene().live();
    await capture.until("status");
    scene().connectInALoop(8084, 500);
    await capture.until("status", ({ segments, elapsedMs }) => segments > 20 && elapsedMs > 3000);
    await capture.stop("SIGKILL");

    expect(scene().select("PRAGMA integrity_check")).to.deep.equal([{ integrity_check: "ok" }]);
    expect(scene().select("PRAGMA foreign_key_check")).to.deep.equal([]);
    const [count] = scene().select("SELECT count(*) > 0 AS has_segments FROM segments");
    expect(count).to.deep.equal({ has_segments: 1 });
  });
});
