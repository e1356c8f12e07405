/**
 * What a live capture holds without loss: frames sent at stepped rates (paced-sender.mjs), captured by each backend into
 * SQLite, and by `tcpdump -w` for comparison. Takes root, cc and tcpdump.
 * `npm run bench:live -- [--seconds N] [--rates N,N] [--backends NAME,NAME] [--profile FOLDER]`
 */
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import Database from "better-sqlite3";
import { Link, prepareSender } from "./paced-sender.mjs";
import { usageOf } from "./process-usage.mjs";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "8" },
    rates: { type: "string", default: "25000,50000,100000,150000,200000,300000,400000" },
    backends: { type: "string", default: "libpcap,tcpdump,cap,tcpdump -w" },
    profile: { type: "string" },
  },
});
const seconds = Number(values.seconds);
const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));
/** Until everything is open, and until what waits has been taken. Milliseconds. */
const OPENING_MS = 2500;
const SETTLING_MS = 2000;
/**
 * What comes before each step: V8 compiles for the first four million packets or so, and flows fill memory, of which 100,000 are
 * kept; a capture runs for longer than that.
 */
const WARMING = [
  { framesPerSecond: 25_000, seconds: 10 },
  { framesPerSecond: 80_000, seconds: 50 },
];
/** Steps with losses that are measured before a backend is given up. */
const MOST_LOSING_STEPS = 2;
/** Threads behind Node's own, in the order in which a live capture starts them. */
const THREADS = {
  libpcap: ["capture", "store", "queries", "routes", "checkpoints"],
  tcpdump: ["store", "queries", "routes", "checkpoints"],
  cap: ["store", "queries", "routes", "checkpoints"],
  "tcpdump -w": [],
};
const COLUMNS = [
  ...["backend", "packets/s", "sent", "stored", "told as dropped", "neither"],
  ...["main", "capture", "store", "other threads", "children", "sender", "peak MB", "load"],
];

const folder = mkdtempSync(join(tmpdir(), "bench-live-"));
const database = join(folder, "live.db");
const frames = join(folder, "frames.pcap");

/** How the capture is started. */
function commandOf(backend) {
  if (backend === "tcpdump -w") return [..."tcpdump -Z root -i far -B 65536 -w".split(" "), frames, "tcp"];
  const profiling =
    values.profile === undefined
      ? []
      : ["--cpu-prof", "--cpu-prof-interval", "4000", "--cpu-prof-dir", values.profile];
  const settings = "--buffer 64M --filter tcp --format jsonl --fail-on never".split(" ");
  return [
    ...[process.execPath, ...profiling, main, "live", "far"],
    ...["--backend", backend, "--db", database, ...settings],
  ];
}

/** What was stored, and what the capture said that it lost. */
function outcomeOf(backend, text) {
  if (backend === "tcpdump -w") {
    const count = (words) => Number(new RegExp(`(\\d+) packets? ${words}`).exec(text)?.[1]);
    return { stored: count("captured"), dropped: count("dropped by kernel") };
  }
  const { status } = JSON.parse(text.trim().split("\n").at(-1));
  const reader = new Database(database, { readonly: true });
  const stored = reader.prepare("SELECT count(*) FROM segments").pluck().get();
  reader.close();
  return { stored, dropped: status.dropped };
}

async function measure(backend, sender, framesPerSecond) {
  const link = new Link();
  try {
    const capture = link.start(...commandOf(backend));
    await sleep(OPENING_MS);
    let sent = 0;
    for (const each of WARMING) sent += (await link.send(sender, each.framesPerSecond, each.seconds)).sent;
    const before = usageOf(capture.child.pid);
    const step = await link.send(sender, framesPerSecond, seconds);
    await sleep(SETTLING_MS);
    const after = usageOf(capture.child.pid);
    sent += step.sent;
    if (link.arrived !== sent) throw new Error(`${sent} frames were sent, and ${link.arrived} arrived`);
    capture.child.kill("SIGINT");
    await capture.ended;
    return { rate: step.sent / seconds, sent, ...outcomeOf(backend, capture.text), step, before, after };
  } finally {
    link.close();
    for (const each of [database, frames]) rmSync(each, { force: true });
  }
}

function formatRow(backend, { rate, sent, stored, dropped, step, before, after }) {
  const percent = (spent) => `${Math.round((100 * spent) / seconds)} %`;
  const spent = after.threads.map((each, index) => each - (before.threads[index] ?? 0));
  const named = THREADS[backend];
  const of = (name) => (named.includes(name) ? spent.at(named.indexOf(name) - named.length) : 0);
  const [inMain = 0] = spent;
  const inOthers = spent.reduce((sum, each) => sum + each, 0) - inMain - of("capture") - of("store");
  const cells = [
    ...[backend, Math.round(rate), sent, stored, dropped ?? "unknown"],
    dropped === null ? "unknown" : sent - stored - dropped,
    ...[inMain, of("capture"), of("store"), inOthers].map(percent),
    ...[after.childSeconds - before.childSeconds, step.cpuSeconds].map(percent),
    ...[Math.round(after.peakMb), loadavg()[0].toFixed(1)],
  ];
  return `| ${cells.join(" | ")} |`;
}

try {
  const sender = prepareSender(folder);
  const machine = `${cpus().length} x ${cpus()[0]?.model.trim()}, Node ${process.version}`;
  console.log(`${machine}, load ${loadavg()[0].toFixed(1)} before; ${seconds} s a step\n`);
  console.log(`| ${COLUMNS.join(" | ")} |\n| --- |${" ---: |".repeat(COLUMNS.length - 1)}`);
  for (const backend of values.backends.split(",")) {
    let losing = 0;
    for (const framesPerSecond of values.rates.split(",").map(Number)) {
      const result = await measure(backend, sender, framesPerSecond);
      console.log(formatRow(backend, result));
      if (result.stored < result.sent && ++losing === MOST_LOSING_STEPS) break;
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
