/**
 * What it costs to ask the kernel once a second while very many sockets are open: makes a network namespace of its own,
 * opens connections over its loopback device, and samples by the functions that `live` uses.
 * `npm run bench:kernel -- [--sockets N] [--seconds N]`; takes root and about 4 KB of the kernel's memory per socket.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpus } from "node:os";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    sockets: { type: "string", default: "200000" },
    seconds: { type: "string", default: "20" },
    inside: { type: "boolean", default: false },
  },
});
const holderPath = fileURLToPath(new URL("./hold-sockets.mjs", import.meta.url));
const sockets = Number(values.sockets);
const seconds = Number(values.seconds);
/** Flagged flows whose sockets are looked at each second. */
const LOOKS = 10;
/** A process may not hold many more descriptors everywhere. */
const SOCKETS_PER_HOLDER = 16_000;

if (values.inside) await sample();
else restartInside();

/** In a network namespace, which goes with the last process in it. */
function restartInside() {
  const self = fileURLToPath(import.meta.url);
  const { status, error } = spawnSync(
    "unshare",
    [
      ...["--net", "--", process.execPath, self, "--inside"],
      ...["--sockets", values.sockets, "--seconds", values.seconds],
    ],
    { stdio: "inherit" },
  );
  if (error !== undefined) throw error;
  process.exitCode = status ?? 1;
}

async function sample() {
  const { sampleCounters } = await import("../dist/kernel/live/sample-counters.js");
  const { sampleListeners } = await import("../dist/kernel/live/sample-listeners.js");
  const { sampleSocket } = await import("../dist/kernel/live/sample-socket.js");
  const { RouteWatcher } = await import("../dist/kernel/live/route-watcher.js");
  spawnSync("ip", ["link", "set", "lo", "up"]);
  const holders = [];
  let open = 0;
  let tuple;
  try {
    while (open < sockets) {
      const port = 2000 + holders.length;
      const wanted = Math.min(SOCKETS_PER_HOLDER, sockets - open);
      const holder = spawn(process.execPath, [holderPath, String(port), String(wanted)], {
        stdio: ["pipe", "pipe", "inherit"],
      });
      holders.push(holder);
      const told = await Promise.race([
        once(holder.stdout.setEncoding("utf8"), "data"),
        once(holder, "exit"),
      ]);
      ({ tuple } = JSON.parse(told[0]));
      open += wanted;
    }
    const watcher = await RouteWatcher.start(() => {});
    const parts = [
      ["counters", () => sampleCounters()],
      ["listeners", () => sampleListeners()],
      [
        `${LOOKS} sockets with TCP_INFO`,
        async () => {
          for (let look = 0; look < LOOKS; look++)
            if ((await sampleSocket(tuple)) === null) throw new Error("no such socket");
        },
      ],
    ];
    console.log(`${cpus()[0]?.model.trim()}, Node ${process.version}, ${open} sockets, ${seconds} samples\n`);
    await measure(parts);
    await watcher?.close();
  } finally {
    for (const holder of holders) holder.stdin.end();
  }
}

/** CPU time of this process, all its threads and its calls of the kernel, in milliseconds. */
function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function measure(parts) {
  // The first time loads code.
  for (const [, take] of parts) await take();
  await setTimeout(1000);
  const idle = { atMs: performance.now(), cpuMs: cpuMs() };
  await setTimeout(3000);
  const idlePercent = (100 * (cpuMs() - idle.cpuMs)) / (performance.now() - idle.atMs);
  const spent = parts.map(() => []);
  const began = { atMs: performance.now(), cpuMs: cpuMs() };
  for (let second = 1; second <= seconds; second++) {
    for (const [index, [, take]] of parts.entries()) {
      const before = cpuMs();
      await take();
      spent[index].push(cpuMs() - before);
    }
    await setTimeout(Math.max(0, began.atMs + second * 1000 - performance.now()));
  }
  const percent = (100 * (cpuMs() - began.cpuMs)) / (performance.now() - began.atMs);
  console.log("| every second | CPU per sample, mean | largest |");
  console.log("| --- | ---: | ---: |");
  for (const [index, [name]] of parts.entries()) {
    const each = spent[index];
    const mean = each.reduce((sum, value) => sum + value, 0) / each.length;
    console.log(`| ${name} | ${mean.toFixed(2)} ms | ${Math.max(...each).toFixed(2)} ms |`);
  }
  console.log(
    `| the whole process, watching routes | ${percent.toFixed(2)} % of a core | without samples ${idlePercent.toFixed(2)} % |`,
  );
}
