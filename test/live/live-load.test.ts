import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect } from "chai";
import { openDatabase } from "../../src/store/open-database.js";
import { skipBecause } from "../support/mounts.js";
import { NetworkNamespace } from "../support/network-namespace.js";
import { LiveProcess } from "./live-process.js";

const PORT = 8080;
const LOAD_SECONDS = 4;
/** How long the connections that wrk leaves may take to end, at most. */
const SETTLE_MS = 10_000;

/** Every answer fits into one segment; each 40th ends its connection. */
const configuration = (folder: string): string => `
  daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
  events {}
  http {
    access_log off; keepalive_requests 40;
    client_body_temp_path ${folder}; proxy_temp_path ${folder}; fastcgi_temp_path ${folder};
    uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
    server { listen 127.0.0.1:${PORT}; return 200 "found"; }
  }`;

describe("live under load", function () {
  this.timeout(60_000);
  let network: NetworkNamespace;
  let folder: string;
  const started: ChildProcess[] = [];

  before(function () {
    const reason = NetworkNamespace.whyNot();
    if (reason !== null) skipBecause(this, reason);
    for (const program of ["wrk", "nginx"])
      if (spawnSync(program, ["-v"]).error !== undefined) skipBecause(this, `${program} is not installed`);
  });
  beforeEach(() => {
    network = NetworkNamespace.create();
    folder = mkdtempSync(join(tmpdir(), "live-load-"));
  });
  afterEach(() => {
    for (const child of started.splice(0)) child.kill("SIGKILL");
    network.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  async function serve(): Promise<void> {
    writeFileSync(join(folder, "nginx.conf"), configuration(folder));
    const nginx = spawn(
      "ip",
      ["netns", "exec", network.name, "nginx", "-p", folder, "-c", join(folder, "nginx.conf")],
      { stdio: "ignore" },
    );
    started.push(nginx);
    for (let waitedMs = 0; !(await network.run("ss", "-ltnH")).includes(`:${PORT}`); waitedMs += 100) {
      if (nginx.exitCode !== null || waitedMs > SETTLE_MS) throw new Error("nginx does not listen");
      await setTimeout(100);
    }
  }

  /** Tcp: InSegs of /proc/net/snmp. */
  async function segmentsOfKernel(): Promise<number> {
    const text = await network.run("cat", "/proc/self/net/snmp");
    const [names = "", values = ""] = text.match(/^Tcp: .*$/gm) ?? [];
    return Number(values.split(" ")[names.split(" ").indexOf("InSegs")]);
  }

  /** The same, as soon as nothing more is sent. */
  async function settledSegmentsOfKernel(): Promise<number> {
    let before = -1;
    for (let waitedMs = 0; waitedMs < SETTLE_MS; waitedMs += 500) {
      const now = await segmentsOfKernel();
      if (now === before) return now;
      before = now;
      await setTimeout(500);
    }
    throw new Error("segments are still sent");
  }

  it("stores every segment that the kernel counts while wrk loads nginx", async () => {
    const capture = new LiveProcess(network, folder, ["--db", "live.db", "--buffer", "128M"]);
    started.push(capture.child);
    await capture.until("status");
    await serve();
    const load = `-t 1 -c 50 -d ${LOAD_SECONDS}s http://127.0.0.1:${PORT}/`.split(" ");
    expect(await network.run("wrk", ...load)).to.match(/requests in/);
    const expected = await settledSegmentsOfKernel();
    await capture.stop();

    const { status } = await capture.until("summary");
    expect(status.dropped).to.equal(0);
    const database = openDatabase(join(folder, "live.db"));
    const [row] = database.selectAll(
      "SELECT (SELECT count(*) FROM segments) AS segments, (SELECT sum(dropped_by_kernel) FROM capture_drops) AS drops",
    );
    database.close();
    expect(expected).to.be.above(10_000);
    expect(row).to.deep.equal({ segments: expected, drops: 0 });
  });
});
