import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect } from "chai";
import { skipBecause } from "../support/mounts.js";
import { useLiveScene } from "./live-scene.js";

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
  const scene = useLiveScene();

  before(function () {
    for (const program of ["wrk", "nginx"])
      if (spawnSync(program, ["-v"]).error !== undefined) skipBecause(this, `${program} is not installed`);
  });

  async function serve(): Promise<void> {
    const { folder, network } = scene();
    writeFileSync(join(folder, "nginx.conf"), configuration(folder));
    const nginx = scene().start("nginx", "-p", folder, "-c", join(folder, "nginx.conf"));
    for (let waitedMs = 0; !(await network.run("ss", "-ltnH")).includes(`:${PORT}`); waitedMs += 100) {
      if (nginx.exitCode !== null || waitedMs > SETTLE_MS) throw new Error("nginx does not listen");
      await setTimeout(100);
    }
  }

  /** Tcp: InSegs of /proc/net/snmp. */
  async function segmentsOfKernel(): Promise<number> {
    const text = await scene().network.run("cat", "/proc/self/net/snmp");
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
    const capture = scene().live("--buffer", "128M");
    await capture.until("status");
    await serve();
    const load = `-t 1 -c 50 -d ${LOAD_SECONDS}s http://127.0.0.1:${PORT}/`.split(" ");
    expect(await scene().network.run("wrk", ...load)).to.match(/requests in/);
    const expected = await settledSegmentsOfKernel();
    await capture.stop();

    const { status } = await capture.until("summary");
    expect(status.dropped).to.equal(0);
    const [row] = scene().select(
      "SELECT (SELECT count(*) FROM segments) AS segments, (SELECT sum(dropped_by_kernel) FROM capture_drops) AS drops",
    );
    expect(expected).to.be.above(10_000);
    expect(row).to.deep.equal({ segments: expected, drops: 0 });
  });
});
