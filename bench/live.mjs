/**
 * What a live capture holds without loss: wrk against nginx on the loopback of a network namespace of its own, captured by
 * each backend into SQLite, and by `tcpdump -w` for comparison. Takes root, nginx, wrk and tcpdump.
 * `npm run bench:live -- [--seconds N]`
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { NGINX } from "./real-traffic.mjs";

const { values } = parseArgs({ options: { seconds: { type: "string", default: "5" } } });
const seconds = Number(values.seconds);
const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));
/** USER_HZ, which is 100 on all of Linux's architectures that matter here. */
const TICKS_PER_SECOND = 100;
/** /proc/PID/stat: utime and stime, counted from behind the name in parentheses. */
const CPU_FIELDS = { from: 11, to: 13 };

/** Processor seconds and peak memory in MB of a process with its children, such as the tcpdump of that backend. */
function usage(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  const ticks = fields.slice(CPU_FIELDS.from, CPU_FIELDS.to).reduce((sum, each) => sum + Number(each), 0);
  const peakKb = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .trim()
    .split(" ")
    .filter(Boolean);
  return children
    .map(usage)
    .reduce(
      (sum, each) => ({ cpuSeconds: sum.cpuSeconds + each.cpuSeconds, peakMb: sum.peakMb + each.peakMb }),
      { cpuSeconds: ticks / TICKS_PER_SECOND, peakMb: peakKb / 1024 },
    );
}

async function measure(name) {
  const namespace = `livebench-${process.pid}`;
  const folder = mkdtempSync(join(tmpdir(), "bench-live-"));
  const children = [];
  const inside = (...command) => {
    const child = spawn("ip", ["netns", "exec", namespace, ...command], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const handle = { child, text: "", ended: new Promise((resolve) => child.on("close", resolve)) };
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (bytes) => {
        handle.text += bytes;
      });
    children.push(child);
    return handle;
  };
  const segments = () => {
    const text = execFileSync("ip", ["netns", "exec", namespace, "cat", "/proc/self/net/snmp"], {
      encoding: "utf8",
    });
    const [names, counts] = text.match(/^Tcp: .*$/gm).map((line) => line.split(" "));
    return Number(counts[names.indexOf("InSegs")]);
  };
  execFileSync("ip", ["netns", "add", namespace]);
  try {
    execFileSync("ip", ["-n", namespace, "link", "set", "lo", "up"]);
    writeFileSync(join(folder, "small"), "x".repeat(600));
    writeFileSync(join(folder, "nginx.conf"), NGINX(folder));
    inside("nginx", "-c", join(folder, "nginx.conf"), "-p", folder);
    const isReference = name === "tcpdump -w";
    const capture = isReference
      ? inside(..."tcpdump -Z root -i lo -B 65536 -w frames.pcap tcp".split(" "))
      : inside(
          ...[process.execPath, main, "live", "lo", "--backend", name, "--db", "live.db"],
          ...["--buffer", "64M", "--filter", "tcp", "--format", "jsonl", "--fail-on", "never"],
        );
    await sleep(2500);
    const load = inside(..."wrk -t 1 -c 50 -d".split(" "), `${seconds}s`, "http://127.0.0.1:8080/small");
    await load.ended;
    await sleep(1500);
    const sent = segments();
    const used = usage(capture.child.pid);
    capture.child.kill("SIGINT");
    await capture.ended;
    const { segments: count, dropped } = isReference
      ? {
          segments: Number(/(\d+) packets captured/.exec(capture.text)?.[1]),
          dropped: Number(/(\d+) packets dropped by kernel/.exec(capture.text)?.[1]),
        }
      : JSON.parse(capture.text.trim().split("\n").at(-1)).status;
    return { sent, count, dropped, ...used };
  } finally {
    for (const child of children) if (child.exitCode === null) child.kill("SIGKILL");
    execFileSync("ip", ["netns", "del", namespace]);
    rmSync(folder, { recursive: true, force: true });
  }
}

const load = loadavg()[0].toFixed(1);
console.log(`${cpus().length} x ${cpus()[0]?.model.trim()}, Node ${process.version}, load ${load} before\n`);
console.log("| backend | packets/s on the wire | stored | told as dropped | CPU | peak memory |");
console.log("| --- | ---: | ---: | ---: | ---: | ---: |");
for (const name of ["libpcap", "tcpdump", "cap", "tcpdump -w"]) {
  const { sent, count, dropped, cpuSeconds, peakMb } = await measure(name);
  const share = ((100 * count) / sent).toFixed(2);
  console.log(
    `| ${name} | ${Math.round(sent / seconds)} | ${count} of ${sent} (${share} %) | ${dropped ?? "unknown"} | ${cpuSeconds.toFixed(2)} s | ${peakMb.toFixed(0)} MB |`,
  );
}
