/**
 * Times this tool beside tcptrace and tshark on one large capture, each as a whole process, in turn: packets per
 * second, peak memory, and how many times faster. `npm run bench -- [--packets N] [--real] [--runs N]`
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const folder = fileURLToPath(new URL("./data/", import.meta.url));
const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const { values } = parseArgs({
  options: {
    packets: { type: "string", default: "5000000" },
    real: { type: "boolean", default: false },
    runs: { type: "string", default: "3" },
  },
});
const packets = Number(values.packets);
const runs = Number(values.runs);
/** tshark needs memory per packet; it is timed on this many. */
const tsharkPackets = Math.min(packets, 1_000_000);

/** A capture of `count` packets, made once. */
async function capture(count) {
  mkdirSync(folder, { recursive: true });
  const path = `${folder}${count}${values.real ? "-real" : ""}.pcap`;
  if (!existsSync(path)) {
    const generator = fileURLToPath(new URL("./make-capture.mjs", import.meta.url));
    const args = ["--packets", String(count), "--out", path, ...(values.real ? ["--real"] : [])];
    const { code } = await time(process.execPath, [generator, ...args]);
    if (code !== 0) throw new Error(`make-capture.mjs ended with ${code}`);
  }
  return path;
}

/** Runs a command to its end: seconds and peak resident memory in MB; null when it is not installed. */
function time(command, args) {
  return new Promise((resolve, reject) => {
    const start = process.hrtime.bigint();
    const child = spawn(command, args, { stdio: ["ignore", "ignore", "inherit"] });
    let peakKb = 0;
    const poll = setInterval(() => {
      try {
        peakKb = Math.max(
          peakKb,
          Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1] ?? 0),
        );
      } catch {
        // The process ended between two looks.
      }
    }, 20);
    child.on("error", (error) => {
      clearInterval(poll);
      if (error.code === "ENOENT") resolve(null);
      else reject(error);
    });
    child.on("exit", (code) => {
      clearInterval(poll);
      resolve({ code, seconds: Number(process.hrtime.bigint() - start) / 1e9, peakMb: peakKb / 1024 });
    });
  });
}

const large = await capture(packets);
const small = tsharkPackets === packets ? large : await capture(tsharkPackets);
const database = `${folder}bench.db`;
const subjects = [
  {
    name: "tcptrace-analyze",
    count: packets,
    command: process.execPath,
    args: [main, "-q", "--db", database, large],
  },
  {
    name: "tcptrace-analyze --timeline none",
    count: packets,
    command: process.execPath,
    args: [main, "-q", "--timeline", "none", "--db", database, large],
  },
  { name: "tcptrace -n", count: packets, command: "tcptrace", args: ["-n", large] },
  { name: "tcptrace -n -l -r", count: packets, command: "tcptrace", args: ["-n", "-l", "-r", large] },
  {
    name: "tshark -T fields",
    count: tsharkPackets,
    command: "tshark",
    args: ["-n", "-r", small, "-T", "fields", "-e", "tcp.stream", "-e", "tcp.analysis.flags"],
  },
];

const results = new Map(subjects.map(({ name }) => [name, []]));
for (let run = 0; run < runs; run++) {
  for (const { name, command, args } of subjects) {
    rmSync(database, { force: true });
    const result = await time(command, args);
    // What fails at once would count as the fastest of all.
    if (result !== null && result.code !== 0) throw new Error(`${name} ended with ${result.code}`);
    results.get(name).push(result);
  }
}
rmSync(database, { force: true });

const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
console.log(
  `${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}, ${packets} packets${values.real ? " of real traffic" : ""}, median of ${runs}\n`,
);
console.log("| command | packets | seconds | packets/s | peak memory | speed |");
console.log("| --- | ---: | ---: | ---: | ---: | ---: |");
let reference = 0;
for (const { name, count } of subjects) {
  const timed = results.get(name).filter((result) => result !== null);
  if (timed.length === 0) {
    console.log(`| \`${name}\` | | not installed | | | |`);
    continue;
  }
  const seconds = median(timed.map((result) => result.seconds));
  const rate = count / seconds;
  if (reference === 0) reference = rate;
  const peak = median(timed.map((result) => result.peakMb));
  console.log(
    `| \`${name}\` | ${count} | ${seconds.toFixed(2)} | ${(rate / 1e6).toFixed(2)} M | ${peak.toFixed(0)} MB | ${(rate / reference).toFixed(2)} |`,
  );
}
