/**
 * Makes a large capture to measure with, made up (the same for the same number) or of real traffic:
 *   node bench/make-capture.mjs --packets 5000000 --out bench/data/5m.pcap [--snaplen 100] [--real]
 */
import { mkdirSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { FrameWriter } from "./frame-writer.mjs";
import { recordRealTraffic } from "./real-traffic.mjs";
import { writeTraffic } from "./synthetic-traffic.mjs";

const { values } = parseArgs({
  options: {
    packets: { type: "string", default: "5000000" },
    out: { type: "string" },
    snaplen: { type: "string", default: "100" },
    real: { type: "boolean", default: false },
  },
});

function wholeNumber(name, least, most) {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  process.stderr.write(`make-capture: --${name} is a whole number from ${least} to ${most}\n`);
  process.exit(2);
}

const packets = wholeNumber("packets", 1, 1_000_000_000);
const snaplen = wholeNumber("snaplen", 98, 2000);
if (values.out === undefined) {
  process.stderr.write("make-capture: --out FILE is missing\n");
  process.exit(2);
}

mkdirSync(dirname(values.out), { recursive: true });
const unfinished = `${values.out}.part`;
const startedMs = performance.now();
let about;
if (values.real) {
  about = await recordRealTraffic(unfinished, packets, snaplen);
} else {
  const writer = new FrameWriter(unfinished, snaplen);
  const { connections } = writeTraffic(writer, packets);
  writer.close();
  about = `${writer.frames} frames, ${connections} connections`;
}
renameSync(unfinished, values.out);
const megabytes = (statSync(values.out).size / 1e6).toFixed(0);
const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
process.stderr.write(`${values.out}: ${about}, ${megabytes} MB in ${seconds} s\n`);
