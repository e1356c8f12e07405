/** Real HTTP traffic: wrk against nginx on the loopback of a network namespace of its own, recorded by tcpdump. */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A round of wrk, and the longest the whole may take. */
const ROUND_S = 5;
const LONGEST_S = 180;

/** Serves the files of `folder` on 127.0.0.1:8080. */
export const NGINX = (folder) => `
daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 4096; }
http {
  access_log off; client_body_temp_path ${folder}; proxy_temp_path ${folder}; fastcgi_temp_path ${folder};
  uwsgi_temp_path ${folder}; scgi_temp_path ${folder}; keepalive_requests 40;
  server { listen 127.0.0.1:8080 backlog=4096; root ${folder}; }
}`;

/** Records at least `packets` frames into `path`; returns a line about it. Needs root, nginx, wrk and tcpdump. */
export async function recordRealTraffic(path, packets, snaplen) {
  const namespace = `tcpbench-${process.pid}`;
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const children = [];
  const inside = (...command) => {
    const child = spawn("ip", ["netns", "exec", namespace, ...command], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const handle = { child, stderr: "", ended: new Promise((resolve) => child.on("close", resolve)) };
    child.stderr.on("data", (bytes) => {
      handle.stderr += bytes;
    });
    child.stdout.resume();
    children.push(child);
    return handle;
  };
  execFileSync("ip", ["netns", "add", namespace]);
  try {
    execFileSync("ip", ["netns", "exec", namespace, "ip", "link", "set", "lo", "up"]);
    writeFileSync(join(folder, "small"), "x".repeat(600));
    writeFileSync(join(folder, "large"), "x".repeat(20_000));
    writeFileSync(join(folder, "nginx.conf"), NGINX(folder));
    // nginx reads the folder as root: with master_process off it never becomes another user.
    inside("nginx", "-c", join(folder, "nginx.conf"), "-p", folder);
    const capture = `tcpdump -Z root -i lo -B 400000 -s ${snaplen} -c ${packets} -w ${path} tcp`;
    const recorder = inside(...capture.split(" "));
    await sleep(1000);
    const deadlineMs = performance.now() + LONGEST_S * 1000;
    for (let round = 0; recorder.child.exitCode === null; round++) {
      if (performance.now() > deadlineMs)
        throw new Error(`${packets} packets took longer than ${LONGEST_S} s`);
      const document = round % 2 === 0 ? "small" : "large";
      const close = round % 4 === 0 ? ["-H", "Connection: close"] : [];
      const load = inside(
        ..."wrk -t 1 -c 200".split(" "),
        "-d",
        `${ROUND_S}s`,
        ...close,
        `http://127.0.0.1:8080/${document}`,
      );
      await Promise.race([load.ended, recorder.ended]);
    }
    await recorder.ended;
    return recorder.stderr.trim().split("\n").slice(-3).join(", ");
  } finally {
    for (const child of children) if (child.exitCode === null) child.kill("SIGKILL");
    execFileSync("ip", ["netns", "del", namespace]);
    rmSync(folder, { recursive: true, force: true });
  }
}
